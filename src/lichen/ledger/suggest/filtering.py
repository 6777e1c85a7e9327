"""Rows that are none: deleted at the source, made for a test, or superseded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lichen.ledger.suggest.known import Known
from lichen.ledger.suggest.names import column_words, words_of
from lichen.ledger.suggest.samples import TableSample
from lichen.ledger.suggest.shapes import is_yes_or_no, share

CHANGES = ("opportunity_change", "attribute_change")
"""Entities that are made of superseded versions."""

YES = ["true", "t", "yes", "1"]
RULES: tuple[tuple[str, str, str], ...] = (
    ("deleted", "deleted at the source", "not_in"),
    ("test", "made for a test", "not_in"),
    ("live", "not from live operation", "in"),
    ("active", "superseded versions of a row", "in"),
)


def filters(table: TableSample, entity: str, known: Known) -> dict[str, Mapping[str, Any]]:
    """The named filters of a table, from columns of yes and no that say so."""
    found: dict[str, Mapping[str, Any]] = {}
    for kind, name, asks in RULES:
        raw = _flag(table, known, kind)
        if raw is not None and not (kind == "active" and entity in CHANGES):
            found[name] = {"column": raw, asks: YES}
    return found


def trials(table: TableSample, known: Known) -> str | None:
    """A column that marks trials: whether they count is for a person to say."""
    return _flag(table, known, "trial")


def _flag(table: TableSample, known: Known, kind: str) -> str | None:
    names = known.filters[kind]
    fits: Callable[[str], bool] = is_yes_or_no
    for raw, seen in table.columns.items():
        named = column_words(raw, known) in names or words_of(raw) in names
        if named and share(seen.values, fits) >= 0.9:
            return raw
    return None
