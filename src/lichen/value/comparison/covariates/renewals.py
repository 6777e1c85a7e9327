"""How often an account had renewed before."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.value.comparison.covariates.asked import Asked
from lichen.value.comparison.covariates.contract import log1p
from lichen.value.comparison.covariates.guard import Number, Source


def read(asked: Asked) -> ir.Table:
    """Renewals decided up to Q0 as renewed, log1p."""
    renewals = asked.facts.table("renewal")
    renewals = renewals.filter(renewals.outcome == "renewed")
    renewals = renewals.mutate(done_on=ibis.coalesce(renewals.decided_on, renewals.due_on))
    rows = asked.known_by("renewal", renewals, "done_on")
    rows = asked.before(rows.select("account_key", "done_on", "fact_day"), "done_on")
    return asked.summed(rows, renewals_before=log1p(rows.count()))


RENEWALS = Source(
    "renewals",
    read,
    (
        Number(
            "renewals_before",
            (("renewal", "outcome"),),
            "Add a renewal feed.",
            zero_without_rows=True,
        ),
    ),
)
