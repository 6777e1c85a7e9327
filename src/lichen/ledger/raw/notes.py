"""Which rows at the end of an export speak of the report instead of being records."""

from __future__ import annotations

import re
from collections.abc import Sequence

NOTES = "of notes at the end"
"""How what is known of a file says that its last rows were not read."""

FOOTERS = 12
"""Rows at the end that are looked at."""

_TOTAL = re.compile(r"\W*(grand |sub-?)?totals?\W*$", re.IGNORECASE)

_NUMBER = re.compile(r"[^\w]*\d[\d.,'\s%]*[^\w]*$")

_NOTE = re.compile(
    r"\W*("
    r"(grand |sub-?)?totals?\b( \(.*\)| of .*| records?| rows?)?\s*([:#(\d].*)?$"
    r"|copyright\W+(\(c\)|©|\d{4})|\(c\)\s*\d{4}|©"
    r"|confidential( information)?\s*($|[-–—:,.(])"
    r"|(generated|exported|printed) (by|on|at|from)\b"
    r"|report( \w+){0,3}\s*[:#]"
    r"|filtered by\b|as of\W*(\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|today)"
    r"|\d[\d,. ]* (rows|records)\b"
    r"|-+ ?end\b)",
    re.IGNORECASE,
)


def is_note(row: Sequence[str], columns: int) -> bool:
    """Whether a row of a table of `columns` says in the words of reports that it is no record.

    A row as wide as the table is one only where nothing but its first cell is filled, or, after the
    word for a sum and an empty cell, nothing but numbers; rows of one column never are.
    """
    filled = [cell for cell in row if cell]
    if not filled or len(filled) >= columns or not _NOTE.match(filled[0]):
        return False
    if len(row) < columns or len(filled) == 1:
        return True
    is_sum = is_total(row) and not row[1]
    return is_sum and all(_NUMBER.match(cell) for cell in filled[1:])


def is_total(row: Sequence[str]) -> bool:
    """Whether a record begins with the word for a sum, and so may be the sum of those above."""
    filled = [cell for cell in row if cell]
    return bool(filled) and bool(_TOTAL.match(filled[0]))
