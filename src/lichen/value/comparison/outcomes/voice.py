"""What an account said: for the vendor to others, and to the vendor when it was asked."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.revenue.calendar import whole
from lichen.value.comparison.held import KEYS
from lichen.value.comparison.latest import latest_score, scores
from lichen.value.comparison.outcomes.cases import Cases
from lichen.value.comparison.outcomes.reading import Reading
from lichen.vocabulary.metrics.sentiment import DETRACTOR_TO, PROMOTER_FROM, SATISFIED_FROM


def read_advocacy(cases: Cases) -> ir.Table:
    """advocates: 1 where the account referred, stood as reference or wrote a review."""
    spoken = cases.facts.table("advocacy").select("account_key", "happened_on")
    rows = cases.within(spoken, "happened_on")
    return rows.select(*KEYS).distinct().mutate(advocates=whole(1))


def read_nps(cases: Cases) -> ir.Table:
    """nps: the latest answer as 100 (promoter), 0 or -100 (detractor), so that means are an NPS."""
    answers = _latest(cases, "nps")
    points = ibis.cases(
        (answers.score >= PROMOTER_FROM, whole(100)),
        (answers.score <= DETRACTOR_TO, whole(-100)),
        else_=whole(0),
    )
    return answers.select(*KEYS, nps=points)


def read_csat(cases: Cases) -> ir.Table:
    """csat: 1 where the latest answer says satisfied, else 0."""
    answers = _latest(cases, "csat")
    satisfied = ibis.ifelse(answers.score >= SATISFIED_FROM, whole(1), whole(0))
    return answers.select(*KEYS, csat=satisfied)


def _latest(cases: Cases, kind: str) -> ir.Table:
    answers = scores(cases.facts, kind).select("account_key", "responded_on", "score")
    rows = cases.within(answers, "responded_on")
    return rows.group_by(list(KEYS)).aggregate(score=latest_score(rows))


ADVOCACY = Reading(("advocates",), (("advocacy", "kind"),), read_advocacy, absent=0.0, gone=0.0)
NPS = Reading(("nps",), (("survey", "score"),), read_nps)
CSAT = Reading(("csat",), (("survey", "score"),), read_csat)
