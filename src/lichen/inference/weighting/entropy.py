"""Entropy balancing: the smallest change of weights that gives both arms the same means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.inference.arm_errors import NotBalanced, OutsideHull, TooFewInArm
from lichen.inference.arms import Arms, arms_of, effective, exposed_of, matrix, weights_of
from lichen.inference.estimate import Estimate, clustered_se, estimate_of
from lichen.inference.least_squares import gram_of, inverse, standardised

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TOLERANCE = 1e-8
STEPS = 200
LEAST = 5
"""Accounts in each arm below which nothing is balanced."""


@dataclass(frozen=True, eq=False)
class Balanced:
    """Weights (n) that give both arms the same means.

    The exposed keep their own; those of the controls sum to the same total. `gap` is the largest
    difference of means that is left, in standard deviations of all rows; `effective` Kish's number
    of the controls.
    """

    weights: Floats
    gap: float
    effective: float
    steps: int


def entropy_balance(
    x: ArrayLike,
    treated: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    tolerance: float = TOLERANCE,
) -> Balanced:
    """Weights of controls, as near to `weights` as can be, by which each column has equal means.

    `x` has a row for each of n accounts and k columns, `weights` are numbers of equal accounts
    (default 1). Pass squares or products too where more than means should agree. The dual is
    minimised by Newton's method; `tolerance` is in standard deviations.

    Raises:
        OutsideHull: a column's mean of the exposed lies outside the range of the controls.
        NotBalanced: the means cannot be had all at once.
        UnusableArms: another subclass says which array cannot be used.

    Source: Hainmueller (2012), Political Analysis 20:25-46.
    """
    exposed = exposed_of(treated)
    mass = weights_of(weights, len(exposed))
    covariates = matrix("x", x, len(exposed))
    for arm, name in ((exposed, "exposed accounts"), (~exposed, "controls")):
        if not np.any(mass[arm] > 0):
            raise TooFewInArm(name, 0, 1)
    return _balanced(covariates, exposed, mass, tolerance)


def balanced(
    outcome: ArrayLike,
    treated: ArrayLike,
    x: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    ids: ArrayLike | None = None,
    tolerance: float = TOLERANCE,
) -> Estimate:
    """The mean effect on the exposed: their mean less that of controls balanced by entropy.

    Arrays have one value for each of n rows, `x` one row (n, k), as for `ipw`. `ids` stand for
    `clusters` where these are not given. The error counts that the weights were estimated: it is
    that of the residuals of a line through the weighted controls. Right if either a logit or a
    line in `x` is.

    Raises:
        UnusableArms: as `entropy_balance`, or an outcome that cannot be used.

    Source: Zhao and Percival (2017), Journal of Causal Inference 5:20160010, theorem 1; the error
    from its estimating equations.
    """
    arms = arms_of(outcome, treated, weights, clusters if clusters is not None else ids, LEAST)
    covariates = matrix("x", x, len(arms))
    found = _balanced(covariates, arms.treated, arms.weights, tolerance)
    total = float(arms.weights_in(True).sum())
    share = found.weights / total
    exposed_mean = float(share[arms.treated] @ arms.outcome[arms.treated])
    control_mean = float(share[~arms.treated] @ arms.outcome[~arms.treated])
    influence = _influence(arms, covariates, share, (exposed_mean, control_mean))
    return estimate_of(
        exposed_mean - control_mean,
        clustered_se(influence, arms.clusters),
        round(total),
        "entropy balancing (att)",
        {
            "exposed_mean": exposed_mean,
            "control_mean": control_mean,
            "effective_controls": found.effective,
            "largest_control_share": float(share[~arms.treated].max()),
            "gap": found.gap,
        },
        influence,
    )


def _influence(arms: Arms, x: Floats, share: Floats, means: tuple[float, float]) -> Floats:
    """Residuals of the weighted controls' line, in both arms, each about its own mean."""
    controls = np.where(arms.treated, 0.0, share)
    design = standardised(x, controls)
    away = arms.outcome - np.where(arms.treated, means[0], means[1])
    slopes = inverse(gram_of(design, controls)) @ (design.T @ (controls * away))
    # The line passes through the mean of the controls, which is also the mean of x of the exposed.
    residual = away - design @ slopes
    return np.where(arms.treated, share, -share) * residual


def _balanced(x: Floats, exposed: Bools, weights: Floats, tolerance: float) -> Balanced:
    total = float(weights[exposed].sum())
    target = weights[exposed] @ x[exposed] / total
    controls = np.flatnonzero(~exposed & (weights > 0))
    _within_reach(x[controls], target)
    design = standardised(x, weights)[:, 1:]
    wanted = weights[exposed] @ design[exposed] / total
    share, gap, steps = _dual(design[controls] - wanted, weights[controls], tolerance)
    if gap > tolerance:
        columns = np.flatnonzero(np.ptp(x, axis=0) > 0)
        left = np.abs(share @ (design[controls] - wanted))
        raise NotBalanced(int(columns[int(np.argmax(left))]), gap, tolerance)
    made = np.where(exposed, weights, 0.0)
    made[controls] = share * total
    return Balanced(made, gap, effective(share), steps)


def _within_reach(controls: Floats, target: Floats) -> None:
    low, high = controls.min(axis=0), controls.max(axis=0)
    near = 1e-9 * np.maximum(np.abs(low), np.abs(high))
    outside = (target < low - near) | (target > high + near)
    if outside.any():
        column = int(np.argmax(outside))
        raise OutsideHull(column, *(float(values[column]) for values in (target, low, high)))


def _dual(away: Floats, weights: Floats, tolerance: float) -> tuple[Floats, float, int]:
    """Shares of the controls at the least of the log of their summed weights, which is convex.

    `away` is each control's design less what is wanted; the gradient is what is still missing.
    """
    slopes = np.zeros(away.shape[1])
    with np.errstate(divide="ignore"):
        start = np.log(weights)
    share, best = _tilted(start, away, slopes)
    steps, gap = 0, _gap(share, away)
    while gap > tolerance / 10 and steps < STEPS:
        missing = share @ away
        spread = gram_of(away, share) - np.outer(missing, missing)
        step = -inverse(spread) @ missing
        size, decline = 1.0, float(missing @ step)
        share, found = _tilted(start, away, slopes + step)
        while found > best + 1e-4 * size * decline and size > 1e-10:
            size /= 2
            share, found = _tilted(start, away, slopes + size * step)
        slopes, best, steps = slopes + size * step, found, steps + 1
        gap, before = _gap(share, away), gap
        if size <= 1e-10 or (gap <= tolerance and gap > before / 2):
            break
    return share, gap, steps


def _tilted(start: Floats, away: Floats, slopes: Floats) -> tuple[Floats, float]:
    tilt = start + away @ slopes
    peak = float(tilt.max())
    raised = np.exp(tilt - peak)
    total = float(raised.sum())
    return raised / total, peak + float(np.log(total))


def _gap(share: Floats, away: Floats) -> float:
    return float(np.abs(share @ away).max(initial=0.0))
