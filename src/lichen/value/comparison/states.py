"""Accounts at every quarter's end: what they paid, when they came, when a partner first counted."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.revenue.calendar import whole
from lichen.revenue.exchange import convert
from lichen.revenue.foreign import ForeignLevels
from lichen.revenue.levels import Levels
from lichen.value.comparison.days import numbered
from lichen.value.comparison.landmarks import Landmark

NOWHERE = -1
"""The place of a day that lies in no quarter compared."""


def month_ends_of(landmarks: Sequence[Landmark]) -> list[int]:
    """Month indexes of the first Q0 and then of every T0: quarters follow on each other."""
    return [landmarks[0].opens, *(landmark.month for landmark in landmarks)]


def account_states(
    levels: Levels, landmarks: Sequence[Landmark], first_meaningful: ir.Table
) -> ir.Table:
    """One row for each account that ever had a line.

    account_key, came (day number of its first line), arr_0, arr_1, … (ARR as booked in minor units
    at `month_ends_of`, so that quarter i runs from arr_i to arr_{i+1}), and the columns of
    `first_meaningful`, null where no partner ever counted.
    """
    lines = levels.facts.table("subscription")
    lines = lines.filter(lines.account_key.notnull())
    came = lines.group_by("account_key").agg(came=numbered(lines.starts_on).min())
    arr = _arr_at(levels, month_ends_of(landmarks))
    states = left_join(left_join(came, arr, "account_key"), first_meaningful, "account_key")
    names = [name for name in states.columns if name.startswith("arr_")]
    filled = {name: states[name].fill_null(whole(0)) for name in names}
    return states.mutate(**filled)


def _arr_at(levels: Levels, months: Sequence[int]) -> ir.Table:
    """account_key, arr_0, …: ARR as booked at month ends, from the changes up to each."""
    deltas = levels.deltas
    up_to = {f"arr_{k}": (deltas.month <= m, "delta") for k, m in enumerate(months)}
    parts = [_summed(deltas, up_to)]
    if levels.foreign is not None:
        booked = _booked(levels.foreign, months)
        at = {f"arr_{k}": (booked.month == m, "booked") for k, m in enumerate(months)}
        parts.append(_summed(booked, at))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _booked(foreign: ForeignLevels, months: Sequence[int]) -> ir.Table:
    """account_key, month, booked: what stood at these month ends in each currency, converted."""
    monthly = foreign.monthly.filter(foreign.monthly.month.isin(list(months)))
    rates = foreign.rate_table.rename(quoted="currency")
    met = monthly.inner_join(
        rates, [monthly.currency == rates.quoted, monthly.month == rates.rate_month]
    )
    return met.select("account_key", "month", booked=convert(met.minor, met.rate))


def _summed(rows: ir.Table, asked: dict[str, tuple[ir.BooleanValue, str]]) -> ir.Table:
    """Sums of a column by account where a condition holds, by the name each is given."""
    sums = {
        name: ibis.ifelse(holds, rows[column], whole(0)).sum().cast("int64")
        for name, (holds, column) in asked.items()
    }
    return rows.group_by("account_key").agg(**sums)


def place_of(day: ir.Value, landmarks: Sequence[Landmark]) -> ir.Value:
    """The place of the quarter (Q0, T0] that holds a day number, NOWHERE if none does."""
    branches = [(day <= landmarks[0].q0_day, whole(NOWHERE))]
    branches += [(day <= landmark.t0_day, whole(k)) for k, landmark in enumerate(landmarks)]
    return ibis.cases(*branches, else_=whole(NOWHERE)).cast("int64")


def at_place(rows: ir.Table, name: str, place: ir.Value, places: int, ahead: int = 0) -> ir.Value:
    """The column `name_<place + ahead>` of each row, null where its place is NOWHERE."""
    branches = [(place == each, rows[f"{name}_{each + ahead}"]) for each in range(places)]
    return ibis.cases(*branches)


def by_place(place: ir.Value, values: Sequence[int]) -> ir.Value:
    """The value at each row's place, null where its place is NOWHERE."""
    return ibis.cases(*((place == each, whole(value)) for each, value in enumerate(values)))
