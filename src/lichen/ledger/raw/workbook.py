"""A sheet of a workbook as a raw table: typed cells become canonical text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.ledger.raw.archive import held
from lichen.ledger.raw.celltext import as_text
from lichen.ledger.raw.files import Hints, RawFile
from lichen.ledger.raw.header import column_names
from lichen.ledger.raw.heading import header_place
from lichen.ledger.raw.notes import FOOTERS, NOTES, is_note
from lichen.ledger.raw.refusal import refused
from lichen.ledger.raw.sheets import open_sheet

BATCH = 20_000
HEAD_ROWS = 200

Row = list[str | None]


def convert(staging: Path, file: RawFile, hints: Hints, where: str) -> dict[str, Any]:
    """Write the rows of the sheet; returns what its entry says.

    Raises:
        FeedsUnusable: it has no header.
    """
    book = file.path if file.member is None else held(file.path, file.member, where)
    opened = open_sheet(book, str(file.sheet), where)
    sheet = opened.cells
    head = [[cell or "" for cell in row] for row in islice(_rows(sheet), HEAD_ROWS)]
    header = hints.header_line - 1 if hints.header_line else header_place(head, is_text=False)
    names = next(islice(_rows(sheet), header, None), [])
    if not any(names):
        raise refused(where, "has no header.", "Declare header_line in the mapping.")
    width, rows, last = _measured(sheet, header)
    columns = column_names([*[name or "" for name in names], *[""] * (width - len(names))], where)
    footers = _footers(last, len(columns)) if hints.footer_lines is None else hints.footer_lines
    if footers > rows:
        found = f"has {rows:,} rows, and footer_lines is declared as {footers}."
        raise refused(where, found, "Correct footer_lines in the mapping.")
    _write(staging, islice(_body(sheet, header), rows - footers), len(columns))
    return {
        "columns": columns,
        "typed": [True] * len(columns),
        "in_place": False,
        "notes": [
            *_notes(str(file.sheet), sum(any(row) for row in head[:header]), footers),
            *_error_notes(opened.errors),
        ],
        "records": rows - footers,
        "rejects": [],
    }


def _notes(sheet: str, titles: int, footers: int) -> list[str]:
    notes = [f"sheet {sheet}"]
    if titles:
        notes.append(f"{titles} title row{'s' * (titles > 1)} above the header")
    if footers:
        notes.append(f"{footers} row{'s' * (footers > 1)} {NOTES}")
    return notes


def _error_notes(errors: int) -> list[str]:
    if not errors:
        return []
    return [f"{errors:,} empty cell{'s' * (errors > 1)} of formulas in error, such as #N/A"]


def _rows(sheet: Any) -> Iterator[Row]:
    """Rows as text, without the empty cells at their ends."""
    for cells in sheet.iter_rows():
        row = [as_text(cell) for cell in cells]
        while row and row[-1] is None:
            row.pop()
        yield row


def _body(sheet: Any, header: int) -> Iterator[Row]:
    """Filled rows below the header."""
    return filter(None, islice(_rows(sheet), header + 1, None))


def _measured(sheet: Any, header: int) -> tuple[int, int, list[Row]]:
    """The widest row, how many filled ones there are, and the last of them."""
    width, rows = 0, 0
    last: list[Row] = []
    for row in _body(sheet, header):
        width, rows = max(width, len(row)), rows + 1
        last = [*last[-FOOTERS + 1 :], row]
    return width, rows, last


def _footers(last: Sequence[Row], columns: int) -> int:
    """How many of the last rows speak of the report."""
    taken = 0
    while taken < len(last) and is_note([cell or "" for cell in last[-1 - taken]], columns):
        taken += 1
    return taken


def _write(staging: Path, body: Iterator[Row], columns: int) -> None:
    names = ["record", *(f"c{place}" for place in range(columns))]
    schema = pa.schema([(names[0], pa.int64()), *((name, pa.string()) for name in names[1:])])
    written = 0
    with pq.ParquetWriter(staging / "rows.parquet", schema, compression="zstd") as writer:
        while part := list(islice(body, BATCH)):
            filled = [[*row, *[None] * (columns - len(row))] for row in part]
            arrays = [pa.array(range(written + 1, written + len(part) + 1), pa.int64())]
            arrays += [pa.array(list(cells), pa.string()) for cells in zip(*filled, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            written += len(part)
