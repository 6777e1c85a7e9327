"""What an account used of the product, and what serving it cost."""

from __future__ import annotations

import ibis.expr.types as ir

from lichen.engines import ratio
from lichen.revenue.outcomes.adoption import of_product
from lichen.value.comparison.held import KEYS
from lichen.value.comparison.outcomes.cases import Cases
from lichen.value.comparison.outcomes.reading import Reading


def read_adoption(cases: Cases) -> ir.Table:
    """adoption: users / seats of the last three months of the horizon; 0 once ARR is gone."""
    usage = cases.facts.table("usage")
    usage = usage.select("account_key", "month", "product", "feature", "active_users", "seats")
    rows = cases.within(usage, "month", after="lately")
    rows = rows.filter(rows.closing > 0)
    totals = rows.group_by([*KEYS, "month", "product"]).aggregate(**of_product(rows))
    summed = totals.group_by(list(KEYS)).aggregate(
        users=totals.users.sum(), seats=totals.seats.sum()
    )
    return summed.select(*KEYS, adoption=ratio(summed.users, summed.seats))


def read_cost(cases: Cases) -> ir.Table:
    """cost_to_serve: cost of the serving kinds over the horizon / ARR at T0.

    An account without a row counts only once it is gone: no row of a customer means that nobody
    wrote its cost down, not that it cost nothing.
    """
    costs = cases.facts.table("cost")
    costs = costs.filter(costs.kind.isin(list(cases.definitions.cost.serving)))
    rows = cases.within(costs.select("account_key", "month", "reported_minor"), "month")
    summed = rows.group_by([*KEYS, "opening"]).aggregate(spent=rows.reported_minor.sum())
    return summed.select(*KEYS, cost_to_serve=ratio(summed.spent, summed.opening))


ADOPTION = Reading(
    ("adoption",), (("usage", "active_users"), ("usage", "seats")), read_adoption, gone=0.0
)
COST = Reading(("cost_to_serve",), (("cost", "kind"),), read_cost, gone=0.0)
