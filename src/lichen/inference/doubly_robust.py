"""Doubly robust: a line for the outcome mends what propensity weights leave, and the reverse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.inference import propensity
from lichen.inference.arm_errors import ArmLengthsDiffer, Separated, TooFewInArm, UnknownEstimand
from lichen.inference.arms import Arms, arms_of, effective, flat, matrix
from lichen.inference.estimate import Estimate, clustered_se, estimate_of
from lichen.inference.folds import folds_of, places_of
from lichen.inference.least_squares import (
    Lines,
    by_fold,
    lines_without,
    standardised,
    sums_by_fold,
)
from lichen.inference.scores import of_this_fit, through_fit
from lichen.inference.targets import Tilt, checked_score, tilt_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
LEAST = 5
"""Accounts in each arm below which no line is drawn; with ten in all there is nothing to learn."""

ESTIMANDS = ("att", "ate")


@dataclass(frozen=True, eq=False)
class Sample:
    """The rows, their design (n, p), and in which of `count` folds each is left out."""

    arms: Arms
    design: Floats
    folds: Ints
    count: int


class Mean(NamedTuple):
    """What an arm's mean would be among those asked about; slope: its derivative by the logit."""

    value: float
    influence: Floats
    slope: Floats


def aipw(
    outcome: ArrayLike,
    treated: ArrayLike,
    x: ArrayLike,
    *,
    estimand: str = "att",
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    ids: ArrayLike | None = None,
    score: ArrayLike | None = None,
    fit: propensity.Propensity | None = None,
    folds: int | ArrayLike = FOLDS,
    normalised: bool = True,
) -> Estimate:
    """The mean effect on the exposed (`att`) or on everyone (`ate`), right if either model is.

    Arrays have one value for each of n rows, `x` one row (n, k): `outcome` in any unit, `treated`
    yes or no, `weights` how many a row is for (default 1), `clusters` the account whose rows are
    summed for the error, `ids` what is kept together in folds; each of the two stands for the
    other where only one is given. Without both every row is its own account, and its place in
    order of content is its id, so that the order of rows changes nothing.

    The outcome is predicted by weighted least squares within an arm, also where it is 0 or 1,
    fitted on the other folds than the row's own: `folds` is their number, drawn by hash of `ids`,
    or a fold for each row; 1 fits on all rows. The propensity is `fit`, or else `score`, which is
    taken as known, or else an unpenalised logit on all columns of `x` and all rows: leaving folds
    out of a logit takes away the few controls that are like the exposed, and made weights explode
    where confounding is strong. `normalised` has the weights of an arm sum to one; without, the
    textbook's form. The error counts that lines and logit were estimated; with a score taken as
    known it is wider as a rule.

    Raises:
        UnusableArms: a subclass says which array cannot be used, and at which row.
        NotIds: ids are neither whole numbers nor text.

    Source: Robins, Rotnitzky and Zhao (1994), JASA 89:846-866; cross-fitting: Chernozhukov et al.
    (2018), Econometrics Journal 21:C1-C68; errors: Newey and McFadden (1994), section 6.
    """
    if estimand not in ESTIMANDS:
        raise UnknownEstimand(estimand, ESTIMANDS)
    together = clusters if clusters is not None else ids
    arms = arms_of(outcome, treated, weights, together, LEAST)
    sample = _sample(arms, matrix("x", x, len(arms)), ids, folds)
    if fit is None and score is None:
        fit = _fitted(sample)
    given = _score(sample, score, fit, estimand)
    tilt = tilt_of(estimand, given, arms.treated)
    means = [_mean(sample, exposed, estimand, tilt, normalised) for exposed in (True, False)]
    influence = means[0].influence - means[1].influence
    if fit is not None:
        influence = influence + through_fit(fit, means[0].slope - means[1].slope)
    return _told(arms, estimand, tilt, means, influence)


def _told(arms: Arms, estimand: str, tilt: Tilt, means: list[Mean], influence: Floats) -> Estimate:
    speaks_for = arms.weights_in(True) if estimand == "att" else arms.weights
    return estimate_of(
        means[0].value - means[1].value,
        clustered_se(influence, arms.clusters),
        round(float(speaks_for.sum())),
        f"aipw ({estimand})",
        {
            "exposed_mean": means[0].value,
            "control_mean": means[1].value,
            "effective_controls": effective(arms.weights * tilt.controls),
        },
        influence,
    )


