"""Acquisition cost and payback: what winning an account cost, and how long it takes to earn it."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.revenue.calendar import whole
from lichen.revenue.outcomes.cost_rows import KEYS
from lichen.revenue.outcomes.cost_to_serve import spending
from lichen.revenue.outcomes.family import Asked, Family, Share
from lichen.revenue.outcomes.population import divided


def features(asked: Asked) -> ir.Table:
    """Accounts that started in the window, with what winning them cost up to its close.

    Payback counts those whose running cost is known too; it sets what was paid once (to win them,
    and to bring them on board) against what they leave in a month without it.
    """
    rows = spending(asked)
    opens = [(rows.month == place, whole(opening)) for place, (opening, _) in enumerate(asked.ends)]
    rows = rows.filter(
        rows.group_month > ibis.cases(*opens, else_=whole(0)), rows.has_acquisition == 1
    )
    zero, one = whole(0), whole(1)
    both = (rows.has_running == 1) & (rows.months_served > 0)
    monthly = a_month(rows.left + rows.once, rows.months_served)
    return rows.select(
        *KEYS,
        won_cost=rows.acquired_by_close,
        won_n=one,
        payback_cost=ibis.ifelse(both, rows.acquired_by_close + rows.once, zero),
        payback_monthly=ibis.ifelse(both, monthly, zero),
        payback_n=ibis.ifelse(both, one, zero),
    )


def a_month(amount: ir.Value, months: ir.Value) -> ir.Value:
    """A whole amount, negative ones too, divided by months, half to even."""
    size = divided(amount.abs(), ibis.greatest(months, whole(1)))
    return ibis.ifelse(amount < 0, -size, size)


FAMILY = Family(
    "acquisition",
    needs=(("cost", "kind"),),
    features=features,
    figures=(
        Share("acquisition_cost", "won_cost", "won_n", "won_n"),
        Share("payback_months", "payback_cost", "payback_monthly", "payback_n"),
    ),
)
