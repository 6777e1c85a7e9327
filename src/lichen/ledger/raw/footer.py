"""Lines below the records: the notes that reports end with, and only those."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lichen.ledger.csvtext import FIELD_LIMIT, Dialect
from lichen.ledger.raw.notes import FOOTERS, NOTES, is_note, is_total
from lichen.ledger.raw.refusal import refused

TAIL, LONG_TAIL = 1 << 16, 1 << 20


@dataclass(frozen=True)
class Bottom:
    """Where the records end, and what is said of the lines below."""

    end: int
    notes: tuple[str, ...] = ()


def found_end(path: Path, begin: int, dialect: Dialect, columns: int) -> Bottom:
    """Where notes begin at the end of a file; at its end where there are none.

    Notes are at most 12 lines of one field, or in the words of reports ("Copyright …", "Total");
    they begin with the first line in such words, or with the blank line above it. Whatever else
    could be a record, or a piece of one, stays and is rejected with its reason.
    """
    size = path.stat().st_size
    lines, place = _tail(path, begin, size, TAIL)
    taken = _apart(lines, dialect, columns)
    below = lines[len(lines) - taken :]
    start = _first_note(below, dialect, columns)
    if start is None or _filled(below) > FOOTERS:
        return Bottom(size, _kept_total(lines[: len(lines) - taken], dialect, columns))
    end = place + sum(len(line) for line in lines[: len(lines) - taken + start])
    return Bottom(end, (_told(_filled(below[start:])),))


def declared_end(path: Path, begin: int, footers: int, where: str) -> Bottom:
    """Where the last so many lines begin, blank ones not counted.

    Raises:
        FeedsUnusable: there are not so many.
    """
    size = path.stat().st_size
    if not footers:
        return Bottom(size)
    lines, place = _tail(path, begin, size, LONG_TAIL)
    filled = [at for at, line in enumerate(lines) if line.strip()]
    if not 0 < footers < len(filled) + (place > begin):
        found = f"has no {footers:,} lines after its header, as footer_lines declares."
        raise refused(where, found, "Correct footer_lines in the mapping.")
    start = filled[-footers]
    return Bottom(place + sum(len(line) for line in lines[:start]), (_told(footers),))


def _told(lines: int) -> str:
    return f"{lines} line{'s' * (lines > 1)} {NOTES}"


def _tail(path: Path, begin: int, size: int, length: int) -> tuple[list[bytes], int]:
    """The last whole lines after the header's first, and where they begin."""
    start = max(begin, size - length)
    with path.open("rb") as stream:
        stream.seek(start)
        data = stream.read()
    lines = data.splitlines(keepends=True)
    # The first is the header, or a piece of a line.
    return lines[1:], start + (len(lines[0]) if lines else 0)


def _apart(lines: Sequence[bytes], dialect: Dialect, columns: int) -> int:
    """How many last lines are blank, in the words of reports, or of one field in a wider table."""
    taken = 0
    for line in reversed(lines):
        if line.strip():
            fields = _fields(line, dialect)
            if fields is None:
                break
            if not is_note(fields, columns) and (len(fields) > 1 or columns < 2):
                break
        taken += 1
    return taken


def _first_note(lines: Sequence[bytes], dialect: Dialect, columns: int) -> int | None:
    """The line that notes begin with; None where no line speaks as reports do."""
    for place, line in enumerate(lines):
        if is_note(_fields(line, dialect) or [], columns):
            blank = [at for at in range(place) if not lines[at].strip()]
            return blank[0] if blank else place
    return None


def _kept_total(lines: Sequence[bytes], dialect: Dialect, columns: int) -> tuple[str, ...]:
    """A warning where the last record looks like the sum of the others."""
    fields = _fields(lines[-1], dialect) if lines else None
    if fields is None or len(fields) != columns or columns < 2:
        return ()
    if not is_total(fields):
        return ()
    return ("the last record begins with 'Total'; it is kept as a record",)


def _fields(line: bytes, dialect: Dialect) -> list[str] | None:
    """The trimmed fields of a line on its own; None where it is no whole record."""
    if dialect.quote and line.count(dialect.quote.encode()) % 2:
        return None  # Text in quotes begins or ends here, so the line is a piece of a record.
    csv.field_size_limit(FIELD_LIMIT)
    try:
        found = next(dialect.reader([line.decode("utf-8")]), [])
    except (UnicodeDecodeError, csv.Error):
        return None
    return [field.strip() for field in found]


def _filled(lines: Sequence[bytes]) -> int:
    return sum(bool(line.strip()) for line in lines)
