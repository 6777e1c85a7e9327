"""Sentiment: what customers answered when they were asked, each kind of survey on its own scale."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.revenue.calendar import whole
from lichen.revenue.outcomes.family import Asked, Family, Share
from lichen.vocabulary.finding import Finding, Severity
from lichen.vocabulary.metrics.sentiment import (
    DETRACTOR_TO,
    PROMOTER_FROM,
    SATISFIED_FROM,
    SCALES,
)

NEEDS = tuple(("survey", name) for name in ("responded_on", "kind", "score"))

METRICS = {
    "nps": ("nps",),
    "csat": ("csat", "csat_score"),
    "ces": ("ces",),
    "partner_rating": ("partner_rating",),
}
"""The metrics that scores of each kind of survey make."""

EXAMPLES = 5


def features(asked: Asked) -> ir.Table:
    """Answers of each account in each window, and what they add up to."""
    answers = answers_in(asked)
    score, one, zero = answers.score.cast("int64"), whole(1), whole(0)
    by_kind = {kind: answers.on_scale & (answers.kind == kind) for kind in SCALES}
    parts: dict[str, ir.Value] = {
        f"{kind}_answers": ibis.ifelse(by_kind[kind], one, zero) for kind in ("nps", "csat", "ces")
    }
    parts |= {f"{kind}_points": ibis.ifelse(by_kind[kind], score, zero) for kind in ("csat", "ces")}
    satisfied = by_kind["csat"] & (answers.score >= SATISFIED_FROM)
    parts["csat_satisfied"] = ibis.ifelse(satisfied, one, zero)
    parts["nps_points"] = ibis.ifelse(by_kind["nps"], _promotion(answers), zero)
    rows = answers.select("account_key", "month", **parts)
    summed = rows.group_by(["account_key", "month"]).aggregate(
        **{name: rows[name].sum().cast("int64") for name in parts}
    )
    answered = {
        f"{kind}_n": ibis.ifelse(summed[f"{kind}_answers"] > 0, one, zero)
        for kind in ("nps", "csat", "ces")
    }
    return summed.mutate(**answered, survey_answered=one)


def answers_in(asked: Asked) -> ir.Table:
    """Answers placed in the windows, with `on_scale`; the score of those off it is null."""
    surveys = asked.facts.table("survey")
    surveys = surveys.filter(surveys.account_key.notnull(), surveys.responded_on.notnull())
    sound = on_scale(surveys)
    marked = surveys.mutate(
        on_scale=sound, score=ibis.ifelse(sound, surveys.score, ibis.null("float64"))
    )
    return asked.placed(marked, "responded_on")


def on_scale(surveys: ir.Table) -> ir.Value:
    """Whether a score is a whole one of the scale of its kind."""
    score = surveys.score
    inside = ibis.literal(False)
    for kind, (low, high) in SCALES.items():
        inside = inside | ((surveys.kind == kind) & (score >= low) & (score <= high))
    # The rest of a division stays a double, where rounding would leave the integers of an engine.
    return (inside & (score % ibis.literal(1.0, "float64") == 0)).fill_null(False)


def _promotion(answers: ir.Table) -> ir.Value:
    promoter, detractor = answers.score >= PROMOTER_FROM, answers.score <= DETRACTOR_TO
    return ibis.cases((promoter, whole(100)), (detractor, whole(-100)), else_=whole(0))


def findings(asked: Asked) -> list[Finding]:
    """Scores outside the scale of their kind: they are in no figure."""
    surveys = asked.facts.table("survey")
    off = surveys.filter(surveys.kind.notnull(), surveys.score.notnull(), ~on_scale(surveys))
    off = asked.facts.engine.materialise(off.select("survey_id", "kind"))
    counted = asked.facts.engine.to_arrow(
        off.group_by("kind").aggregate(n=off.count().cast("int64"))
    ).sort_by("kind")
    return [_off_scale(asked, off, row["kind"], row["n"]) for row in counted.to_pylist()]


def _off_scale(asked: Asked, off: ir.Table, kind: str, count: int) -> Finding:
    first = off.filter(off.kind == kind).order_by("survey_id").limit(EXAMPLES)
    low, high = SCALES[kind]
    return Finding(
        "score_off_scale",
        "survey",
        count,
        f"{count} {kind} scores are no whole number from {low} to {high}, and are in no figure: "
        "correct them, or map them to that scale.",
        Severity.WARNING,
        tuple(asked.facts.engine.to_arrow(first)["survey_id"].to_pylist()),
        metrics=METRICS[kind],
    )


FAMILY = Family(
    "sentiment",
    needs=NEEDS,
    features=features,
    figures=(
        Share("nps", "nps_points", "nps_answers", "nps_n"),
        Share("csat", "csat_satisfied", "csat_answers", "csat_n"),
        Share("csat_score", "csat_points", "csat_answers", "csat_n"),
        Share("ces", "ces_points", "ces_answers", "ces_n"),
        Share("survey_response", "survey_answered", "served_n", "served_n"),
    ),
    findings=findings,
)
