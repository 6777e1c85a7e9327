"""What one outcome of one exposure gave, before the whole family is judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import isfinite, nan

import numpy as np
from scipy.special import ndtr

from lichen.inference.estimate import nothing
from lichen.kernel.periods import month_end
from lichen.value.comparison.balanced import balance_rows
from lichen.value.comparison.design import BINS, Design
from lichen.value.comparison.estimates import Estimates, disagreements, estimates_of
from lichen.value.comparison.outcomes import Outcome
from lichen.value.comparison.panel import Floats, Panel
from lichen.value.comparison.result import BalanceRow, Overlap
from lichen.vocabulary.definitions import Comparison as Rules


@dataclass(frozen=True, eq=False)
class Answer:
    """Estimates and all that judges them; `failure` says why there are none.

    `unknown` counts exposed accounts that are no case of the outcome. `p` is two-sided, NaN
    without an error. `rarer` is None where the outcome is no yes or no, `reached` where
    it is no time to anything.
    """

    estimates: Estimates
    exposed: int
    matched: int
    controls: int
    pool: int
    ess: float
    unknown: int
    landmarks: tuple[date, ...]
    balance: tuple[BalanceRow, ...]
    overlap: Overlap | None
    is_separated: bool
    rarer: int | None
    reached: int | None
    spread: float
    p: float
    disagree: tuple[str, ...]
    findings: tuple[str, ...]
    failure: str = ""


def answer_of(
    design: Design, values: Floats, outcome: Outcome, unknown: int, rules: Rules
) -> Answer:
    """Estimates of an outcome on a design whose rows all know it."""
    panel = design.panel
    if not design.matched.any():
        return unanswered(panel, unknown, "no account with the partner has a similar one")
    estimates = estimates_of(design, values)
    used = design.used > 0
    return Answer(
        estimates=estimates,
        exposed=int(panel.exposed.sum()),
        matched=int(design.matched.sum()),
        controls=design.distinct_controls,
        pool=len(np.unique(panel.account[~panel.exposed])),
        ess=design.effective_controls,
        unknown=unknown,
        landmarks=_landmarks(panel),
        balance=balance_rows(design, rules),
        overlap=_overlap(design),
        is_separated=design.fit.separated,
        rarer=rarer_of(values[design.matched | used]) if outcome.is_binary else None,
        reached=_reached(design, outcome),
        spread=float(np.std(values[used])),
        p=_p_value(estimates),
        disagree=tuple(disagreements(estimates, panel)),
        findings=tuple(_findings(design, estimates)),
    )


def unanswered(panel: Panel, unknown: int, why: str) -> Answer:
    """What stands where nothing could be matched, and why."""
    pool = len(np.unique(panel.account[~panel.exposed]))
    return not_answered(int(panel.exposed.sum()), pool, _landmarks(panel), why, unknown)


def not_answered(
    exposed: int, pool: int, landmarks: tuple[date, ...], why: str, unknown: int = 0
) -> Answer:
    """An answer without any estimate, of so many exposed and comparable accounts, and why."""
    none = nothing("matched")
    return Answer(
        estimates=Estimates(nothing("naive"), none, none, none, nan, nan, {}),
        exposed=exposed,
        matched=0,
        controls=0,
        pool=pool,
        ess=0.0,
        unknown=unknown,
        landmarks=landmarks,
        balance=(),
        overlap=None,
        is_separated=False,
        rarer=None,
        reached=None,
        spread=nan,
        p=nan,
        disagree=(),
        findings=(),
        failure=why,
    )


def _landmarks(panel: Panel) -> tuple[date, ...]:
    return tuple(month_end(int(month)) for month in np.unique(panel.landmark))


def _reached(design: Design, outcome: Outcome) -> int | None:
    """How many of the matched accounts got to value within the horizon."""
    if outcome.name != "time_to_value":
        return None
    within = design.panel.outcomes["value_within"][design.matched | (design.used > 0)]
    return int(np.count_nonzero(within > 0))


def rarer_of(values: Floats) -> int:
    """How many have the rarer of two results."""
    # An account with several cases counts for what most of them were.
    ones = int(np.count_nonzero(values >= 0.5))
    return min(ones, len(values) - ones)


def _p_value(estimates: Estimates) -> float:
    matched = estimates.matched
    if not isfinite(matched.value) or not isfinite(matched.se) or matched.se <= 0:
        return nan
    return float(2 * ndtr(-abs(matched.value / matched.se)))


def _overlap(design: Design) -> Overlap:
    place = np.clip((design.fit.score * BINS).astype(np.int64), 0, BINS - 1)
    panel = design.panel
    arms = (panel.exposed, ~panel.exposed, design.matched)
    exposed, controls, matched = (
        tuple(np.bincount(place, weights=panel.weight * arm, minlength=BINS).tolist())
        for arm in arms
    )
    return Overlap(exposed, controls, matched)


AGAIN_CORRECTED = (
    "Weighted and doubly robust estimates rest on a propensity with Firth's correction, as arms "
    "separate once accounts without a similar one are out."
)
AGAIN_DROPPED = "With accounts without a similar one out, weights are made without {names}."


def _fitted_again(design: Design, estimates: Estimates) -> Iterator[str]:
    """What the propensity of the trimmed sample, where one was fitted, had to do without."""
    if "weighted" in estimates.failed:
        return
    fit = design.trimmed[1]
    if fit.firth and not design.fit.firth:
        yield AGAIN_CORRECTED
    dropped = [change.name for change in fit.changes if change.done == "dropped"]
    if dropped:
        yield AGAIN_DROPPED.format(names=", ".join(dropped))


def _findings(design: Design, estimates: Estimates) -> list[str]:
    told = []
    if design.fit.firth:
        told.append("The propensity was fitted with Firth's correction, as arms separate.")
    dropped = [change.name for change in design.changes if change.done == "dropped"]
    if dropped:
        told.append(f"The propensity leaves out {', '.join(dropped)}; balance looks at them still.")
    told += _fitted_again(design, estimates)
    told += [f"The {name} estimate is missing: {why}" for name, why in estimates.failed.items()]
    return told
