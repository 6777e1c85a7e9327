"""The sheets of a workbook, looked at before anything of it is taken into memory."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

from lichen.ledger.raw.archive import LARGEST_RATIO, SMALL, check_size, opened
from lichen.ledger.raw.refusal import refused
from lichen.ledger.raw.unpack import DAMAGED

CHUNK = 1 << 20
LARGEST_GRID = 100_000_000
"""Cells from the first to the last filled row and column, empty ones in between included."""

CELL = re.compile(rb"\sr\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")


def sheet_names(path: Path, where: str) -> list[str]:
    """Sheets of a workbook that hold anything.

    Raises:
        FeedsUnusable: it is no workbook, or unpacks to too much.
    """
    with opened(path, where, "an Excel workbook (.xlsx)") as archive:
        infos = archive.infolist()
        check_size(infos, path.stat().st_size, where)
        try:
            for info in infos:
                _look_through(archive, info, where)
        except DAMAGED as error:
            raise refused(where, f"is damaged ({error}).", "Save it again as .xlsx.") from error
    workbook = open_workbook(path, where)
    return [name for name in workbook.sheet_names if sheet_of(workbook, name, where).total_height]


def open_workbook(path: Path, where: str) -> Any:
    """The workbook.

    Raises:
        FeedsUnusable: it is no sound one.
    """
    from python_calamine import CalamineWorkbook

    return _sound(lambda: CalamineWorkbook.from_path(str(path)), where)


def sheet_of(workbook: Any, name: str, where: str) -> Any:
    """A sheet, all its cells in memory.

    Raises:
        FeedsUnusable: it is no sound one.
    """
    return _sound(lambda: workbook.get_sheet_by_name(name), where)


def _sound(read: Any, where: str) -> Any:
    from python_calamine import CalamineError

    try:
        return read()
    except (CalamineError, OSError, ValueError) as error:
        reason = (str(error).splitlines() or ["no reason given"])[0][:120]
    except BaseException as error:
        # A reader written in Rust tells its panics by a class outside of Exception.
        if type(error).__name__ != "PanicException":
            raise
        reason = "its reader gave up"
    found = f"is not a readable workbook ({reason})."
    raise refused(where, found, "Save it again as .xlsx, without a password.")


def _look_through(archive: ZipFile, info: ZipInfo, where: str) -> None:
    """Unpack a part of a workbook for its true size, and for how far apart its cells stand."""
    is_sheet = info.filename.startswith("xl/worksheets/") and info.filename.endswith(".xml")
    told, info.file_size = info.file_size, 1 << 62
    size, before = 0, b""
    rows: set[int] = set()
    columns: set[bytes] = set()
    with archive.open(info) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if (size > SMALL and size > LARGEST_RATIO * max(info.compress_size, 1)) or size > told:
                found = f"unpacks {info.filename} to more than the {told:,} bytes that it tells."
                raise refused(where, found, "Save it again as .xlsx.")
            if is_sheet:
                places = CELL.findall(before + chunk)
                columns.update({column for column, _ in places})
                rows.update({int(row) for row in (*places[:1], *places[-1:]) for row in row[1:]})
                before = chunk[-64:]
    grid = _span(rows) * _span({_number(column) for column in columns})
    if grid > LARGEST_GRID:
        found = f"has cells so far apart that {info.filename} spans {grid:,} cells."
        raise refused(where, found, "Delete what stands far from the table.")


def _span(places: set[int]) -> int:
    return max(places) - min(places) + 1 if places else 0


def _number(column: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number
