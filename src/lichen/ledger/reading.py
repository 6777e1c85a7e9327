"""The columns of one file together: typed rows, which of them fail, and what to say of those."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted, trimmed
from lichen.kernel.writing import writing
from lichen.ledger import quarantine
from lichen.ledger.contracts import (
    DIGITS,
    ColumnReading,
    digits_sql,
    read_columns,
    row_currency,
)
from lichen.ledger.csvtext import RejectedRecord
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import Entity, Kind


@dataclass(frozen=True)
class Reading:
    """How a file becomes rows: SQL over a source that has record and the raw columns.

    Each step is a select of its own, so that no expression is worked out twice: the engine does
    not share what stands inside a CASE.
    """

    columns: tuple[ColumnReading, ...]
    digits: str | None

    def cells(self, source: str, extra: Collection[str] = ()) -> str:
        """record, a cell t_<name> for each column, and further expressions over the raw columns."""
        parts = [f"{one.cell} AS {quoted('t_' + one.column.name)}" for one in self.columns]
        found = f"SELECT record, {', '.join([*parts, *extra])} FROM {source}"
        return (
            found if self.digits is None else f"SELECT *, {self.digits} AS {DIGITS} FROM ({found})"
        )

    def values(self, source: str) -> str:
        """record and typed rows under the contract's own names."""
        parts = ", ".join(f"{one.value} AS {quoted(one.column.name)}" for one in self.columns)
        return f"SELECT record, {parts} FROM ({self.cells(source)})"

    def checked(self, source: str, extra: Collection[str] = (), told: Collection[str] = ()) -> str:
        """Typed rows with `failing`: bit i is set where the cell of column i does not hold.

        `extra` are expressions over the raw columns; `told`, over cells t_<name>, values v_<name>
        and what `extra` names, come along.
        """
        values = ", ".join(f"{c.value} AS {quoted('v_' + c.column.name)}" for c in self.columns)
        bits = " + ".join(
            f"CASE WHEN {one.failing} THEN {1 << place} ELSE 0 END"
            for place, one in enumerate(self.columns)
        )
        names = [f"{quoted('v_' + c.column.name)} AS {quoted(c.column.name)}" for c in self.columns]
        return (
            f"SELECT record, {', '.join([*names, *told])}, CAST({bits} AS BIGINT) AS failing "
            f"FROM (SELECT *, {values} FROM ({self.cells(source, extra)}))"
        )

    @property
    def names(self) -> list[str]:
        """The declared columns that the file provides."""
        return [one.column.name for one in self.columns]

    def write_quarantine(
        self,
        session: Embedded,
        staging: Path,
        entity: Entity,
        name: str,
        source: str,
        bad: str | None,
        rejected: tuple[RejectedRecord, ...] = (),
    ) -> None:
        """Keep every reason of every failing row, and every rejected record.

        `name` is the file's. `bad` is SQL of record and failing, None where no row fails.
        """
        tables = [quarantine.record_rows(entity, name, rejected)]
        if bad is not None:
            shown = [f"{one.shown} AS {quoted('s_' + one.column.name)}" for one in self.columns]
            cells = self.cells(source, shown)
            session.table("failing_rows", f"SELECT * FROM ({cells}) JOIN ({bad}) USING (record)")
            for place, one in enumerate(self.columns):
                found = session.rows(_why(one, place))
                tables.append(quarantine.cell_rows(entity, name, one.column, found))
        path = staging / "quarantine.parquet"
        with writing(path):
            pq.write_table(pa.concat_tables(tables), path, compression="zstd")


def _why(one: ColumnReading, place: int) -> str:
    cell, shown = quoted(f"t_{one.column.name}"), quoted(f"s_{one.column.name}")
    return (
        f"SELECT record, left({shown}, 120), "
        f"CASE WHEN {cell} IS NULL THEN 'is empty' ELSE {one.reason} END "
        f"FROM failing_rows WHERE (failing & {1 << place}) <> 0 ORDER BY record"
    )


def reading_of(
    entity: Entity,
    raw: Mapping[str, tuple[str, str]],
    definitions: Definitions,
    *,
    in_hundredths: bool = False,
) -> Reading:
    """How rows of an entity are read; `raw` gives SQL and engine type of each mapped column.

    `in_hundredths` where every row is known to be in a currency of two decimals.
    """
    if in_hundredths:
        return Reading(tuple(read_columns(entity, raw, definitions, "2")), None)
    columns = read_columns(entity, raw, definitions)
    money = any(one.column.kind is Kind.AMOUNT for one in columns)
    digits = digits_sql(row_currency("currency" in raw, definitions)) if money else None
    return Reading(tuple(columns), digits)


def is_plain_text(one: ColumnReading) -> bool:
    """Whether the column is text in the file and stays text, whatever the contract lets it say."""
    kinds = (Kind.TEXT, Kind.ENUM, Kind.CURRENCY)
    return one.column.kind in kinds and one.cell == trimmed(one.shown)


def untrimmed(reading: Reading, names: Collection[str]) -> Reading:
    """The reading in which the texts of these columns are taken to be trimmed."""
    columns = (
        replace(one, cell=one.shown)
        if one.column.name in names and one.cell == trimmed(one.shown)
        else one
        for one in reading.columns
    )
    return replace(reading, columns=tuple(columns))


def as_it_stands(one: ColumnReading) -> ColumnReading:
    """The reading of a plain text column in which every cell was found to be its own value."""
    if one.column.kind is Kind.TEXT:
        return replace(one, cell=one.shown)
    return replace(one, cell=one.shown, value=quoted(f"t_{one.column.name}"))
