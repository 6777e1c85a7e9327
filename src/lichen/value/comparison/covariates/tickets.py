"""How often an account had asked for help."""

from __future__ import annotations

import ibis.expr.types as ir

from lichen.value.comparison.covariates.asked import Asked
from lichen.value.comparison.covariates.contract import log1p
from lichen.value.comparison.covariates.guard import Number, Source

MONTHS = 6


def read(asked: Asked) -> ir.Table:
    """Tickets opened in the six months to Q0, log1p."""
    rows = asked.before(asked.dated("ticket", "opened_on"), "opened_on", since=MONTHS)
    return asked.summed(rows, tickets=log1p(rows.count()))


TICKETS = Source(
    "tickets",
    read,
    (Number("tickets", (("ticket", "opened_at"),), "Add a ticket feed.", zero_without_rows=True),),
)
