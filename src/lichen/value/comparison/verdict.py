"""What a comparison says in one word: the checks in their order, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from lichen.value.comparison.result import BalanceRow, Counts, Effect, Placebo
from lichen.vocabulary.definitions import Comparison as Rules
from lichen.vocabulary.figure import Verdict

SIGNIFICANT = 0.01
"""The family-wise error at which an effect is claimed, after Holm."""

NOT_PRIMARY = "not a primary outcome at the horizon of lichen.toml, so nothing is claimed of it"


@dataclass(frozen=True)
class Evidence:
    """What one outcome of one exposure rests on.

    `rarer` is how many matched accounts had the rarer of two results, None where the outcome is
    no yes or no; `reached` how many reached what time to value waits for, None elsewhere.
    `adjusted_p` is None where the outcome is not primary, so that no claim allows for it.
    `landmarks` is the number of quarters with full follow-up. `is_unchecked` where nothing of how
    the accounts did is known before, so that neither balance nor placebo can speak of it.
    """

    matched: Effect
    doubly_robust: Effect
    direction: int
    adjusted_p: float | None
    counts: Counts
    balance: Sequence[BalanceRow]
    placebo: Placebo | None
    is_separated: bool
    landmarks: int
    rarer: int | None = None
    reached: int | None = None
    has_verdict: bool = True
    is_unchecked: bool = False


def judge(evidence: Evidence, rules: Rules) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict and why: the first of these that holds, in the order of the definition.

    Not enough data, not comparable, helps or hurts, no clear effect. Reasons are phrases for
    people; a claim has none.
    """
    short = tuple(_shortages(evidence, rules))
    if short:
        return Verdict.NOT_ENOUGH_DATA, short
    unlike = tuple(_unlikeness(evidence, rules))
    if unlike:
        return Verdict.NOT_COMPARABLE, unlike
    if not evidence.has_verdict:
        return Verdict.MEASURED, ("only of those who answered, so without a verdict",)
    return _claim(evidence)


def _shortages(evidence: Evidence, rules: Rules) -> Iterator[str]:
    counts = evidence.counts
    if not evidence.landmarks:
        yield "no quarter has been followed as long as the horizon"
    if counts.matched < rules.minimum_exposed:
        yield f"{counts.matched} matched accounts with the partner, needs {rules.minimum_exposed}"
    if counts.controls < rules.minimum_controls:
        yield f"{counts.controls} similar accounts, needs {rules.minimum_controls}"
    if evidence.rarer is not None and evidence.rarer < rules.rarer_result:
        yield f"{evidence.rarer} accounts with the rarer result, needs {rules.rarer_result}"
    if evidence.reached is not None and evidence.reached < rules.rarer_result:
        yield f"{evidence.reached} accounts that got there, needs {rules.rarer_result}"
    if not _is_known(evidence.matched):
        yield "no error can be estimated"


def _unlikeness(evidence: Evidence, rules: Rules) -> Iterator[str]:
    counts = evidence.counts
    if evidence.is_separated:
        yield "who has a partner can be told without error from what was known before"
    apart = [row.covariate for row in evidence.balance if not row.passes]
    if apart:
        more = f" and {len(apart) - 3} more" if len(apart) > 3 else ""
        yield f"the arms still differ in {', '.join(apart[:3])}{more}"
    if counts.exposed and counts.unmatched > rules.unmatched_share * counts.exposed:
        share = counts.unmatched / counts.exposed
        yield f"{share:.0%} of accounts have no similar one, at most {rules.unmatched_share:.0%}"
    if evidence.is_unchecked:
        yield "how accounts would have done is not known before their first contract"
    if evidence.placebo is not None and not evidence.placebo.passes:
        yield "the arms already differed a year earlier, before any partner"


def _claim(evidence: Evidence) -> tuple[Verdict, tuple[str, ...]]:
    value, robust = evidence.matched.value, evidence.doubly_robust.value
    p = evidence.adjusted_p
    if not evidence.direction or value is None:
        return Verdict.NO_CLEAR_EFFECT, ("neither way is better for this outcome",)
    if p is None:
        return Verdict.NO_CLEAR_EFFECT, (NOT_PRIMARY,)
    if p >= SIGNIFICANT:
        return Verdict.NO_CLEAR_EFFECT, ("the difference may be chance",)
    if robust is None or robust * value <= 0:
        return Verdict.NO_CLEAR_EFFECT, ("the doubly robust estimate does not agree in sign",)
    return (Verdict.HELPS if value * evidence.direction > 0 else Verdict.HURTS), ()


def _is_known(effect: Effect) -> bool:
    return (
        effect.value is not None
        and effect.se is not None
        and isfinite(effect.value)
        and effect.se > 0
    )
