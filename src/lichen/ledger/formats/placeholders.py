"""Words that exports write where a cell is empty."""

from __future__ import annotations

from lichen.engines.text import words
from lichen.vocabulary.entities import Kind

EVERYWHERE = (
    "-",
    "--",
    "–",
    "—",
    "N/A",
    "NA",
    "#N/A",
    "NULL",
    "(NULL)",
    "NONE",
    "NIL",
    "NAN",
    "\\N",
)
"""Compared in capitals; nothing else is taken for an empty cell."""

OF_DATES = ("0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00", "00-00-0000", "00/00/0000")

TEMPORAL = frozenset({Kind.DATE, Kind.MONTH, Kind.INSTANT})


def stands_for_empty(cell: str, kind: Kind) -> str:
    """SQL of whether a filled cell of this kind holds a placeholder."""
    return f"upper({cell}) IN {words(EVERYWHERE + (OF_DATES if kind in TEMPORAL else ()))}"
