"""Costs that name no account, spread over accounts to the last minor unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lichen.inference.allocation import largest_remainder
from lichen.kernel.periods import month_index
from lichen.revenue.outcomes.family import Asked

PREFIX = "spent_"


def spread(asked: Asked, costs: ir.Table) -> ir.Table:
    """The costs with the rows of no account spread over accounts served in the same window.

    Serving kinds and cost of revenue by revenue of the window, acquisition kinds evenly over the
    accounts that started in it, each by largest remainder, the lower account key first where
    remainders tie. What finds no account, and kinds of other groups, stay without one.
    """
    engine = asked.facts.engine
    loose = engine.to_arrow(costs.filter(costs.account_key.isnull())).to_pylist()
    if not loose:
        return costs
    parts = [part for row in loose for part in _shares(asked, row, costs.columns)]
    given = engine.from_arrow(pa.concat_tables(parts).select(costs.columns))
    rows = ibis.union(costs, given)
    keys = ["account_key", "month"]
    names = [name for name in costs.columns if name not in keys]
    return rows.group_by(keys).aggregate(**{name: rows[name].sum().cast("int64") for name in names})


def _shares(asked: Asked, loose: dict[str, Any], columns: tuple[str, ...]) -> Iterator[pa.Table]:
    """What accounts get of one window's loose costs, and the same taken off the loose row."""
    place = loose["month"]
    rows = asked.served.filter(asked.served.month == place)
    people = asked.facts.engine.to_arrow(
        rows.select("account_key", "revenue", "group_month")
    ).sort_by("account_key")
    opens = month_index(asked.windows[place].opens_on)
    new = (people["group_month"].to_numpy() > opens).astype(np.int64)
    got: dict[str, NDArray[np.int64]] = {
        name: np.zeros(len(new), dtype=np.int64)
        for name in columns
        if name not in ("account_key", "month")
    }
    for name in (name for name in columns if name.startswith(PREFIX) and loose[name]):
        group = asked.definitions.cost.group_of(name.removeprefix(PREFIX))
        if group == "acquisition":
            part = largest_remainder(loose[name], new)
            got["acquired_by_close"] += part
            got["acquisition_rows"] = np.maximum(got["acquisition_rows"], new)
        elif group in ("serving", "cost_of_revenue"):
            part = largest_remainder(loose[name], people["revenue"].to_numpy())
            got["running_rows"] = np.ones(len(new), dtype=np.int64)
        else:
            continue
        got[name] = part
    yield _table(people["account_key"].combine_chunks(), place, got)
    taken = {name: np.array([-values.sum()]) for name, values in got.items()}
    yield _table(pa.nulls(1, pa.int64()), place, taken)


def _table(accounts: pa.Array, place: int, got: dict[str, NDArray[np.int64]]) -> pa.Table:
    month = pa.array(np.full(len(accounts), place, dtype=np.int64))
    columns = {name: pa.array(values, pa.int64()) for name, values in got.items()}
    return pa.table({"account_key": accounts, "month": month, **columns})
