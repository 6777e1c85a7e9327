"""The revenue tables that are then gathered by group: windows, standing ARR, end points.

A *span* holds at month ends from `from_month` up to, not including, `to_month`.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from lichen.kernel.periods import Window, month_index
from lichen.revenue.calendar import whole
from lichen.revenue.levels import Levels


def rolling_windows(levels: Levels, months: int) -> ir.Table:
    """Opening and closing ARR of the window that ends at each month end, of accounts with opening.

    account_key, from_month, to_month, opening, closing, and booked where a line is foreign: the
    window of `months` that ends at a month in the span opens and closes with these amounts. What
    stood `months` earlier meets what stands: at a million accounts that takes 0.4 s, and running
    sums over every change twice, once where it happens and once `months` later, took 1.3 s.
    """
    steps, last = levels.steps, levels.last_month
    now = steps.select("account_key", "closing", begins=steps.month, ends=steps.to_month)
    held = steps.filter(steps.closing > 0, steps.month + months <= last)
    then = held.select(
        owner=held.account_key,
        opening=held.closing,
        since=held.month + months,
        until=held.to_month + months,
    )
    met = now.inner_join(
        then,
        [now.account_key == then.owner, now.begins < then.until, then.since < now.ends],
    ).drop("owner")
    states = met.select(
        "account_key",
        from_month=ibis.greatest(met.begins, met.since),
        to_month=ibis.least(met.ends, met.until, whole(last + 1)),
        opening=met.opening,
        closing=met.closing,
    )
    if levels.foreign is None:
        return states
    spans = states.mutate(booked=states.closing)
    return spans.union(_each_month(levels.foreign.lagged(months)).filter(ibis._.opening > 0))


def standing(levels: Levels) -> ir.Table:
    """ARR as booked between its changes: account_key, from_month, to_month, arr (above 0)."""
    steps = levels.steps
    spans = steps.select("account_key", "to_month", from_month=steps.month, arr=steps.closing)
    if levels.foreign is not None:
        monthly = _each_month(levels.foreign.lagged(1))
        spans = spans.select("account_key", "from_month", "to_month", "arr").union(
            monthly.select("account_key", "from_month", "to_month", arr=monthly.booked)
        )
    return spans.filter(spans.arr > 0)


def end_points(levels: Levels, opens: int, closes: int) -> ir.Table:
    """ARR at the two month ends of one window: account_key, opening, closing, booked.

    Accounts with ARR at either end; `closing` in constant currency, `booked` at the closing rate.
    Several measures ask for the same window, so its points are worked out once.
    """
    if (opens, closes) not in levels.ends:
        points = levels.facts.engine.materialise(_end_points(levels, opens, closes))
        levels.ends[opens, closes] = points
    return levels.ends[opens, closes]


def _end_points(levels: Levels, opens: int, closes: int) -> ir.Table:
    deltas = levels.deltas
    before = ibis.ifelse(deltas.month <= opens, deltas.delta, whole(0))
    after = ibis.ifelse(deltas.month <= closes, deltas.delta, whole(0))
    summed = deltas.group_by("account_key").aggregate(
        opening=before.sum().cast("int64"), closing=after.sum().cast("int64")
    )
    points = summed.mutate(booked=summed.closing)
    if levels.foreign is not None:
        apart = levels.foreign.apart(opens, closes)
        points = points.union(apart.select("account_key", "opening", "closing", "booked"))
    return points.filter((points.opening > 0) | (points.booked > 0))


def window_points(levels: Levels, windows: Sequence[Window]) -> ir.Table:
    """The end points of several windows together: `month` is the place of the window in the list.

    Groups are those at the opening of each (`group_month`).
    """
    points = []
    for place, window in enumerate(windows):
        opens, closes = month_index(window.opens_on), month_index(window.closes_on)
        ends = end_points(levels, opens, closes)
        points.append(ends.mutate(month=whole(place), group_month=whole(opens)))
    return ibis.union(*points)


def _each_month(monthly: ir.Table) -> ir.Table:
    return monthly.select(
        "account_key",
        "opening",
        "closing",
        "booked",
        from_month=monthly.month,
        to_month=monthly.month + 1,
    ).select("account_key", "from_month", "to_month", "opening", "closing", "booked")
