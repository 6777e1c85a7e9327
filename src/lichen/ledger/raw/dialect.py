"""Which mark separates the fields of delimited text and how text is quoted, by its first lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from lichen.ledger.csvlines import HeldLines
from lichen.ledger.csvtext import Dialect, Records
from lichen.ledger.raw.heading import could_be_names, header_place, usual_width

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class Head:
    """The first lines of a file read in a dialect; `starts` is the line that each record begins on.

    Records that are not sound are left out of `sound`, and split as well as can be in `records`;
    `misplaced` of them have a quote in the wrong place.
    """

    dialect: Dialect
    starts: tuple[int, ...]
    records: tuple[list[str], ...]
    sound: tuple[list[str], ...]
    misplaced: int

    @property
    def broken(self) -> int:
        """Records that are not sound."""
        return len(self.records) - len(self.sound)

    @property
    def width(self) -> int:
        """The number of fields that most sound records have."""
        return usual_width([len(fields) for fields in self.sound], is_text=True)

    @property
    def share(self) -> float:
        """The share of records that are sound and of the usual width."""
        usual = sum(len(fields) == self.width for fields in self.sound)
        return usual / len(self.records) if self.records else 0.0


def read_head(lines: Sequence[bytes], dialect: Dialect, *, is_cut: bool) -> Head:
    """The records of these lines; in a file that goes on, one that does not end is left out."""
    source = Records(HeldLines(lines), dialect)
    starts: list[int] = []
    records: list[list[str]] = []
    sound: list[list[str]] = []
    misplaced = 0
    while (step := source.take()) is not None:
        if step.problem is None:
            fields = [field.strip() for field in step.fields]
            sound.append(fields)
        else:
            if is_cut and "never closes" in step.problem[0]:
                break
            misplaced += "wrong place" in step.problem[0]
            line = lines[step.start].decode("utf-8", errors="replace").strip()
            split = line.replace('"', "").split(dialect.delimiter)
            fields = [field.strip() for field in split]
            if not step.is_whole:
                source.go_to(step.start + 1)
        starts.append(step.start)
        records.append(fields)
    return Head(dialect, tuple(starts), tuple(records), tuple(sound), misplaced)


def recognised(lines: Sequence[bytes], declared: str | None, *, is_cut: bool) -> Head:
    """The head in the dialect that fits it best.

    The delimiter is the one by which most records have one and the same number of fields, below a
    header that names them. Quotes mean nothing where reading them breaks records and reading them
    as text breaks none.
    """
    delimiters = (declared,) if declared else DELIMITERS
    heads = [read_head(lines, Dialect(one), is_cut=is_cut) for one in delimiters]
    best = max(heads, key=_fit)
    text = b"".join(lines)
    for other in _other_quotes(best.dialect.delimiter, text):
        head = read_head(lines, other, is_cut=is_cut)
        if _quotes_fit(head, best):
            return head
    return best


def _fit(head: Head) -> float:
    """How well a delimiter fits; 0 where it separates nothing."""
    usual = head.width
    if usual < 2:
        return 0.0
    place = header_place(head.records, is_text=True)
    fit = head.share**2 * (1 + log2(usual) / 10)
    names = head.records[place]
    if len(names) != usual or not could_be_names(names):
        return fit / 2
    return fit * (0.8 if place else 1.0)


def _other_quotes(delimiter: str, text: bytes) -> list[Dialect]:
    """Dialects with other quotes that the text gives reason to try."""
    found = []
    if b'\\"' in text:
        found.append(Dialect(delimiter, '"', "\\"))
    if b'"' in text:
        found.append(Dialect(delimiter, ""))
    elif re.search(rb"(^|" + re.escape(delimiter.encode()) + rb")'", text, re.MULTILINE):
        found.append(Dialect(delimiter, "'"))
    return found


def _quotes_fit(head: Head, usual: Head) -> bool:
    if head.dialect.quote == "'":
        cells = [field for fields in usual.sound for field in fields if field]
        held = sum(cell[0] == cell[-1] == "'" and len(cell) > 1 for cell in cells)
        return not head.broken and head.share >= usual.share and 2 * held > len(cells)
    if not usual.broken:
        return False
    if head.dialect.escape:
        return head.broken < usual.broken and head.share > usual.share
    # Text in quotes, or a quote that never closes, shows that quotes do mean something.
    is_quoted = any(field[:1] == field[-1:] == '"' for fields in head.sound for field in fields)
    fits = head.share == 1.0 and head.width == usual.width
    return fits and usual.misplaced == usual.broken and not is_quoted
