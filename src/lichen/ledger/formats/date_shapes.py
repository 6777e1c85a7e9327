"""How the cells of a column of dates, months or moments are told apart."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.engines.text import literal, matches
from lichen.ledger.formats.date_patterns import DAYS, MIDNIGHT, MONTHS_ONLY, TIME
from lichen.ledger.formats.grammar import Grammar
from lichen.vocabulary.entities import Kind

SERIAL, SECONDS, MILLIS = "serial", "seconds", "milliseconds"

FIRST_SERIAL, LAST_SERIAL = 32874, 73415
"""Excel's numbers of 1990-01-01 and 2100-12-31."""

FIRST_SECOND, LAST_SECOND = 631_152_000, 4_133_980_799
"""The first second of 1990 and the last of 2100, counted from 1970 in UTC."""

COUNTED = {
    SERIAL: (r"\d{5}(?:\.\d+)?", FIRST_SERIAL, LAST_SERIAL + 1),
    SECONDS: (r"\d{9,10}(?:\.\d+)?", FIRST_SECOND, LAST_SECOND + 1),
    MILLIS: (r"\d{12,13}(?:\.0+)?", FIRST_SECOND * 1000, (LAST_SECOND + 1) * 1000),
}
"""Days and moments written as one number: pattern, least, and the first that is too large."""

ISO = {
    Kind.DATE: r"[1-9]\d{3}-\d{2}-\d{2}",
    Kind.MONTH: r"[1-9]\d{3}-\d{2}(?:-\d{2})?",
    Kind.INSTANT: r"[1-9]\d{3}-\d{2}-\d{2}"
    r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?",
}
"""What the readers of the ledger take as it stands, but for years before 1000."""


def date_grammar(kind: Kind, cell: str) -> Grammar:
    """The shapes of a column of this kind; a flagged cell has a time of day that is in the way."""
    quick = (matches(cell, ISO[kind]), "year first", 0)
    state = "1" if kind is Kind.INSTANT else f"CASE WHEN {has_time_of_day(cell)} THEN 2 ELSE 1 END"
    return Grammar(
        kind, cell, (quick,), tuple(_shapes(kind, cell)), state, frozenset({"year first"})
    )


def _shapes(kind: Kind, cell: str) -> Iterator[tuple[str, str]]:
    for name, pattern in DAYS.items():
        yield name, matches(cell, pattern + TIME)
    if kind is Kind.MONTH:
        for name, pattern in MONTHS_ONLY.items():
            yield name, matches(cell, pattern)
    for name, (pattern, first, end) in COUNTED.items():
        number = f"try_cast({cell} AS DOUBLE)"
        yield name, f"({matches(cell, pattern)} AND {number} >= {first} AND {number} < {end})"


def has_time_of_day(cell: str) -> str:
    """SQL of whether a cell of some shape holds a moment that is no midnight."""
    number = f"try_cast({cell} AS DOUBLE)"
    unit = f"CASE WHEN {number} >= 1e11 THEN 86400000 WHEN {number} >= 1e8 THEN 86400 ELSE 1 END"
    digits = matches(cell, r"\d{5}\.\d+|\d{9,10}(?:\.\d+)?|\d{12,13}(?:\.0+)?")
    return (
        f"CASE WHEN contains({cell}, ':') THEN NOT regexp_matches({cell}, {literal(MIDNIGHT)}) "
        f"WHEN {digits} THEN {number} % ({unit}) <> 0 ELSE false END"
    )
