"""An answer with its placebo, its E-value, its verdict and its sentence, as it is published."""

from __future__ import annotations

from math import isfinite

import numpy as np

from lichen.inference import sensitivity
from lichen.value.comparison.answer import Answer
from lichen.value.comparison.estimates import Estimates, effect_of
from lichen.value.comparison.outcomes import Outcome
from lichen.value.comparison.question import Question
from lichen.value.comparison.result import Comparison, Counts, Effect, EValue, Placebo
from lichen.value.comparison.sentence import Told, sentence
from lichen.value.comparison.verdict import Evidence, judge
from lichen.vocabulary.definitions import Comparison as Rules
from lichen.vocabulary.figure import Verdict

CLAIMED_AT = 0.99
"""The confidence of the interval that is shown beside a claim."""


def published(
    answer: Answer,
    outcome: Outcome,
    question: Question,
    placebo: Placebo | None,
    adjusted_p: float,
    rules: Rules,
) -> Comparison:
    """All that is published of one outcome of one exposure."""
    verdict, reasons = _verdict(answer, outcome, question, placebo, adjusted_p, rules)
    told = _told(answer, outcome, question, verdict, reasons)
    return Comparison(
        exposure=question.exposure,
        outcome=outcome.name,
        horizon=question.horizon,
        estimand=question.estimand,
        arms=question.arms,
        design=question.design,
        unit=outcome.unit,
        direction=outcome.direction,
        primary=question.claims(outcome, rules),
        landmarks=answer.landmarks,
        exposed_mean=told.exposed_mean,
        control_mean=told.control_mean,
        **_effects(answer.estimates),
        low99=told.low99,
        high99=told.high99,
        p=_number(answer.p),
        adjusted_p=_number(adjusted_p),
        disagree=answer.disagree,
        counts=_counts(answer, question),
        balance=answer.balance,
        overlap=answer.overlap,
        placebo=placebo,
        e_value=_e_value(answer, outcome),
        verdict=verdict,
        reasons=reasons,
        sentence=sentence(told),
        findings=(*question.findings, *answer.findings),
    )


def _effects(estimates: Estimates) -> dict[str, Effect]:
    return {
        name: effect_of(getattr(estimates, name))
        for name in ("naive", "matched", "weighted", "doubly_robust")
    }


def _told(
    answer: Answer,
    outcome: Outcome,
    question: Question,
    verdict: Verdict,
    reasons: tuple[str, ...],
) -> Told:
    estimates = answer.estimates
    low99, high99 = (_number(end) for end in estimates.matched.interval(CLAIMED_AT))
    return Told(
        title=outcome.title,
        who=question.who,
        similar=question.similar,
        horizon=question.horizon,
        unit=outcome.unit,
        exposed_mean=_number(estimates.exposed_mean),
        control_mean=_number(estimates.control_mean),
        difference=_number(estimates.matched.value),
        low99=low99,
        high99=high99,
        matched=answer.matched,
        verdict=verdict,
        reasons=reasons,
    )


def _verdict(
    answer: Answer,
    outcome: Outcome,
    question: Question,
    placebo: Placebo | None,
    adjusted_p: float,
    rules: Rules,
) -> tuple[Verdict, tuple[str, ...]]:
    if answer.failure:
        return Verdict.NOT_ENOUGH_DATA, (answer.failure.rstrip("."),)
    evidence = Evidence(
        matched=effect_of(answer.estimates.matched),
        doubly_robust=effect_of(answer.estimates.doubly_robust),
        direction=outcome.direction,
        adjusted_p=_number(adjusted_p),
        counts=_counts(answer, question),
        balance=answer.balance,
        placebo=placebo,
        is_separated=answer.is_separated,
        landmarks=len(answer.landmarks),
        rarer=answer.rarer,
        reached=answer.reached,
        has_verdict=outcome.has_verdict,
        is_unchecked=question.design == "first_contract" and not outcome.since_start,
    )
    return judge(evidence, rules)


def _counts(answer: Answer, question: Question) -> Counts:
    reasons = dict(question.reasons)
    if answer.unknown:
        reasons["no_case_of_the_outcome"] = answer.unknown
    return Counts(
        exposed=answer.exposed,
        matched=answer.matched,
        unmatched=answer.exposed - answer.matched,
        controls=answer.controls,
        pool=answer.pool,
        ess=answer.ess,
        prevalent=question.prevalent,
        reasons=reasons,
    )


def _e_value(answer: Answer, outcome: Outcome) -> EValue | None:
    """Of the risk ratio of *not* keeping where the outcome is a yes or no, else approximate."""
    matched, base = answer.estimates.matched, 1.0 - answer.estimates.control_mean
    if not np.isfinite([matched.value, matched.se]).all():
        return None
    if outcome.is_binary:
        if base <= 0:
            return None
        # The controls' risk is taken as known, as VanderWeele and Ding do for differences.
        ends = (matched.value, matched.high, matched.low)
        ratio, low, high = (max(1.0 - end / base, 0.0) for end in ends)
        found = sensitivity.e_value(ratio, low, high)
        return EValue(found.value, found.limit, is_approximate=False)
    if not isfinite(answer.spread) or answer.spread <= 0:
        return None
    read = sensitivity.approximate_ratio(matched.value, answer.spread, matched.se)
    found = sensitivity.e_value(read.ratio, read.low, read.high)
    return EValue(found.value, found.limit, is_approximate=True)


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None
