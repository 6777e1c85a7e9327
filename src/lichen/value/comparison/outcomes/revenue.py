"""What became of the ARR of an account: kept, grown, and its renewals."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.engines import ratio
from lichen.revenue.calendar import whole
from lichen.value.comparison.held import KEYS
from lichen.value.comparison.outcomes.cases import Cases
from lichen.value.comparison.outcomes.reading import Reading


def read_arr(cases: Cases) -> ir.Table:
    """logo_retention, nrr and expansion_rate, on ARR at T0 and at its rate; churn is 0."""
    rows = cases.table
    grown = ibis.greatest(rows.closing - rows.opening, whole(0))
    return rows.select(
        *KEYS,
        logo_retention=ibis.ifelse(rows.closing > 0, whole(1), whole(0)),
        nrr=ratio(ibis.greatest(rows.closing, whole(0)), rows.opening),
        expansion_rate=ratio(grown, rows.opening),
    )


def read_renewals(cases: Cases) -> ir.Table:
    """renewal_rate: the share of the renewals due in the horizon and decided that were renewed."""
    rows = cases.facts.table("renewal")
    decided = rows.filter(rows.due_on.notnull(), rows.outcome.isin(["renewed", "churned"]))
    won = ibis.ifelse(decided.outcome == "renewed", whole(1), whole(0))
    due = cases.within(decided.select("account_key", "due_on", won=won), "due_on")
    summed = due.group_by(list(KEYS)).aggregate(won=due.won.sum(), due=due.count())
    return summed.select(*KEYS, renewal_rate=ratio(summed.won, summed.due))


ARR = Reading(
    ("logo_retention", "nrr", "expansion_rate"), (("subscription", "arr_amount"),), read_arr
)
RENEWALS = Reading(("renewal_rate",), (("renewal", "outcome"),), read_renewals)
