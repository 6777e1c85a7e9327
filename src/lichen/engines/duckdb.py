"""DuckDB, embedded: the default engine, and the only one that reads text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.duckdb.converter import DuckDBPyArrowData

from lichen.engines.connect import Engine, fresh_name
from lichen.engines.embedded import QueryFailed
from lichen.engines.inorder import InOrder

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.backends.duckdb import Backend

TEMPORARY = ops.Namespace(catalog="temp", database="main")


class DuckDBEngine(Engine):
    """An in-memory DuckDB that may read only what it is given by path.

    Statements are written in the caller's thread and carried out in order in another, which is the
    only one that uses the connection: a run of 10,000 accounts waits for its engine a second less.
    """

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
        self._statements = InOrder("duckdb")

    def read_parquet(self, paths: Sequence[Path]) -> ir.Table:
        files = [str(path) for path in paths]
        name = fresh_name("parquet")
        return self._statements.ask(
            lambda: self.backend.read_parquet(files, table_name=name)
        ).result()

    def from_arrow(self, table: pa.Table) -> ir.Table:
        arrived = fresh_name("arrived")
        self._statements.begin(lambda: self.backend.con.register(arrived, table))
        kept = self._kept(ibis.Schema.from_pyarrow(table.schema), f'SELECT * FROM "{arrived}"')
        self._statements.begin(lambda: self.backend.con.unregister(arrived))
        return kept

    def materialise(self, expression: ir.Table) -> ir.Table:
        return self._kept(expression.schema(), self._written(expression))

    def _kept(self, schema: ibis.Schema, query: str) -> ir.Table:
        """The rows of a query under a fresh name and in the types of the schema.

        The backend's own way asks for the catalogue three times and for the schema, which is known.
        """
        name = fresh_name("kept")
        columns = ", ".join(
            column.sql(self.backend.dialect)
            for column in schema.to_sqlglot_column_defs(self.backend.dialect)
        )
        statement = f'CREATE TEMP TABLE "{name}" ({columns}); INSERT INTO "{name}" {query}'
        self._statements.begin(lambda: self.backend.con.execute(statement))
        return ops.DatabaseTable(name, schema, self.backend, TEMPORARY).to_expr()

    def to_arrow(self, expression: ir.Table) -> pa.Table:
        return self.begin_arrow(expression)()

    def begin_arrow(self, expression: ir.Table) -> Callable[[], pa.Table]:
        query, schema = self._written(expression), expression.schema()
        fetched = self._statements.ask(lambda: self.backend.con.execute(query).to_arrow_table())
        return lambda: DuckDBPyArrowData.convert_table(fetched.result(), schema)

    def write_parquet(self, expression: ir.Table, path: Path) -> int:
        query = self._written(expression)
        target = str(path).replace("'", "''")
        statement = f"COPY ({query}) TO '{target}' (FORMAT PARQUET, COMPRESSION ZSTD)"
        copied = self._statements.ask(lambda: self.backend.con.execute(statement).fetchone())
        try:
            row = copied.result()
        except duckdb.Error as error:
            raise QueryFailed(str(error)) from error
        return int(row[0]) if row else 0

    def _written(self, expression: ir.Table) -> str:
        """The SQL of the rows, its selects nested as they were put.

        The engine merges them itself; that Ibis does so first takes a quarter of what it takes to
        write a statement.
        """
        merging = ibis.options.sql.fuse_selects
        ibis.options.sql.fuse_selects = False
        try:
            return str(self.backend.compile(expression))
        finally:
            ibis.options.sql.fuse_selects = merging

    def close(self) -> None:
        self.backend.con.interrupt()
        self._statements.close()
        self.backend.disconnect()
