"""Rows of one map of a source: canonical text read against the contract, and kept by content."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.engines.text import quoted, read_rows
from lichen.ledger.exports.places import file_of, record_of


@dataclass(frozen=True)
class MappedRows:
    """Rows of an entity that a map made of the records of a table's files.

    `record` of the relation numbers file, record and copy together; `where` takes it apart.
    """

    name: str
    entity: str
    columns: tuple[str, ...]
    rows: int
    failing: int
    rank: int
    folder: Path
    files: tuple[str, ...]
    unknown: tuple[str, ...] = ()

    @property
    def relation(self) -> str:
        """SQL of the rows that have no failing cell."""
        names = ", ".join(quoted(name) for name in self.columns)
        sound = " WHERE failing = 0" if self.failing else ""
        return f"SELECT record, {names} FROM {read_rows(self.folder / 'rows.parquet')}{sound}"

    def quarantined(self) -> pa.Table:
        """Its failing cells, under the names of the files that they come from."""
        rows = pq.read_table(self.folder / "quarantine.parquet")
        places = [self.where(record) for record in rows["record"].to_pylist()]
        files = pa.array([file for file, _ in places], pa.string())
        records = pa.array([record for _, record in places], pa.int64())
        named = rows.set_column(rows.schema.get_field_index("file"), "file", files)
        return named.set_column(named.schema.get_field_index("record"), "record", records)

    def where(self, record: int) -> tuple[str, int]:
        """The file and the record in it."""
        return self.files[file_of(record)], record_of(record)
