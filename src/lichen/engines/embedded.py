"""The embedded SQL session that ingest runs on, whatever engine measures run on later."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb

from lichen.engines.connect import fresh_name
from lichen.engines.text import literal, quoted
from lichen.kernel.errors import LichenError

if TYPE_CHECKING:
    import pyarrow as pa

DEFAULT_MEMORY = "3GB"


class QueryFailed(LichenError):
    """The embedded engine refused a statement; `reason` is its first line."""

    def __init__(self, reason: str) -> None:
        self.reason = reason.strip().splitlines()[0] if reason.strip() else "no reason given"
        super().__init__(
            f"The embedded engine stopped: {self.reason}.",
            "Check free memory and disk space; if both suffice, report this with the header.",
        )


class Embedded:
    """An in-memory SQL session with its spill folder; statements raise only `QueryFailed`.

    Row order is not kept unless a statement orders, so that large copies run in parallel; text
    scans number their records themselves.
    """

    def __init__(self, scratch: Path, memory_limit: str | None = None) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self._connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "memory_limit": memory_limit or os.environ.get("LICHEN_MEMORY", DEFAULT_MEMORY),
                "temp_directory": str(scratch),
            }
        )
        self.run("SET TimeZone = 'UTC'")
        self.run("SET enable_progress_bar = false")

    def run(self, statement: str) -> None:
        """Carry out a statement for its effect."""
        try:
            self._connection.execute(statement)
        except duckdb.Error as error:
            raise QueryFailed(str(error)) from error

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a small result."""
        try:
            return self._connection.execute(query).fetchall()
        except duckdb.Error as error:
            raise QueryFailed(str(error)) from error

    def row(self, query: str) -> tuple[Any, ...]:
        """The only row of an aggregate."""
        return self.rows(query)[0]

    def count(self, relation: str) -> int:
        """How many rows a table or a parenthesised query has."""
        return int(self.row(f"SELECT count(*) FROM {relation}")[0])

    def arrow(self, query: str) -> pa.Table:
        """The rows as an Arrow table."""
        try:
            return self._connection.execute(query).to_arrow_table()
        except duckdb.Error as error:
            raise QueryFailed(str(error)) from error

    def keep(self, table: pa.Table, prefix: str = "kept") -> str:
        """An Arrow table under a fresh name that later statements may use."""
        name = fresh_name(prefix)
        self._connection.register(name, table)
        return name

    def copy(self, query: str, path: Path, *, in_order: bool = False) -> int:
        """Write the rows as zstd Parquet; returns their number."""
        self.run(f"SET preserve_insertion_order = {'true' if in_order else 'false'}")
        options = "FORMAT PARQUET, COMPRESSION ZSTD"
        return int(self.row(f"COPY ({query}) TO {literal(str(path))} ({options})")[0])

    def types(self, relation: str) -> dict[str, str]:
        """Column names of a relation with the engine's names of their types."""
        return {str(row[0]): str(row[1]) for row in self.rows(f"DESCRIBE SELECT * FROM {relation}")}

    def table(self, name: str, query: str) -> None:
        """Compute a query once under this name."""
        self.run(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS {query}")

    def view(self, name: str, query: str) -> None:
        """Give a query a name without computing it."""
        self.run(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {query}")

    def close(self) -> None:
        """Give back memory and temporary tables."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
