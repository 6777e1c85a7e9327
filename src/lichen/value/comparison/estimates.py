"""The four answers to one outcome: plain split, matched, weighted, doubly robust."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from lichen.inference import doubly_robust, matching, weighting
from lichen.inference.estimate import Estimate, clustered_se, estimate_of, nothing
from lichen.kernel.errors import LichenError
from lichen.value.comparison.design import Design
from lichen.value.comparison.panel import Floats, Ints, Panel
from lichen.value.comparison.result import Effect

TWO_SIDED = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Estimates:
    """What each estimator says of one outcome on one design; influence has a place for each row.

    `failed` says why an estimator gave nothing.
    """

    naive: Estimate
    matched: Estimate
    weighted: Estimate
    doubly_robust: Estimate
    exposed_mean: float
    control_mean: float
    failed: Mapping[str, str]


def estimates_of(design: Design, outcome: Floats) -> Estimates:
    """All four on one outcome (no NaN), the last three on the same matched exposed accounts."""
    panel = design.panel
    matched = matching.att(outcome, design.match, fit=design.fit, clusters=panel.account)
    failed: dict[str, str] = {}
    rows = design.sample
    weighted = _tried("weighted", failed, lambda: _weighted(design, outcome))
    robust = _tried("doubly robust", failed, lambda: _robust(design, outcome))
    size = len(panel)
    return Estimates(
        naive=naive(panel, outcome),
        matched=matched,
        weighted=_spread(weighted, rows, size),
        doubly_robust=_spread(robust, rows, size),
        exposed_mean=float(np.mean(outcome[design.matched])),
        control_mean=float(np.average(outcome, weights=design.used)),
        failed=failed,
    )


def naive(panel: Panel, outcome: Floats) -> Estimate:
    """The plain split: the mean of the exposed less the mean of all comparable accounts."""
    weight = np.where(panel.exposed, 1.0, panel.weight)
    share = {arm: np.where(panel.exposed == arm, weight, 0.0) for arm in (True, False)}
    means = {arm: float(np.average(outcome, weights=share[arm])) for arm in share}
    influence = sum(
        sign * share[arm] / share[arm].sum() * (outcome - means[arm])
        for arm, sign in ((True, 1.0), (False, -1.0))
    )
    value = means[True] - means[False]
    error = clustered_se(influence, panel.account)
    return estimate_of(value, error, int(panel.exposed.sum()), "naive", influence=influence)


def disagreements(estimates: Estimates, panel: Panel) -> Iterator[str]:
    """Which two estimators differ by more than chance: their clustered interval excludes 0."""
    named = {
        "matched": estimates.matched,
        "weighted": estimates.weighted,
        "doubly robust": estimates.doubly_robust,
    }
    pairs = [("matched", "weighted"), ("matched", "doubly robust"), ("weighted", "doubly robust")]
    for one, other in pairs:
        left, right = named[one], named[other]
        if left.influence is None or right.influence is None:
            continue
        error = clustered_se(left.influence - right.influence, panel.account)
        if isfinite(error) and abs(left.value - right.value) > TWO_SIDED * error:
            yield f"{one} and {other}"


def effect_of(estimate: Estimate) -> Effect:
    """The estimate as it is published, nulls for what there is not."""
    values = (estimate.value, estimate.low, estimate.high, estimate.se)
    value, low, high, se = (float(each) if isfinite(each) else None for each in values)
    return Effect(value, low, high, se, estimate.n)


def _weighted(design: Design, outcome: Floats) -> Estimate:
    rows, panel = design.sample, design.panel
    x, fit = design.trimmed
    return weighting.ipw(
        outcome[rows],
        panel.exposed[rows],
        fit.score,
        estimand="att",
        clusters=panel.account[rows],
        weights=panel.weight[rows],
        x=x,
        fit=fit,
    )


def _robust(design: Design, outcome: Floats) -> Estimate:
    rows, panel = design.sample, design.panel
    x, fit = design.trimmed
    return doubly_robust.aipw(
        outcome[rows],
        panel.exposed[rows],
        x,
        estimand="att",
        clusters=panel.account[rows],
        weights=panel.weight[rows],
        ids=panel.account[rows],
        fit=fit,
    )


def _tried(name: str, failed: dict[str, str], make: Callable[[], Estimate]) -> Estimate:
    """The estimate, or nothing with the reason why there is none."""
    try:
        return make()
    except LichenError as error:
        failed[name] = error.sentence
        return nothing(name)


def _spread(estimate: Estimate, rows: Ints, size: int) -> Estimate:
    """The same estimate with the influence of all rows, nothing for those outside its sample."""
    if estimate.influence is None:
        return estimate
    whole = np.zeros(size)
    whole[rows] = estimate.influence
    return replace(estimate, influence=whole)
