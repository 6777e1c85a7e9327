"""The accounts served in a window: whoever had ARR at its opening or at any month end in it."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from lichen.kernel.periods import Window, month_index
from lichen.revenue.calendar import whole
from lichen.revenue.levels import Levels
from lichen.revenue.spans import standing

MONTHS_A_YEAR = 12


def served(levels: Levels, windows: Sequence[Window]) -> ir.Table:
    """One row for each account and window: account_key, month (place of the window), group_month,
    opening, closing, revenue, months_served.

    Amounts are minor units of the workspace currency as booked. `revenue` is what the contracts
    are worth in the window: a twelfth of the ARR at each of its month ends, rounded half to even
    once; `months_served` is the number of those with ARR. Groups are those at the opening, or at
    the first start of an account that came later.
    """
    spans = levels.facts.engine.materialise(standing(levels))
    parts = [_in_window(spans, place, window) for place, window in enumerate(windows)]
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    rows = rows.inner_join(levels.first_starts, "account_key")
    return levels.facts.engine.materialise(
        rows.select(
            "account_key",
            "month",
            "opening",
            "closing",
            "revenue",
            "months_served",
            group_month=ibis.greatest(rows.first_month, rows.opens),
        )
    )


def _in_window(spans: ir.Table, place: int, window: Window) -> ir.Table:
    opens, closes = month_index(window.opens_on), month_index(window.closes_on)
    held = spans.filter(spans.from_month <= closes, spans.to_month > opens)
    zero = whole(0)
    first = ibis.greatest(held.from_month, whole(opens + 1))
    past = ibis.least(held.to_month, whole(closes + 1))
    length = ibis.greatest(past - first, zero)
    amounts = held.select(
        "account_key",
        length=length,
        opening=ibis.ifelse(held.from_month <= opens, held.arr, zero),
        closing=ibis.ifelse(held.to_month > closes, held.arr, zero),
        months=held.arr * length,
    )
    summed = amounts.group_by("account_key").aggregate(
        opening=amounts.opening.sum().cast("int64"),
        closing=amounts.closing.sum().cast("int64"),
        months=amounts.months.sum().cast("int64"),
        months_served=amounts.length.sum().cast("int64"),
    )
    return summed.select(
        "account_key",
        "opening",
        "closing",
        "months_served",
        month=whole(place),
        opens=whole(opens),
        revenue=a_twelfth(summed.months),
    )


def a_twelfth(amount: ir.Value) -> ir.Value:
    """A whole amount (0 or more) divided by twelve, half to even, without leaving integers."""
    return divided(amount, whole(MONTHS_A_YEAR))


def divided(amount: ir.Value, by: ir.Value) -> ir.Value:
    """A whole amount (0 or more) divided by a whole number above 0, rounded half to even."""
    rest = amount % by
    # What is left is a multiple of the divisor, so the division is exact on every engine.
    floor = ((amount - rest) / by).cast("int64")
    up = (rest * 2 > by) | ((rest * 2 == by) & (floor % 2 == 1))
    return ibis.ifelse(up, floor + 1, floor)
