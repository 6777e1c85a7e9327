"""Inverse-propensity weighting with weights that sum to one in each arm (Hajek)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.inference.arms import Arms, arms_of, effective, matrix
from lichen.inference.estimate import Estimate, clustered_se, estimate_of
from lichen.inference.propensity import Propensity
from lichen.inference.scores import of_this_fit, through_fit, through_score
from lichen.inference.targets import Tilt, checked_score, tilt_of

Floats = NDArray[np.float64]


def ipw(
    outcome: ArrayLike,
    treated: ArrayLike,
    score: ArrayLike,
    *,
    estimand: str = "att",
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    x: ArrayLike | None = None,
    fit: Propensity | None = None,
) -> Estimate:
    """Mean outcome of the exposed less that of the controls, both weighted to the same accounts.

    Arrays have one value for each of n rows: `outcome` in any unit, `treated` yes or no, `score`
    the propensity of being exposed, `weights` how many a row is for (default 1), `clusters` the
    account that a row belongs to (default: each row its own). `estimand` is `att` (the exposed),
    `atc` (the controls), `ate` (everyone) or `overlap` (those who might have been in either arm).

    With `fit`, the propensity that gave the score on these rows and weights, or with `x` (n, k),
    the covariates of an unpenalised logit that did, the error counts that it was estimated.
    Without, the score is taken as known: a wider interval as a rule, since an estimated score
    balances by chance too; for the ATT it can be narrower where the effect itself grows or falls
    with the score.

    Diagnostics: the two weighted means, Kish's number of each arm and the largest share that one
    row has of the weight of its arm.

    Raises:
        UnusableArms: a subclass says which array cannot be used, and at which row.

    Source: Hajek (1971); Lunceford and Davidian (2004), Statistics in Medicine 23:2937-2960,
    section 3; errors of an estimated score: the same, and Newey and McFadden (1994), section 6.
    """
    arms = arms_of(outcome, treated, weights, clusters)
    given = checked_score(score, arms.treated, estimand)
    if fit is not None:
        of_this_fit(given, fit)
    tilt = tilt_of(estimand, given, arms.treated)
    exposed, exposed_residual = _mean(arms, tilt.exposed)
    control, control_residual = _mean(arms, tilt.controls)
    shares = _shares(arms, tilt)
    influence = shares[0] * exposed_residual - shares[1] * control_residual
    pull = _slopes(arms, tilt)
    moved = pull[0] * exposed_residual - pull[1] * control_residual
    if fit is not None:
        influence = influence + through_fit(fit, moved)
    elif x is not None:
        influence = influence + through_score(matrix("x", x, len(arms)), given, arms, moved)
    told = {
        "exposed_mean": exposed,
        "control_mean": control,
        "effective_exposed": effective(shares[0]),
        "effective_controls": effective(shares[1]),
        "largest_exposed_share": float(shares[0].max()),
        "largest_control_share": float(shares[1].max()),
    }
    se, n = clustered_se(influence, arms.clusters), _speaks_for(arms, estimand)
    return estimate_of(exposed - control, se, n, f"ipw ({estimand})", told, influence)


def _mean(arms: Arms, tilt: Floats) -> tuple[float, Floats]:
    """The weighted mean of an arm and what each row is away from it."""
    mass = arms.weights * tilt
    value = float(mass @ arms.outcome / mass.sum())
    return value, arms.outcome - value


def _shares(arms: Arms, tilt: Tilt) -> tuple[Floats, Floats]:
    exposed, controls = arms.weights * tilt.exposed, arms.weights * tilt.controls
    return exposed / exposed.sum(), controls / controls.sum()


def _slopes(arms: Arms, tilt: Tilt) -> tuple[Floats, Floats]:
    """How the unnormalised shares move with the logit of the propensity of their row."""
    mass = arms.weights
    return (
        mass * tilt.exposed_slope / float(mass @ tilt.exposed),
        mass * tilt.controls_slope / float(mass @ tilt.controls),
    )


def _speaks_for(arms: Arms, estimand: str) -> int:
    arm = {"att": True, "atc": False}.get(estimand)
    mass = arms.weights if arm is None else arms.weights_in(arm)
    return round(float(mass.sum()))