def _sample(arms: Arms, x: Floats, ids: ArrayLike | None, folds: int | ArrayLike) -> Sample:
    design = standardised(x, arms.weights)
    if np.ndim(folds):
        given = flat("folds", folds, len(arms))
        _, codes = np.unique(given, return_inverse=True)
        return Sample(arms, design, codes.astype(np.int64), int(codes.max()) + 1)
    count = int(np.asarray(folds))
    if count == 1:
        return Sample(arms, design, np.zeros(len(arms), dtype=np.int64), 1)
    key: Any = ids if ids is not None else arms.clusters
    if key is None:
        columns = [*x.T, arms.treated.astype(np.float64), arms.outcome, arms.weights]
        key = places_of(columns)
    drawn = folds_of(key, count)
    if len(drawn) != len(arms):
        raise ArmLengthsDiffer("ids", len(drawn), len(arms))
    return Sample(arms, design, drawn, count)


def _fitted(sample: Sample) -> propensity.Propensity | None:
    """The logit on all columns, None where none of them varies."""
    arms, columns = sample.arms, sample.design[:, 1:]
    if not columns.shape[1]:
        return None
    _enough(sample, True)
    fit = propensity.fit(columns, arms.treated, weights=arms.weights, per_parameter=0)
    if fit.separated:
        raise Separated
    return fit


def _score(
    sample: Sample,
    score: ArrayLike | None,
    fit: propensity.Propensity | None,
    estimand: str,
) -> Floats:
    arms = sample.arms
    given: ArrayLike
    if score is not None:
        given = score
    elif fit is not None:
        given = fit.score
    else:
        given = np.full(len(arms), arms.weights_in(True).sum() / arms.weights.sum())
    given = checked_score(given, arms.treated, estimand)
    if fit is not None:
        of_this_fit(given, fit)
    return given


def _mean(sample: Sample, exposed: bool, estimand: str, tilt: Tilt, normalised: bool) -> Mean:
    """The mean prediction among those asked about, and the arm's weighted residuals beside it."""
    arms = sample.arms
    asked = arms.weights_in(True) if estimand == "att" else arms.weights
    asked = asked / asked.sum()
    if estimand == "att" and exposed:
        value = float(asked @ arms.outcome)
        return Mean(value, asked * (arms.outcome - value), np.zeros(len(arms)))
    own = arms.weights_in(exposed)
    _enough(sample, exposed)
    lines = lines_without(sample.design, arms.outcome, own, sample.folds, sample.count)
    told = by_fold(sample.design, lines.slopes, sample.folds)
    residual = arms.outcome - told
    raw, slope = (tilt[0], tilt[2]) if exposed else (tilt[1], tilt[3])
    total = float((arms.weights @ raw) if normalised else arms.weights @ (asked > 0))
    share = arms.weights * raw / total
    first, second = float(asked @ told), float(share @ residual)
    influence = asked * (told - first) + share * residual
    influence -= (share if normalised else asked) * second
    influence += _through(sample, lines, asked - share) * own * residual
    moved = arms.weights * slope / total * (residual - (second if normalised else 0.0))
    return Mean(first + second, influence, moved)


def _through(sample: Sample, fits: Lines, moved: Floats) -> Floats:
    """What a row adds, for each unit of its own residual, by having moved the fits of other folds.

    `moved` (n) is the derivative of the mean by the prediction of each row.
    """
    sums = sums_by_fold(sample.design, moved, sample.folds, sample.count)
    pulls = np.einsum("fij,fj->fi", fits.inverses, sums)
    if sample.count > 1:
        pulls = pulls.sum(axis=0) - pulls
    return by_fold(sample.design, pulls, sample.folds)


def _enough(sample: Sample, exposed: bool) -> None:
    """A line through an arm needs more rows than it has columns, whichever fold is left out."""
    arms = sample.arms
    rows = (arms.treated == exposed) & (arms.weights > 0)
    outside = int(rows.sum())
    if sample.count > 1:
        outside -= int(np.bincount(sample.folds[rows], minlength=sample.count).max())
    needed = sample.design.shape[1] + 2
    if outside < needed:
        name = "exposed accounts" if exposed else "controls"
        raise TooFewInArm(f"{name} outside a fold", outside, needed)
