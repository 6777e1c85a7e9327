"""What a pilot says in one word and one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import isfinite

from lichen.inference.estimate import Estimate
from lichen.value.comparison.outcomes import Outcome
from lichen.value.comparison.sentence import within
from lichen.value.comparison.verdict import NOT_PRIMARY, SIGNIFICANT
from lichen.vocabulary.definitions import Comparison as Rules
from lichen.vocabulary.definitions import Pilot
from lichen.vocabulary.figure import Verdict
from lichen.vocabulary.format import format_count, format_date, format_difference, format_value

FEWEST_PARTNERS = 10
"""Partners in an arm below which errors clustered by partner cannot be trusted."""


@dataclass(frozen=True)
class Evidence:
    """One outcome of a pilot: rows, units drawn and yeses by arm (offered, held out).

    `rarer` is how many accounts had the rarer of two results, None where it is no yes or no;
    `until` the day on which the horizon ends.
    """

    estimate: Estimate
    counts: tuple[int, int]
    units: tuple[int, int]
    means: tuple[float, float]
    rarer: int | None
    until: date
    adjusted_p: float


def judge(
    found: Evidence, outcome: Outcome, pilot: Pilot, as_of: date, rules: Rules
) -> tuple[Verdict, tuple[str, ...]]:
    """Not enough data, helps or hurts, no clear effect: the first that holds, and why.

    There is no `not comparable`: the arms were drawn by lot.
    """
    short = tuple(_shortages(found, pilot, as_of, rules))
    if short:
        return Verdict.NOT_ENOUGH_DATA, short
    if not outcome.has_verdict:
        return Verdict.MEASURED, ("only of those who answered, so without a verdict",)
    if not outcome.direction:
        return Verdict.NO_CLEAR_EFFECT, ("neither way is better for this outcome",)
    if not outcome.primary:
        return Verdict.NO_CLEAR_EFFECT, (NOT_PRIMARY,)
    if not found.adjusted_p < SIGNIFICANT:
        return Verdict.NO_CLEAR_EFFECT, ("the difference may be chance",)
    is_better = found.estimate.value * outcome.direction > 0
    return (Verdict.HELPS if is_better else Verdict.HURTS), ()


def _shortages(found: Evidence, pilot: Pilot, as_of: date, rules: Rules) -> Iterator[str]:
    if found.until > as_of:
        yield f"outcomes are complete on {format_date(found.until)}"
        return
    least = (rules.minimum_exposed, rules.minimum_controls)
    for count, needed, arm in zip(found.counts, least, ("offered", "held out"), strict=True):
        if count < needed:
            yield f"{format_count(count)} accounts {arm}, needs {needed}"
    for count, arm in zip(found.units, ("offered", "held out"), strict=True):
        if pilot.unit == "partner" and count < FEWEST_PARTNERS:
            yield f"{format_count(count)} partners {arm}, needs {FEWEST_PARTNERS}"
    if found.rarer is not None and found.rarer < rules.rarer_result:
        yield f"{found.rarer} accounts with the rarer result, needs {rules.rarer_result}"
    if not isfinite(found.estimate.se) or found.estimate.se <= 0:
        yield "no error can be estimated"


def sentence_of(
    found: Evidence,
    outcome: Outcome,
    pilot: Pilot,
    said: tuple[Verdict, tuple[str, ...]],
    interval99: tuple[float, float],
) -> str:
    """What was seen where the play was offered, against where it was held out."""
    verdict, reasons = said
    title, where = outcome.title, f"where {pilot.play} was offered"
    inside = within(title)
    if verdict is Verdict.NOT_ENOUGH_DATA:
        return f"Not enough data on {inside} {where}: {'; '.join(reasons)}."
    low, high = (format_difference(each, outcome.unit) for each in interval99)
    shown, other = (format_value(each, outcome.unit) for each in found.means)
    apart = format_difference(found.estimate.value, outcome.unit)
    figures = (
        f"{shown} against {other} where it was held out, {apart} (99% interval "
        f"{low.removesuffix(' points')} to {high}; {format_count(sum(found.counts))} accounts)"
    )
    if verdict is Verdict.NO_CLEAR_EFFECT:
        return f"No clear effect on {inside} {where}: {figures}."
    if verdict is Verdict.MEASURED:
        return f"{title} {where}, without a verdict: {figures}."
    way = "higher" if found.estimate.value > 0 else "lower"
    return f"{title} is {way} {where}: {figures}."
