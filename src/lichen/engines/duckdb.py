"""DuckDB, embedded: the default engine, and the only one that reads text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from lichen.engines.connect import Engine, fresh_name

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.backends.duckdb import Backend


class DuckDBEngine(Engine):
    """An in-memory DuckDB that may read only what it is given by path."""

    name = "duckdb"

    def __init__(
        self,
        *,
        memory_limit: str | None = None,
        threads: int | None = None,
        scratch: Path | None = None,
    ) -> None:
        settings: dict[str, Any] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if memory_limit:
            settings["memory_limit"] = memory_limit
        if threads:
            settings["threads"] = threads
        if scratch:
            settings["temp_directory"] = str(scratch)
        self.backend: Backend = ibis.duckdb.connect(**settings)
        self.backend.raw_sql("SET TimeZone = 'UTC'")

    def read_parquet(self, paths: Sequence[Path]) -> ir.Table:
        files = [str(path) for path in paths]
        return self.backend.read_parquet(files, table_name=fresh_name("parquet"))

    def from_arrow(self, table: pa.Table) -> ir.Table:
        return self.backend.create_table(fresh_name("arrow"), table, temp=True)

    def materialise(self, expression: ir.Table) -> ir.Table:
        return self.backend.create_table(fresh_name("kept"), expression, temp=True)

    def to_arrow(self, expression: ir.Table) -> pa.Table:
        return self.backend.to_pyarrow(expression)

    def write_parquet(self, expression: ir.Table, path: Path) -> int:
        query = self.backend.compile(expression)
        target = str(path).replace("'", "''")
        result = self.backend.raw_sql(
            f"COPY ({query}) TO '{target}' (FORMAT PARQUET, COMPRESSION ZSTD)"
        )
        row = result.fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        self.backend.disconnect()
