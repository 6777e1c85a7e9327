"""What is left of each quarter's starts, by age: the cohort heat map."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lichen.revenue.calendar import whole
from lichen.revenue.levels import Levels
from lichen.revenue.spans import standing

EVERY = 3
"""Months between the ages at which cohorts are looked at."""

SCHEMA = pa.schema(
    [
        ("cohort", pa.string()),
        *(
            (name, pa.int64())
            for name in ("age_months", "accounts", "retained", "arr_opening_minor", "arr_now_minor")
        ),
        ("arr_share", pa.float64()),
    ]
)


def cohort_table(levels: Levels) -> pa.Table:
    """What is left of each quarter's starts by age, columns as in `SCHEMA`.

    A cohort (`2024-Q1`) holds the accounts whose first month end with ARR lies in the quarter. Ages
    count from each account's own first month end, every three months, as far as every account of
    the quarter has come. ARR is in the workspace currency as booked, `arr_share` what is there of
    the first; `retained` have ARR at that age, those that came back included.
    """
    moves = levels.facts.engine.to_arrow(_moves(levels))
    rows: list[tuple[object, ...]] = []
    quarters = moves["quarter"].to_numpy()
    for quarter in np.unique(quarters):
        here = quarters == quarter
        ages, accounts, arr = (moves[name].to_numpy()[here] for name in ("age", "accounts", "arr"))
        last = levels.last_month - (int(quarter) * EVERY + EVERY - 1)
        rows += [_cell(int(quarter), age, ages, accounts, arr) for age in range(0, last + 1, EVERY)]
    columns = [pa.array([row[k] for row in rows], kind) for k, kind in enumerate(SCHEMA.types)]
    return pa.table(columns, schema=SCHEMA)


def _cell(
    quarter: int,
    age: int,
    ages: NDArray[np.int64],
    accounts: NDArray[np.int64],
    arr: NDArray[np.int64],
) -> tuple[object, ...]:
    first, by_then = ages == 0, ages <= age
    year, part = divmod(quarter, 4)
    opening, now = int(arr[first].sum()), int(arr[by_then].sum())
    return (
        f"{year}-Q{part + 1}",
        age,
        int(accounts[first].sum()),
        int(accounts[by_then].sum()),
        opening,
        now,
        now / opening if opening else None,
    )


def _moves(levels: Levels) -> ir.Table:
    """By quarter of the start and age in months: accounts that got or lost ARR, and ARR moved."""
    spans = standing(levels).inner_join(levels.arrivals, "account_key")
    first = spans.since
    begins = spans.select(
        since=first, age=spans.from_month - first, accounts=whole(1), arr=spans.arr
    )
    ends = spans.select(since=first, age=spans.to_month - first, accounts=whole(-1), arr=-spans.arr)
    both = begins.union(ends.filter(ends.age <= whole(levels.last_month) - ends.since))
    # A month index counts from January, so its third is the quarter.
    quarter = ((both.since - both.since % EVERY) / EVERY).cast("int64")
    return (
        both.mutate(quarter=quarter)
        .group_by("quarter", "age")
        .aggregate(accounts=ibis._.accounts.sum().cast("int64"), arr=ibis._.arr.sum().cast("int64"))
        .order_by("quarter", "age")
    )
