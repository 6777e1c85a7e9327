"""How delimited text is laid out: its dialect, the titles above its header, the notes below."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from lichen.ledger.csvlines import BOM, Lines
from lichen.ledger.csvtext import Dialect
from lichen.ledger.raw.dialect import NAMES, Head, recognised
from lichen.ledger.raw.files import Hints
from lichen.ledger.raw.footer import declared_end, found_end
from lichen.ledger.raw.heading import header_place
from lichen.ledger.raw.refusal import refused

HEAD_LINES, HEAD_BYTES = 400, 1 << 20
SEPARATOR = re.compile(rb"sep=(.)\r?\n")


@dataclass(frozen=True)
class Layout:
    """Bytes from `begin` to `end` hold the header, whose fields are `names`, and the records."""

    dialect: Dialect
    begin: int
    end: int
    names: tuple[str, ...]
    is_whole: bool
    notes: tuple[str, ...]


def layout_of(path: Path, hints: Hints, where: str) -> Layout:
    """What the first and last lines tell, or what is declared.

    Raises:
        FeedsUnusable: there is no header, or what is declared cannot be.
    """
    delimiter = hints.delimiter
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '\r\n"\0'):
        found = f"is declared to be delimited by {delimiter!r}."
        raise refused(where, found, "Declare one character, such as ; or a tab.")
    begin, above = _declared_begin(path, hints, where)
    lines, is_cut = _head_lines(path, begin)
    if separator := SEPARATOR.fullmatch(lines[0]) if lines and not hints.header_line else None:
        delimiter = delimiter or separator[1].decode("latin-1")
        begin, lines, above = begin + len(lines[0]), lines[1:], 1
    if not any(line.strip() for line in lines):
        raise refused(where, "is empty, without a header.", "Export it again.")
    head = recognised(lines, delimiter, is_cut=is_cut)
    place = 0 if hints.header_line else header_place(head.records, is_text=True)
    names = _names(head, place, where)
    begin += sum(len(line) for line in lines[: head.starts[place]])
    return _laid_out(path, hints, where, head.dialect, begin, names, above + place)


def _laid_out(
    path: Path,
    hints: Hints,
    where: str,
    dialect: Dialect,
    begin: int,
    names: tuple[str, ...],
    titles: int,
) -> Layout:
    """The layout, once the header is known."""
    size = path.stat().st_size
    if hints.footer_lines is None:
        bottom = found_end(path, begin, dialect, len(names))
    else:
        bottom = declared_end(path, begin, hints.footer_lines, where)
    notes = [NAMES.get(dialect.delimiter, f"fields between {dialect.delimiter!r}")]
    if dialect.quote != '"':
        notes.append("single quotes" if dialect.quote else "quotation marks are text")
    if dialect.escape:
        notes.append(f"{dialect.escape} before quotes in text")
    if titles:
        notes.append(f"{titles} title line{'s' * (titles > 1)} above the header")
    notes += bottom.notes
    is_whole = begin == _after_mark(path) and bottom.end == size
    return Layout(dialect, begin, bottom.end, names, is_whole, tuple(notes))


def _after_mark(path: Path) -> int:
    with path.open("rb") as stream:
        return len(BOM) if stream.read(len(BOM)) == BOM else 0


def _head_lines(path: Path, begin: int) -> tuple[list[bytes], bool]:
    """The first lines from a place on, and whether the file goes on after them."""
    source = Lines(path, begin)
    found: list[bytes] = []
    held = 0
    try:
        while (line := source.line(len(found))) is not None:
            found.append(line)
            held += len(line)
            if len(found) >= HEAD_LINES or held >= HEAD_BYTES:
                break
        return found, source.line(len(found)) is not None
    finally:
        source.close()


def _declared_begin(path: Path, hints: Hints, where: str) -> tuple[int, int]:
    """Where the declared header line begins, and how many lines above it hold anything."""
    begin = _after_mark(path)
    if hints.header_line is None:
        return begin, 0
    if hints.header_line < 1:
        found = f"has lines from 1 on, and header_line is declared as {hints.header_line}."
        raise refused(where, found, "Correct header_line in the mapping.")
    source = Lines(path, begin)
    above = 0
    try:
        for place in range(hints.header_line - 1):
            line = source.line(place)
            source.let_go(place)
            if line is None:
                found = f"has {place:,} lines, and header_line is declared as {hints.header_line}."
                raise refused(where, found, "Correct header_line in the mapping.")
            begin += len(line)
            above += bool(line.strip())
    finally:
        source.close()
    return begin, above


def _names(head: Head, place: int, where: str) -> tuple[str, ...]:
    """Fields of the header, as many as most records have where the two differ by empty ones."""
    names = list(head.records[place])
    body = head.records[place + 1 :]
    usual = Counter(map(len, body)).most_common(1)[0][0] if body else len(names)
    beyond = [row[len(names) :] for row in body if len(row) == usual]
    if usual < len(names) and not any(names[usual:]):
        names = names[:usual]
    elif usual > len(names) and not any(any(cells) for cells in beyond):
        names += [""] * (usual - len(names))
    if not any(names):
        raise refused(where, "has no header.", "Declare header_line in the mapping.")
    return tuple(names)
