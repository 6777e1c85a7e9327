"""The propensity by unpenalised logit, and what its estimation does to a difference."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from lichen.inference.arm_errors import Separated
from lichen.inference.arms import Arms
from lichen.inference.least_squares import Floats, gram_of, inverse, standardised

STEPS, SMALL = 50, 1e-12
EXTREME = 30.0
"""A logit beyond this is a probability that no number of accounts could tell from 0 or 1."""


class Logit(NamedTuple):
    """What a logit says of each row (n), and the inverse of its information (p, p)."""

    score: Floats
    inverse: Floats


def fitted(design: Floats, treated: NDArray[np.bool_], weights: Floats) -> Logit:
    """The unpenalised logit of a design (n, p), by Newton's steps, halved where they overshoot.

    Raises:
        Separated: the exposed can be told without error.
    """
    exposed = treated.astype(np.float64)
    slopes = np.zeros(design.shape[1])
    best, gained = _likelihood(design, exposed, weights, slopes), np.inf
    for _ in range(STEPS):
        score = expit(design @ slopes)
        part = inverse(gram_of(design, weights * score * (1 - score)))
        if abs(gained) <= SMALL * (1 + abs(best)):
            return Logit(score, part)
        step = part @ (design.T @ (weights * (exposed - score)))
        size, found = 1.0, _likelihood(design, exposed, weights, slopes + step)
        while found < best - 1e-9:
            size /= 2
            found = _likelihood(design, exposed, weights, slopes + size * step)
        slopes, gained, best = slopes + size * step, found - best, found
        if np.abs(design @ slopes).max() > EXTREME:
            raise Separated
    raise Separated


def through_score(x: Floats, score: Floats, arms: Arms, moved: Floats) -> Floats:
    """As `through`, for a score that a logit of these covariates (n, k) gave on these rows."""
    design = standardised(x, arms.weights)
    information = gram_of(design, arms.weights * score * (1 - score))
    return through(Logit(score, inverse(information)), design, arms, moved)


def through(logit: Logit, design: Floats, arms: Arms, moved: Floats) -> Floats:
    """What rows add to a difference by having moved the logit that gave the score.

    `moved` (n) is the derivative of the difference by the logit of each row.
    """
    pull = logit.inverse @ (design.T @ moved)
    return np.asarray((design @ pull) * arms.weights * (arms.treated - logit.score))


def _likelihood(design: Floats, treated: Floats, weights: Floats, slopes: Floats) -> float:
    logit = design @ slopes
    return float(weights @ (treated * logit - np.logaddexp(0, logit)))
