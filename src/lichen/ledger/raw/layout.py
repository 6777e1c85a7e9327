"""How delimited text is laid out: its delimiter, the titles above its header, the notes below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lichen.ledger.csvlines import BOM, Lines
from lichen.ledger.csvtext import Step, head_records
from lichen.ledger.raw.files import Hints
from lichen.ledger.raw.heading import header_place
from lichen.ledger.raw.notes import FOOTERS, is_note
from lichen.ledger.raw.refusal import refused

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
HEAD_LINES, HEAD_BYTES, TAIL_BYTES = 200, 1 << 20, 1 << 16
NO_DELIMITER = '"\r\n\0'


@dataclass(frozen=True)
class Layout:
    """Bytes from `start` to `stop` hold the header and the records."""

    delimiter: str
    names: tuple[str, ...]
    start: int
    stop: int
    titles: int = 0
    footers: int = 0

    def is_whole(self, size: int) -> bool:
        """Whether nothing but a byte order mark stands before the header, nothing after."""
        return self.start <= len(BOM) and self.stop == size


def layout_of(path: Path, hints: Hints, where: str) -> Layout:
    """What the first and last lines tell, or what is declared.

    The delimiter is the one that gives the most records of one and the same number of fields. Only
    lines in the words that reports end with are taken for notes.

    Raises:
        FeedsUnusable: there is no header.
    """
    begin, titles = _declared_header(path, hints, where)
    offset, lines = _head(path, begin)
    if not any(line.strip() for line in lines):
        raise refused(where, "is empty, without a header.", "Export it again.")
    delimiter = hints.delimiter or _delimiter(lines)
    if len(delimiter) != 1 or delimiter in NO_DELIMITER:
        found = f"is declared to be delimited by {delimiter!r}."
        raise refused(where, found, "Declare one character other than a quote.")
    records = head_records(lines, delimiter)
    place = 0 if hints.header_line else header_place([one.fields for one in records])
    names = _fitted(records[place].fields, [one.fields for one in records[place + 1 :]])
    if not any(names):
        raise refused(where, "has no header.", "Declare header_line in the mapping.")
    start = offset + sum(map(len, lines[: records[place].start]))
    stop, footers = _end(path, start, hints, delimiter, len(names), where)
    return Layout(delimiter, tuple(names), start, stop, titles + place, footers)


def _head(path: Path, begin: int) -> tuple[int, list[bytes]]:
    """Where the text begins, and its first lines."""
    with path.open("rb") as stream:
        stream.seek(begin)
        head = stream.read(HEAD_BYTES)
    text = head.removeprefix(BOM) if begin == 0 else head
    return begin + len(head) - len(text), text.splitlines(keepends=True)[:HEAD_LINES]


def _delimiter(lines: Sequence[bytes]) -> str:
    scores = {}
    for place, delimiter in enumerate(DELIMITERS):
        counts = Counter(len(one.fields) for one in head_records(lines, delimiter))
        wide = {size: times for size, times in counts.items() if size > 1}
        size = max(wide, key=lambda one: (wide[one], one), default=1)
        scores[delimiter] = (wide.get(size, 0), size, -place)
    best = max(DELIMITERS, key=lambda one: scores[one])
    return best if scores[best][0] else ","


def _fitted(names: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    """Names as many as the fields of most records, where the two differ by empty ones alone."""
    if not body:
        return list(names)
    usual = Counter(map(len, body)).most_common(1)[0][0]
    if usual < len(names) and not any(names[usual:]):
        return list(names[:usual])
    beyond = [row[len(names) :] for row in body if len(row) == usual]
    if usual > len(names) and not any(any(cells) for cells in beyond):
        return [*names, *[""] * (usual - len(names))]
    return list(names)


def _declared_header(path: Path, hints: Hints, where: str) -> tuple[int, int]:
    """The byte that the declared header begins at, and how many filled lines stand above."""
    if hints.header_line is None:
        return 0, 0
    with Lines(path) as lines:
        if not 1 <= hints.header_line <= len(lines):
            found = f"has {len(lines):,} lines, and header_line is declared as {hints.header_line}."
            raise refused(where, found, "Correct header_line in the mapping.")
        above = range(hints.header_line - 1)
        return lines.begin(hints.header_line - 1), sum(bool(lines[one].strip()) for one in above)


def _end(
    path: Path, start: int, hints: Hints, delimiter: str, columns: int, where: str
) -> tuple[int, int]:
    """The byte that the records end at, and how many lines of notes follow."""
    size = path.stat().st_size
    if not hints.footer_lines and hints.footer_lines is not None:
        return size, 0
    if hints.footer_lines is None:
        return _found_end(path, start, size, delimiter, columns)
    with Lines(path) as lines:
        first = len(lines) - hints.footer_lines
        if first < 0 or lines.begin(first) <= start:
            found = f"has no {hints.footer_lines} lines after its header, as footer_lines declares."
            raise refused(where, found, "Correct footer_lines in the mapping.")
        return lines.begin(first), hints.footer_lines


def _found_end(path: Path, start: int, size: int, delimiter: str, columns: int) -> tuple[int, int]:
    """Where the last lines that are blank or speak of the report begin; none where none speaks."""
    begin = max(start, size - TAIL_BYTES)
    with path.open("rb") as stream:
        stream.seek(begin)
        lines = stream.read().splitlines(keepends=True)
    stop, spoken, end = size, 0, size
    # The first line is the header, or a part of a line.
    for taken, line in enumerate(reversed(lines[1:][-FOOTERS:]), start=1):
        end -= len(line)
        fields: list[str] = _fields(line, delimiter)
        if is_note(fields, columns):
            stop, spoken = end, taken
        elif any(fields):
            break
    return stop, spoken


def _fields(line: bytes, delimiter: str) -> list[str]:
    """Fields of one line; a line with a lone quote belongs to a record and is no note."""
    records: list[Step] = head_records([line], delimiter)
    return ['"'] * 2 if line.count(b'"') % 2 else [one for step in records for one in step.fields]
