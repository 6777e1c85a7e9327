"""A sheet of a workbook as a raw table: typed cells become canonical text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.ledger.raw.files import Hints, RawFile
from lichen.ledger.raw.find import refused
from lichen.ledger.raw.header import column_names
from lichen.ledger.raw.layout import FOOTER, header_place

BATCH = 20_000


def convert(staging: Path, file: RawFile, hints: Hints, where: str) -> dict[str, Any]:
    """Write the rows of the sheet; returns what its entry says.

    Raises:
        FeedsUnusable: it has no header.
    """
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(str(file.path)).get_sheet_by_name(str(file.sheet))
    rows = [_trimmed([as_text(cell) for cell in row]) for row in sheet.iter_rows()]
    header = hints.header_line - 1 if hints.header_line else _header_row(rows, where)
    width = max((len(row) for row in rows[header:]), default=0)
    names = [name or "" for name in rows[header]] if header < len(rows) else []
    while (
        names
        and not names[-1]
        and all(len(r) < len(names) or not r[len(names) - 1] for r in rows[header + 1 :])
    ):
        names.pop()
        width -= 1
    if not any(names):
        raise refused(where, "has no header.", "Declare header_line in the mapping.")
    columns = column_names([*names, *[""] * (width - len(names))])
    body = [row for row in rows[header + 1 :] if any(row)]
    footers = hints.footer_lines if hints.footer_lines is not None else _footers(body, len(columns))
    body = body[: len(body) - footers] if footers else body
    _write(staging, body, len(columns))
    notes = [f"sheet {file.sheet}"]
    titles = sum(any(row) for row in rows[:header])
    if titles:
        notes.append(f"{titles} title row{'s' * (titles > 1)} above the header")
    if footers:
        notes.append(f"{footers} row{'s' * (footers > 1)} of notes at the end")
    return {
        "columns": columns,
        "typed": [True] * len(columns),
        "in_place": False,
        "notes": notes,
        "records": len(body),
        "rejects": [],
    }


def as_text(cell: Any) -> str | None:
    """Dates as ISO, numbers in their shortest plain form, empty as None."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else _plain(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time(0)
        return cell.date().isoformat() if midnight else cell.isoformat(timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    return str(cell).strip() or None


def _plain(number: float) -> str:
    shortest = repr(number)
    return shortest if "e" not in shortest else f"{number:.15f}".rstrip("0").rstrip(".")


def _header_row(rows: Sequence[Sequence[str | None]], where: str) -> int:
    head = [[cell or "" for cell in row] for row in rows[:200]]
    if not any(any(row) for row in head):
        raise refused(where, "is empty, without a header.", "Export it again.")
    return header_place(head)


def _trimmed(row: Sequence[str | None]) -> list[str | None]:
    """A row without the empty cells at its end."""
    size = max((place for place, cell in enumerate(row, start=1) if cell), default=0)
    return list(row[:size])


def _footers(body: Sequence[Sequence[str | None]], columns: int) -> int:
    taken = 0
    for row in reversed(body[-12:]):
        filled = [cell for cell in row if cell]
        if not filled or not FOOTER.match(filled[0]) or len(filled) >= max(columns, 2):
            break
        taken += 1
    return taken


def _write(staging: Path, body: Sequence[Sequence[str | None]], columns: int) -> None:
    names = ["record", *(f"c{place}" for place in range(columns))]
    schema = pa.schema([(names[0], pa.int64()), *((name, pa.string()) for name in names[1:])])
    with pq.ParquetWriter(staging / "rows.parquet", schema, compression="zstd") as writer:
        for batch in _batches(body, columns, schema):
            writer.write_batch(batch)


def _batches(
    body: Sequence[Sequence[str | None]], columns: int, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(body), BATCH):
        part = body[start : start + BATCH]
        filled = [[*row[:columns], *[None] * (columns - len(row))] for row in part]
        arrays = [pa.array(range(start + 1, start + len(part) + 1), pa.int64())]
        arrays += [
            pa.array([row[place] for row in filled], pa.string()) for place in range(columns)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
