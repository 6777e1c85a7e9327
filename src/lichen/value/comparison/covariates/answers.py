"""What an account had last said when it was asked whether it would recommend the product."""

from __future__ import annotations

import ibis.expr.types as ir

from lichen.value.comparison.covariates.asked import FACT_DAY, Asked
from lichen.value.comparison.covariates.guard import Number, Source
from lichen.value.comparison.latest import latest_score, scores

MONTHS = 12


def read(asked: Asked) -> ir.Table:
    """The latest NPS score, 0 to 10, of the twelve months to Q0; null without an answer."""
    rows = asked.known_by("survey", scores(asked.facts, "nps"), "responded_on")
    rows = rows.select("account_key", "responded_on", "score", FACT_DAY)
    rows = asked.before(rows, "responded_on", since=MONTHS)
    return asked.summed(rows, nps=latest_score(rows))


ANSWERS = Source(
    "answers", read, (Number("nps", (("survey", "score"),), "Add a survey feed with kind nps."),)
)
