"""Rows and records that did not get in, each with where it stands, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import pyarrow as pa

from lichen.ledger.contracts import expected_of
from lichen.ledger.csvtext import RejectedRecord
from lichen.vocabulary.entities import Column, Entity, Kind

SCHEMA = pa.schema(
    [
        ("entity", pa.string()),
        ("file", pa.string()),
        ("record", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("reason", pa.string()),
        ("expected", pa.string()),
        ("next_step", pa.string()),
    ]
)
MASK = "(personal)"
CORRECT = "Correct it at the source and load again."
FILL = "Fill it at the source and load again."


def empty() -> pa.Table:
    """No rows."""
    return SCHEMA.empty_table()


def cell_rows(
    entity: Entity, file: str, column: Column, failing: Sequence[tuple[int, str | None, str]]
) -> pa.Table:
    """Failing cells of one column: (record, value, reason) each."""
    steps = {value: _next_step(column, value) for value in {value for _, value, _ in failing}}
    return table(
        entity,
        file,
        [
            (record, column.name, _masked(column, value), reason, expected_of(column), steps[value])
            for record, value, reason in failing
        ],
    )


def record_rows(entity: Entity, file: str, rejected: Iterable[RejectedRecord]) -> pa.Table:
    """Records that are no rows; their text is hidden where the entity holds personal columns."""
    personal = any(column.personal for column in entity.columns)
    return table(
        entity,
        file,
        [
            (one.record, None, MASK if personal else one.excerpt, one.reason, one.expected, CORRECT)
            for one in rejected
        ],
    )


Row = tuple[int, str | None, str | None, str, str, str]


def table(entity: Entity, file: str, rows: Sequence[Row]) -> pa.Table:
    """Quarantine rows (record, column, value, reason, expected, next_step) of one file."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    size = len(rows)
    return pa.table(
        [pa.array([entity.name] * size), pa.array([file] * size), *map(pa.array, columns)],
        names=SCHEMA.names,
    ).cast(SCHEMA)


def _masked(column: Column, value: str | None) -> str | None:
    return MASK if column.personal and value is not None else value


def _next_step(column: Column, value: str | None) -> str:
    if value is None or not value.strip():
        return FILL
    if column.kind in (Kind.ENUM, Kind.ENUM_LIST):
        near = get_close_matches(value.strip().lower(), column.values, n=1, cutoff=0.6)
        if near:
            return f"Did you mean '{near[0]}'? {CORRECT}"
    return CORRECT
