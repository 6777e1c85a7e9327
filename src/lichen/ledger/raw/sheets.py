"""The sheets of a workbook, looked at before anything of it is taken into memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree
from zipfile import ZipFile

from lichen.ledger.raw.archive import DAMAGED, check_size, opened
from lichen.ledger.raw.grid import ANY_CELL, Grid, check_memory, pieces
from lichen.ledger.raw.refusal import refused

WORKBOOK = "an Excel workbook (.xlsx)"
LARGEST_INDEX = 64 << 20
"""Bytes of the parts that say which sheets there are."""

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

Book = Path | IO[bytes]


@dataclass(frozen=True)
class Sheet:
    """A sheet open for reading, and how many of its cells hold an error."""

    cells: Any
    errors: int


@dataclass(frozen=True)
class Listed:
    """A sheet by its name, with the part that holds it; `is_hidden` where people do not see it."""

    name: str
    member: str
    is_hidden: bool


def filled_sheets(book: Book, size: int, where: str) -> list[Listed]:
    """Sheets of a workbook that hold anything, in their order; `size` is that of its file.

    Raises:
        FeedsUnusable: it is no workbook, or says that it unpacks to too much.
    """
    with opened(book, where, WORKBOOK) as archive:
        check_size(archive.infolist(), size, where)
        try:
            return [one for one in _listed(archive) if _is_filled(archive, one.member)]
        except (*DAMAGED, ElementTree.ParseError) as error:
            raise _unreadable(where, _reason(error)) from error


def open_sheet(book: Book, name: str, where: str) -> Sheet:
    """A sheet, all its cells in memory, once it is seen that they fit there.

    Raises:
        FeedsUnusable: it is not sound, or would take too much memory.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    errors = _checked(book, name, where)
    try:
        if isinstance(book, Path):
            workbook = CalamineWorkbook.from_path(str(book))
        else:
            book.seek(0)
            workbook = CalamineWorkbook.from_filelike(book)
        return Sheet(workbook.get_sheet_by_name(name), errors)
    except (CalamineError, OSError, ValueError) as error:
        reason = _reason(error)
    except BaseException as error:
        # A reader written in Rust tells its panics by a class outside of Exception.
        if type(error).__name__ != "PanicException":
            raise
        reason = "its reader gave up"
    raise _unreadable(where, reason)


def _checked(book: Book, name: str, where: str) -> int:
    """Unpack every part for its true size and the places of its cells; errors of the sheet.

    All parts are looked at, since which one the reader takes for the sheet is its own affair.
    """
    errors = 0
    with opened(book, where, WORKBOOK) as archive:
        try:
            members = {one.member for one in _listed(archive) if one.name == name}
            for info in archive.infolist():
                grid = Grid()
                for piece in pieces(archive, info, where):
                    grid.add(piece)
                if grid.is_sheet:
                    check_memory(archive, info, grid, where)
                if info.filename in members:
                    errors += grid.errors
        except (*DAMAGED, ElementTree.ParseError) as error:
            raise refused(where, f"is damaged ({error}).", "Save it again as .xlsx.") from error
    return errors


def _listed(archive: ZipFile) -> Iterator[Listed]:
    """Every sheet; charts and macros are none."""
    links = {
        link.get("Id", ""): link.get("Target", "")
        for link in _xml(archive, "xl/_rels/workbook.xml.rels")
        if link.get("Type", "").endswith("/worksheet")
    }
    members = {name.lower(): name for name in archive.namelist()}
    if len(members) < len(archive.namelist()):
        raise ValueError("two of its parts have one name")
    for node in _xml(archive, "xl/workbook.xml").iter():
        if node.tag.rpartition("}")[2] == "sheet":
            target = links.get(node.get(RELATION) or node.get(STRICT) or "")
            if target is not None:
                target = target.lstrip("/")
                path = target if target.startswith("xl/") else f"xl/{target}"
                is_hidden = node.get("state", "visible").lower() != "visible"
                yield Listed(node.get("name", ""), members[path.lower()], is_hidden)


def _is_filled(archive: ZipFile, member: str) -> bool:
    """Whether the part holds a cell, as far as its first megabytes tell."""
    with archive.open(member) as stream:
        head = stream.read(LARGEST_INDEX >> 4)
    if b"\0" in head[:64]:
        raise ValueError("its sheets are in UTF-16")
    return bool(ANY_CELL.search(head)) or len(head) == LARGEST_INDEX >> 4


def _xml(archive: ZipFile, member: str) -> ElementTree.Element:
    """A small part as XML; entities, which can expand without end, have no place in it."""
    if archive.getinfo(member).file_size > LARGEST_INDEX:
        raise ValueError(f"{member} is too large")
    data = archive.read(member)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError(f"{member} declares entities")
    return ElementTree.fromstring(data)  # noqa: S314


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or ["no reason given"])[0][:120]


def _unreadable(where: str, reason: str) -> Exception:
    found = f"is not a readable workbook ({reason})."
    return refused(where, found, "Save it again as .xlsx, without a password.")
