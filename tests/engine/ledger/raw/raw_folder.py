"""A folder of a source, written file by file and read back as Python rows."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted
from lichen.ledger.raw import Hints, RawFile, RawFileRead, find_raw, read_raw


@dataclass
class RawFolder:
    """A source's folder below a workspace."""

    session: Embedded
    root: Path

    @property
    def folder(self) -> Path:
        """Where its files stand."""
        return self.root / "raw" / "crm"

    def write(self, name: str, content: str | bytes) -> Path:
        """A file of it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def files(self) -> list[RawFile]:
        """What is found in it."""
        return find_raw(self.folder, "raw/crm")

    def read(self, name: str, content: str | bytes, **hints: Any) -> RawFileRead:
        """The only file, once written."""
        self.write(name, content)
        (file,) = self.files()
        return read_raw(self.session, self.root, file, Hints(**hints))

    def rows(self, read: RawFileRead) -> list[tuple[str | None, ...]]:
        """The cells in the order of the file, once every record is accounted for."""
        names = ", ".join(quoted(name) for name in read.columns)
        found = self.session.rows(f"SELECT record, {names} FROM ({read.relation}) ORDER BY record")
        numbers = sorted([row[0] for row in found] + [one.record for one in read.rejects])
        assert numbers == list(range(1, read.records + 1))
        return [row[1:] for row in found]

    def table(self, name: str, content: str | bytes, **hints: Any) -> list[tuple[str | None, ...]]:
        """Header and rows of the only file, none of whose records is rejected."""
        read = self.read(name, content, **hints)
        assert read.rejects == ()
        return [read.columns, *self.rows(read)]


def zipped(files: dict[str, str | bytes]) -> bytes:
    """An archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(
    sheets: dict[str, list[list[Any]]], hidden: Collection[str] = (), deep: Collection[str] = ()
) -> bytes:
    """A workbook of these sheets, None where a cell is empty; dates as Excel shows them.

    `hidden` sheets can be shown by a person, `deep` ones by a macro only.
    """
    out = io.BytesIO()
    options = {"default_date_format": "yyyy-mm-dd hh:mm", "strings_to_formulas": False}
    with xlsxwriter.Workbook(out, options) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
            if name in hidden:
                sheet.hide()
            if name in deep:
                sheet.very_hidden()
    return out.getvalue()
