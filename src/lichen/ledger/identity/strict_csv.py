"""Files of decisions, read strictly: every mistake is told, with its record and column.

What is written cannot run as a formula in a spreadsheet: a cell that would start one gets an
apostrophe in front, which reading takes away again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lichen.kernel.errors import LichenError, did_you_mean
from lichen.runs.durable import replace_text

SHOWN = 12
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Record = tuple[int, dict[str, str]]
"""Its number, counted from 1 after the header, and its cells by column."""


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with a file of decisions; record 0 is the header."""

    record: int
    column: str
    found: str
    expected: str
    next_step: str

    def __str__(self) -> str:
        where = f"record {self.record}" if self.record else "header"
        column = f", {self.column}" if self.column else ""
        return f"{where}{column}: found {self.found}; expected {self.expected}. {self.next_step}"


class ReviewUnusable(LichenError):
    """A file of decisions that cannot be followed; `mistakes` holds every one."""

    def __init__(self, shown: str, mistakes: Sequence[Mistake]) -> None:
        self.shown = shown
        self.mistakes = tuple(mistakes)
        lines = [f"  {mistake}" for mistake in self.mistakes[:SHOWN]]
        if len(self.mistakes) > SHOWN:
            lines.append(f"  and {len(self.mistakes) - SHOWN} more.")
        count = "1 mistake" if len(self.mistakes) == 1 else f"{len(self.mistakes)} mistakes"
        super().__init__(
            "\n".join([f"{shown} has {count}:", *lines]),
            "Nothing was changed; correct the file and try again.",
        )


def read_records(path: Path, shown: str, columns: Sequence[str]) -> list[Record]:
    """The records of a UTF-8 file with exactly these columns, in any order.

    Raises:
        ReviewUnusable: the file is no such text.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        mistake = Mistake(0, "", f"byte {error.start} is no text", "UTF-8", "Save it as UTF-8.")
        raise ReviewUnusable(shown, [mistake]) from error
    lines = _lines(text, shown)
    header = [name.strip().lower() for name in lines[0]] if lines else []
    mistakes = _header_mistakes(header, columns)
    if mistakes:
        raise ReviewUnusable(shown, mistakes)
    mistakes = [
        Mistake(
            place,
            "",
            f"{len(line)} fields",
            f"{len(header)}",
            "Quote fields that hold commas.",
        )
        for place, line in enumerate(lines[1:], 1)
        if len(line) != len(header)
    ]
    if mistakes:
        raise ReviewUnusable(shown, mistakes)
    return [
        (place, dict(zip(header, map(plain_cell, line), strict=True)))
        for place, line in enumerate(lines[1:], 1)
    ]


def write_records(path: Path, columns: Sequence[str], records: Iterable[Sequence[str]]) -> None:
    """Write a file of decisions whole, or not at all."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(map(cells_of, records))
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_text(path, out.getvalue())


def cells_of(record: Sequence[str]) -> list[str]:
    """The cells as they are written: inert in a spreadsheet."""
    return [_guarded(cell) for cell in record]


def plain_cell(cell: str) -> str:
    """What a cell of a file of decisions says, without the apostrophe that keeps it inert."""
    guarded = cell.startswith("'") and cell.lstrip("'").startswith(FORMULA)
    return (cell[1:] if guarded else cell).strip()


def _lines(text: str, shown: str) -> list[list[str]]:
    lines: list[list[str]] = []
    try:
        lines.extend(
            line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line
        )
    except csv.Error as error:
        mistake = Mistake(
            len(lines), "", str(error), "comma-separated text", "Correct the quotes of this record."
        )
        raise ReviewUnusable(shown, [mistake]) from error
    return lines


def _header_mistakes(header: Sequence[str], columns: Sequence[str]) -> list[Mistake]:
    absent = [name for name in columns if name not in header]
    expected = "the columns " + ", ".join(columns)
    found = [
        Mistake(0, name or "(no name)", "an unknown column", expected, did_you_mean(name, columns))
        for name in header
        if name not in columns
    ]
    found += [Mistake(0, name, "no such column", expected, "Add the column.") for name in absent]
    found += [
        Mistake(0, name, "the column twice", "it once", "Remove one of them.")
        for name in columns
        if header.count(name) > 1
    ]
    return found


def _guarded(cell: str) -> str:
    unguarded = cell.lstrip("'")
    return f"'{cell}" if unguarded.startswith(FORMULA) else cell
