"""Writing tables to files, chunk after chunk, so that memory stays flat."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

ROW_GROUP = 122_880
"""Rows that are read together: what engines write by default, and what threads can share."""


class Writer:
    """One file per name under a folder; each file takes its columns from its first table."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder, self.kind = folder, kind
        self.rows: dict[str, int] = {}
        self._open: dict[str, Any] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for stream in self._open.values():
            stream.close()

    def write(self, name: str, table: pa.Table) -> None:
        """Append the table to the file of this name."""
        if self.kind == "csv":
            table = _as_text(table)
        if name not in self._open:
            self._open[name] = self._start(name, table.schema)
        self.rows[name] = self.rows.get(name, 0) + table.num_rows
        if self.kind == "parquet":
            self._open[name].write_table(table, row_group_size=ROW_GROUP)
        else:
            self._open[name].write_table(table)

    def _start(self, name: str, schema: pa.Schema) -> Any:
        path = self.folder / f"{name}.{self.kind}"
        if self.kind == "csv":
            return pa_csv.CSVWriter(path, schema)
        return pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=1,
            store_schema=False,
            store_decimal_as_integer=True,
        )


def _as_text(table: pa.Table) -> pa.Table:
    """Dictionaries and decimals as plain text, which is how a CSV holds them."""
    fields = [
        pa.field(f.name, pa.string())
        if pa.types.is_dictionary(f.type) or pa.types.is_decimal(f.type)
        else f
        for f in table.schema
    ]
    return table.cast(pa.schema(fields))
