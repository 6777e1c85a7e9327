"""Cost to serve and contribution margin: what is left of the revenue of an account."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.revenue.calendar import whole
from lichen.revenue.outcomes.cost_findings import findings
from lichen.revenue.outcomes.cost_rows import KEYS, at_list, costs, sum_of
from lichen.revenue.outcomes.cost_tables import tables
from lichen.revenue.outcomes.family import Asked, Family, Share
from lichen.revenue.outcomes.population import MONTHS_A_YEAR


def spending(asked: Asked) -> ir.Table:
    """Served accounts with a cost: account_key, month, group_month, revenue, months_served, and

    serving, left (revenue less what running the account cost), once (what of that is paid once),
    acquired_by_close, has_running and has_acquisition (1 or 0). Minor units of the workspace
    currency.
    """
    return asked.once("spending", lambda: _spending(asked))


def features(asked: Asked) -> ir.Table:
    """Cost, revenue and what is left by account and window.

    An account counts where at least one row of a serving kind or of cost of revenue names it in
    the window: no row means that nobody wrote its cost down, not that it cost nothing.
    """
    rows = spending(asked)
    rows = rows.filter(rows.has_running == 1)
    return rows.select(
        *KEYS,
        served_cost=rows.serving,
        served_revenue=rows.revenue,
        served_cost_year=rows.serving * MONTHS_A_YEAR,
        served_months=rows.months_served,
        served_left=rows.left,
        served_left_year=rows.left * MONTHS_A_YEAR,
        served_with_cost=rows.has_running,
    )


def _spending(asked: Asked) -> ir.Table:
    words = asked.definitions.cost
    rows = asked.served.select(*KEYS, "group_month", "revenue", "months_served")
    spent = costs(asked)
    rows = rows.inner_join(spent.filter(spent.account_key.notnull()), KEYS)
    rows = left_join(rows, at_list(asked), KEYS)
    zero, one = whole(0), whole(1)
    serving, in_revenue = sum_of(rows, words.serving), sum_of(rows, words.cost_of_revenue)
    route = ibis.ifelse(rows.at_list.notnull(), sum_of(rows, words.routes), zero)
    running = {*words.serving, *words.cost_of_revenue}
    return rows.select(
        *KEYS,
        "group_month",
        "revenue",
        "months_served",
        "acquired_by_close",
        serving=serving,
        left=rows.revenue - serving - in_revenue - route,
        once=sum_of(rows, (kind for kind in words.paid_once if kind in running)),
        has_running=ibis.ifelse(rows.running_rows > 0, one, zero),
        has_acquisition=ibis.ifelse(rows.acquisition_rows > 0, one, zero),
    )


FAMILY = Family(
    "cost to serve",
    needs=(("cost", "kind"),),
    features=features,
    figures=(
        Share("cost_to_serve", "served_cost", "served_revenue", "served_with_cost"),
        Share("cost_per_account", "served_cost_year", "served_months", "served_with_cost"),
        Share("contribution_margin", "served_left", "served_revenue", "served_with_cost"),
        Share("contribution_per_account", "served_left_year", "served_months", "served_with_cost"),
    ),
    findings=findings,
    tables=tables,
)
