"""A locked session for SQL that others wrote: it sees the tables put into it, nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow.parquet as pq

from lichen.engines.text import literal, quoted, read_rows
from lichen.kernel.errors import LichenError

DEFAULT_MEMORY = "1GB"
DEFAULT_SECONDS = 300.0


class SelectFailed(LichenError):
    """A SELECT that the engine refused or that took too long; `reason` is its first line."""

    def __init__(self, reason: str) -> None:
        self.reason = reason.strip().splitlines()[0] if reason.strip() else "no reason given"
        super().__init__(f"The SELECT cannot be carried out: {self.reason}", "Correct it.")


class Sandbox:
    """Tables are put in, then it is locked; from then on it takes one SELECT at a time.

    Locked, it reaches no file, network, extension, setting or variable of the program. One thread
    works, so that rows which no ORDER BY tells apart come out the same each time.
    """

    def __init__(
        self,
        scratch: Path | None = None,
        memory_limit: str = DEFAULT_MEMORY,
        seconds: float = DEFAULT_SECONDS,
    ) -> None:
        self._seconds = seconds
        self._connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "python_enable_replacements": False,
                "memory_limit": memory_limit,
                "temp_directory": str(scratch) if scratch is not None else "",
                "threads": 1,
            }
        )
        self._carry_out("SET TimeZone = 'UTC'")
        self._carry_out("SET enable_progress_bar = false")

    def put_empty(self, name: str, types: Mapping[str, str]) -> None:
        """A table without rows, of columns by their engine types."""
        columns = ", ".join(f"{quoted(column)} {kind}" for column, kind in types.items())
        self._carry_out(f"CREATE TABLE {quoted(name)} ({columns})")

    def put(self, name: str, path: Path) -> None:
        """The rows of a Parquet file as a table, in their order."""
        self._carry_out(f"CREATE TABLE {quoted(name)} AS SELECT * FROM {read_rows(path)}")

    def lock(self) -> None:
        """From here on no file is reached and no setting changes."""
        self._carry_out("SET enable_external_access = false")
        self._carry_out("SET lock_configuration = true")

    def types(self, select: str) -> dict[str, str]:
        """Names and engine types of the columns that a SELECT gives.

        Raises:
            SelectFailed: it is not one SELECT, or does not fit the tables.
        """
        self._refuse_all_but_a_select(select)
        with self._in_time():
            found = self._connection.execute(f"DESCRIBE {select}").fetchall()
        times = Counter(str(row[0]).lower() for row in found)
        twice = next((name for name, count in times.items() if count > 1), None)
        if twice is not None:
            raise SelectFailed(f"It returns two columns named {twice}. Name them apart.")
        return {str(row[0]): str(row[1]) for row in found}

    def keep(self, name: str, select: str) -> None:
        """Carry out a SELECT that others wrote, and keep its rows as a table.

        Raises:
            SelectFailed: it is not one SELECT, it fails on some row, or it takes too long.
        """
        self._refuse_all_but_a_select(select)
        with self._in_time():
            self._connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS {select}")

    def row(self, query: str) -> tuple[Any, ...]:
        """The only row of an aggregate over the tables."""
        with self._in_time():
            return self._connection.execute(query).fetchall()[0]

    def write(self, query: str, path: Path) -> None:
        """The rows of a query over the tables as Parquet, in their order, a batch at a time."""
        with self._in_time():
            batches = self._connection.execute(query).to_arrow_reader(100_000)
            with pq.ParquetWriter(path, batches.schema, compression="zstd") as writer:
                for batch in batches:
                    writer.write_batch(batch)

    def close(self) -> None:
        """Give back memory."""
        self._connection.close()

    def _carry_out(self, statement: str) -> None:
        with self._in_time():
            self._connection.execute(statement)

    def _refuse_all_but_a_select(self, text: str) -> None:
        """What is one SELECT is told by the engine itself, whatever was read into it before."""
        try:
            found = self._connection.extract_statements(text)
        except duckdb.Error as error:
            raise SelectFailed(str(error)) from error
        if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
            raise SelectFailed(f"{literal(text[:40])} is not one SELECT.")

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Stop what takes too long; every failure of the engine becomes `SelectFailed`."""
        timer = Timer(self._seconds, self._connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise SelectFailed(f"it was stopped after {self._seconds:g} seconds.") from error
        except duckdb.Error as error:
            raise SelectFailed(str(error)) from error
        finally:
            timer.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
