"""Connections: an engine runs Ibis expressions over Parquet and Arrow, and keeps what is reused."""

from __future__ import annotations

import os
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lichen.kernel.errors import LichenError, UnknownName

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

ENGINES = ("duckdb", "spark")


class EngineMissing(LichenError):
    """The engine asked for is not installed here."""

    def __init__(self, engine: str, reason: str, install: str) -> None:
        self.engine = engine
        super().__init__(
            f"The engine '{engine}' cannot start: {reason}.", f"Install it with: {install}"
        )


class Engine(ABC):
    """What the layers above may ask of an engine; tables are Ibis expressions throughout."""

    name: str

    @abstractmethod
    def read_parquet(self, paths: Sequence[Path]) -> ir.Table:
        """The rows of these Parquet files, columns matched by name."""

    @abstractmethod
    def from_arrow(self, table: pa.Table) -> ir.Table:
        """An Arrow table as an expression of this engine."""

    @abstractmethod
    def materialise(self, expression: ir.Table) -> ir.Table:
        """The same rows, computed once and kept until the engine closes.

        An engine may still be at work on them when it gives them back; should it fail, whoever
        next waits for it is told.
        """

    @abstractmethod
    def to_arrow(self, expression: ir.Table) -> pa.Table:
        """The rows in memory."""

    def begin_arrow(self, expression: ir.Table) -> Callable[[], pa.Table]:
        """Begin to bring the rows into memory; what is given back waits for them."""
        rows = self.to_arrow(expression)
        return lambda: rows

    @abstractmethod
    def write_parquet(self, expression: ir.Table, path: Path) -> int:
        """Write the rows as one zstd Parquet file in the expression's order; their number."""

    @abstractmethod
    def close(self) -> None:
        """Give back memory, temporary tables and processes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def fresh_name(prefix: str) -> str:
    """A table name that no other has."""
    return f"{prefix}_{uuid.uuid4().hex[:12]}"


def connect(
    name: str = "duckdb",
    *,
    memory_limit: str | None = None,
    threads: int | None = None,
    scratch: Path | None = None,
) -> Engine:
    """An engine by name: `duckdb` (embedded, default) or `spark` (local session).

    `memory_limit` such as "4GB", `threads` and `scratch` (the spill folder) apply to DuckDB.

    Raises:
        UnknownName: no such engine.
        EngineMissing: its package, or Java for Spark, is not here.
    """
    if name == "duckdb":
        from lichen.engines.duckdb import DuckDBEngine

        return DuckDBEngine(
            memory_limit=memory_limit or os.environ.get("LICHEN_MEMORY"),
            threads=threads,
            scratch=scratch,
        )
    if name == "spark":
        from lichen.engines.spark import SparkEngine

        return SparkEngine()
    raise UnknownName("engine", name, ENGINES)
