"""How much of what it had bought an account used, and where that was going."""

from __future__ import annotations

import ibis.expr.types as ir

from lichen.engines import ratio
from lichen.revenue.outcomes.adoption import MONTHS, of_product
from lichen.value.comparison.covariates.asked import FACT_DAY, KEYS, Asked
from lichen.value.comparison.covariates.guard import Number, Source

TREND_MONTHS = 6


def read(asked: Asked) -> ir.Table:
    """adoption (users / seats of the three months to Q0), and less that of six months before."""
    columns = ("product", "feature", "active_users", "seats")
    rows = asked.dated("usage", "month", *columns)
    early, gap = TREND_MONTHS + MONTHS, (MONTHS, TREND_MONTHS)
    rows = asked.before(rows, "month", since=early, also=gap)
    now, then = rows.month > rows[f"ago_{MONTHS}"], rows.month <= rows[f"ago_{TREND_MONTHS}"]
    rows = rows.filter(now | then).mutate(now=now)
    totals = rows.group_by([*KEYS, "month", "product", "now"]).aggregate(
        **of_product(rows), **{FACT_DAY: rows[FACT_DAY].max()}
    )
    summed = asked.summed(
        totals,
        users=totals.users.sum(where=totals.now),
        seats=totals.seats.sum(where=totals.now),
        users_then=totals.users.sum(where=~totals.now),
        seats_then=totals.seats.sum(where=~totals.now),
    )
    adoption = ratio(summed.users, summed.seats)
    return summed.mutate(
        adoption=adoption, adoption_trend=adoption - ratio(summed.users_then, summed.seats_then)
    )


_LACKING = "Add a usage feed with active_users and seats."
_NEEDS = (("usage", "active_users"), ("usage", "seats"))

USAGE = Source(
    "usage", read, tuple(Number(name, _NEEDS, _LACKING) for name in ("adoption", "adoption_trend"))
)
