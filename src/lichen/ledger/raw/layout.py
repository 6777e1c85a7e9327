"""How delimited text is laid out: its delimiter, the titles above its header, the notes below."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lichen.ledger.csvtext import FIELD_LIMIT, Lines
from lichen.ledger.raw.files import Hints
from lichen.ledger.raw.find import refused

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
HEAD_LINES, HEAD_BYTES = 200, 1 << 20
TITLES, FOOTERS = 20, 12
FOOTER = re.compile(
    r"^\W*(grand total|totals?\b|copyright|\(c\)|©|confidential|generated (by|on|at)|report |"
    r"filtered by|as of|exported (by|on|at|from)|printed (by|on)|"
    r"\d[\d,. ]* (rows|records)|-- ?end)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Layout:
    """Lines from `header` (counted from 0) to `end` hold the header and the records."""

    delimiter: str
    header: int
    end: int
    names: tuple[str, ...]
    titles: int
    footers: int

    @property
    def is_plain(self) -> bool:
        """Whether the header is the first line and nothing follows the records."""
        return self.header == 0 and self.footers == 0


def layout_of(path: Path, hints: Hints, where: str) -> Layout:
    """What the first and last lines tell, or what is declared.

    The delimiter is the one that gives the most records of one and the same number of fields; the
    header is the first record that has that number. Only lines in the words that reports end with
    are taken for notes.

    Raises:
        FeedsUnusable: there is no header.
    """
    lines = Lines(path)
    head = _head(lines)
    if not any(line.strip() for line in head):
        raise refused(where, "is empty, without a header.", "Export it again.")
    delimiter = hints.delimiter or _delimiter(head)
    if len(delimiter) != 1:
        found = f"is declared to be delimited by {delimiter!r}."
        raise refused(where, found, "Declare one character.")
    fields = [_fields(line, delimiter) for line in head]
    header = _declared(hints, len(lines), where) or header_place(fields)
    names = tuple(fields[header]) if header < len(fields) else ()
    if not any(name.strip() for name in names):
        raise refused(where, "has no header.", "Declare header_line in the mapping.")
    footers = hints.footer_lines
    if footers is None:
        footers = _footers(lines, header, delimiter, len(names))
    return Layout(delimiter, header, len(lines) - footers, names, _filled(head[:header]), footers)


def _head(lines: Lines) -> list[str]:
    found: list[str] = []
    size = 0
    for place in range(min(HEAD_LINES, len(lines))):
        line = lines[place][:HEAD_BYTES]
        size += len(line)
        if size > HEAD_BYTES and found:
            break
        found.append(line.decode("utf-8", errors="replace").rstrip("\r\n"))
    return found


def _fields(line: str, delimiter: str) -> list[str]:
    csv.field_size_limit(max(FIELD_LIMIT, HEAD_BYTES))
    try:
        return [field.strip() for field in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return line.replace('"', "").split(delimiter)


def _delimiter(head: Sequence[str]) -> str:
    scores = {}
    for place, delimiter in enumerate(DELIMITERS):
        counts = Counter(len(_fields(line, delimiter)) for line in head if line.strip())
        wide = {size: times for size, times in counts.items() if size > 1}
        size = max(wide, key=lambda one: (wide[one], one), default=1)
        scores[delimiter] = (wide.get(size, 0), size, -place)
    best = max(DELIMITERS, key=lambda one: scores[one])
    return best if scores[best][0] else ","


def _declared(hints: Hints, lines: int, where: str) -> int | None:
    if hints.header_line is None:
        return None
    if not 1 <= hints.header_line <= lines:
        found = f"has {lines:,} lines, and header_line is declared as {hints.header_line}."
        raise refused(where, found, "Correct header_line in the mapping.")
    return hints.header_line - 1


def header_place(fields: Sequence[Sequence[str]]) -> int:
    """The first line with as many fields as most lines have; the first filled one otherwise."""
    filled = [place for place, one in enumerate(fields) if any(one)]
    counts = Counter(len(fields[place]) for place in filled)
    usual = max(counts, key=lambda size: (counts[size], size))
    found = next((place for place in filled if len(fields[place]) == usual), filled[0])
    titles = [fields[place] for place in filled if place < found]
    is_titled = found <= TITLES and all(
        len(one) < usual and sum(map(bool, one)) <= 2 for one in titles
    )
    return found if usual > 1 and is_titled else filled[0]


def _footers(lines: Lines, header: int, delimiter: str, columns: int) -> int:
    """How many last lines are blank or speak of the report; 0 where none speaks."""
    spoken = 0
    last = range(len(lines) - 1, max(header, len(lines) - 1 - FOOTERS), -1)
    for taken, place in enumerate(last, start=1):
        line = lines[place][:HEAD_BYTES].decode("utf-8", errors="replace")
        filled = [field for field in _fields(line.rstrip("\r\n"), delimiter) if field]
        is_note = bool(filled) and bool(FOOTER.match(filled[0])) and len(filled) < max(columns, 2)
        if filled and not is_note:
            break
        spoken = taken if is_note else spoken
    return spoken


def _filled(lines: Sequence[str]) -> int:
    return sum(bool(line.strip()) for line in lines)
