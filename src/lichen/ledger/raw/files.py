"""One thing to read: a file, a member of an archive, or a sheet of a workbook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

Format = Literal["delimited", "json", "jsonl", "xlsx", "parquet"]

FORMATS: dict[str, Format] = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".txt": "delimited",
    ".psv": "delimited",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
}
PACKED = (".gz", ".zip")
UNREAD = frozenset(
    ".xls .xlsb .xlsm .ods .numbers .7z .rar .tar .tgz .bz2 .xz .zst .avro .orc .feather .arrow "
    ".xml .dat .db .sqlite .html .tab .dsv .ssv .mdb .accdb .sql .dta .sav .rds .pkl".split()
)
"""Endings of files that hold data which is not read; all others without a reader are papers."""


@dataclass(frozen=True)
class Hints:
    """What a mapping declares about a file instead of having it found out."""

    encoding: str | None = None
    delimiter: str | None = None
    header_line: int | None = None
    footer_lines: int | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class RawFile:
    """`name` is shown to people and relative to the source's folder; `hash` is of the whole file.

    `member` and `sheet` say which part of an archive or workbook it is. The first part of a
    workbook names the hidden sheets that were `skipped`.
    """

    name: str
    table: str
    path: Path
    member: str | None
    sheet: str | None
    format: Format
    bytes: int
    hash: str
    modified: int
    skipped: tuple[str, ...] = ()

    @property
    def content(self) -> list[str | None]:
        """What decides what is read of it: its bytes, the part of them, and how they are read."""
        return [self.hash, self.member, self.sheet, self.format]

    def is_unchanged(self) -> bool:
        """Whether the file is still the one whose content `hash` names."""
        try:
            now = self.path.stat()
        except FileNotFoundError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.bytes, self.modified)


def format_of(name: str) -> Format | None:
    """By the name's ending, a trailing .gz left out; None where there is no reader for it."""
    suffix = Path(name.lower().removesuffix(".gz")).suffix
    return FORMATS.get(suffix)


def is_paper(name: str) -> bool:
    """Whether a file holds no data, such as a README.md or a licence."""
    ending = PurePosixPath(name).suffix.lower()
    return ending not in (*FORMATS, *PACKED) and ending not in UNREAD


def is_hidden(name: str) -> bool:
    """Whether a file, or a folder it stands in, is none of its owner's: .x, _x and ~$x."""
    return any(part.startswith((".", "_", "~$")) for part in PurePosixPath(name).parts)


def snake(words: str) -> str:
    """`Opportunity Line Items` or `OpportunityLineItem` as `opportunity_line_item(s)`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", words)
    return re.sub(r"[\W_]+", "_", spaced).strip("_").lower()


def table_name(name: str) -> str:
    """The table that a file belongs to by its own name: its stem in snake case."""
    stem = Path(name).name
    while Path(stem).suffix.lower() in (*FORMATS, *PACKED):
        stem = Path(stem).stem
    return snake(stem) or "table"
