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
    window of `months` that ends at a month in the span opens and closes with these amounts. Each
    change of ARR counts twice, once where it happens and once `months` later, and running sums
    over both give the two ends.
    """
    deltas = levels.deltas
    last = levels.last_month
    zero = whole(0)
    now = deltas.select(
        "account_key",
        month=deltas.month,
        place=deltas.month * 2,
        closes=deltas.delta,
        opens=zero,
    )
    late = deltas.filter(deltas.month + months <= last)
    then = late.select(
        "account_key",
        month=late.month + months,
        place=(late.month + months) * 2 + 1,
        closes=zero,
        opens=late.delta,
    )
    events = now.union(then)
    # `place` settles the order of the two events that may share a month; the state between them
    # spans no month end and is dropped.
    running = {"group_by": events.account_key, "order_by": events.place, "rows": (None, 0)}
    following = events.month.lead().over(group_by=events.account_key, order_by=events.place)
    states = events.select(
        "account_key",
        from_month=events.month,
        to_month=ibis.coalesce(following, whole(last + 1)),
        opening=events.opens.sum().over(**running).cast("int64"),
        closing=events.closes.sum().over(**running).cast("int64"),
    )
    states = states.filter(states.opening > 0, states.from_month < states.to_month)
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
