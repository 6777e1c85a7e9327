"""Points and tables of the tests of comparisons, as rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines import Engine
from lichen.kernel.periods import month_end, month_index


def at(engine: Engine, points: Iterable[tuple[int, str]]) -> ir.Table:
    """Points of account and landmark `YYYY-MM`, with T0 at its month end."""
    listed = [(key, month_index(date.fromisoformat(f"{text}-01"))) for key, text in points]
    return with_t0(engine, [(key, month_end(landmark)) for key, landmark in listed])


def with_t0(engine: Engine, points: Iterable[tuple[int, date]]) -> ir.Table:
    """Points of account and T0; the landmark is the month of T0."""
    listed = list(points)
    return engine.from_arrow(
        pa.table(
            {
                "account_key": pa.array([key for key, _ in listed], pa.int64()),
                "landmark": pa.array([month_index(day) for _, day in listed], pa.int64()),
                "t0": pa.array([day for _, day in listed], pa.date32()),
            }
        )
    )


def by_account(engine: Engine, table: ir.Table, column: str) -> dict[int, Any]:
    """One column by account; with several landmarks by (account, landmark)."""
    rows = engine.to_arrow(table).to_pylist()
    many = len({row["landmark"] for row in rows}) > 1
    found = {
        (row["account_key"], row["landmark"]) if many else row["account_key"]: row[column]
        for row in rows
    }
    assert len(found) == len(rows), "a point has more than one row"
    return found


def day(text: str) -> date:
    """A date as it is written."""
    return date.fromisoformat(text)
