"""DuckDB, embedded: the default engine, and the only one that reads text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from lichen.engines.connect import Engine, fresh_name

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.backends.duckdb import Backend

TEMPORARY = ops.Namespace(catalog="temp", database="main")


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
        arrived = fresh_name("arrived")
        self.backend.con.register(arrived, table)
        kept = self._kept(ibis.Schema.from_pyarrow(table.schema), f'SELECT * FROM "{arrived}"')
        self.backend.con.unregister(arrived)
        return kept

    def materialise(self, expression: ir.Table) -> ir.Table:
        return self._kept(expression.schema(), self.backend.compile(expression))

    def _kept(self, schema: ibis.Schema, query: str) -> ir.Table:
        """The rows of a query under a fresh name and in the types of the schema.

        The backend's own way asks for the catalogue three times and for the schema, which is known.
        """
        name = fresh_name("kept")
        columns = ", ".join(
            column.sql(self.backend.dialect)
            for column in schema.to_sqlglot_column_defs(self.backend.dialect)
        )
        self.backend.con.execute(f'CREATE TEMP TABLE "{name}" ({columns})')
        self.backend.con.execute(f'INSERT INTO "{name}" {query}')
        return ops.DatabaseTable(name, schema, self.backend, TEMPORARY).to_expr()

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
