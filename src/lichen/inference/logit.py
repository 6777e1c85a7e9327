"""The propensity by unpenalised logit on folds, and what its estimation does to a difference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from lichen.inference.arm_errors import Separated
from lichen.inference.arms import Arms
from lichen.inference.least_squares import (
    Floats,
    Ints,
    Lines,
    gram_of,
    inverse,
    standardised,
)

STEPS, SMALL = 50, 1e-12
EXTREME = 30.0
"""A logit beyond this is a probability that no number of accounts could tell from 0 or 1."""


def logits_without(
    design: Floats, treated: NDArray[np.bool_], weights: Floats, folds: Ints, count: int
) -> Lines:
    """For each fold the logit fitted on all other folds: coefficients and inverse information.

    Raises:
        Separated: the exposed of some folds can be told without error.
    """
    fits = []
    for fold in range(count):
        rows = slice(None) if count == 1 else np.flatnonzero(folds != fold)
        fits.append(_fitted(design[rows], treated[rows].astype(np.float64), weights[rows]))
    return Lines(np.stack([slopes for slopes, _ in fits]), np.stack([part for _, part in fits]))


def through_score(x: Floats, score: Floats, arms: Arms, moved: Floats) -> Floats:
    """What rows add to a difference by having moved the logit that gave the score.

    `moved` (n) is the derivative of the difference by the logit of each row.
    """
    design = standardised(x, arms.weights)
    information = inverse(gram_of(design, arms.weights * score * (1 - score)))
    pull = information @ (design.T @ moved)
    return np.asarray((design @ pull) * arms.weights * (arms.treated - score))


def _fitted(design: Floats, treated: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Newton's steps, halved where the likelihood would fall."""
    slopes = np.zeros(design.shape[1])
    best = _likelihood(design, treated, weights, slopes)
    part = inverse(gram_of(design, weights / 4))
    for _ in range(STEPS):
        score = expit(design @ slopes)
        part = inverse(gram_of(design, weights * score * (1 - score)))
        step = part @ (design.T @ (weights * (treated - score)))
        size = 1.0
        while (found := _likelihood(design, treated, weights, slopes + size * step)) < best - 1e-9:
            size /= 2
        slopes, gained, best = slopes + size * step, found - best, found
        if np.abs(design @ slopes).max() > EXTREME:
            raise Separated
        if abs(gained) <= SMALL * (1 + abs(best)):
            return slopes, part
    return slopes, part


def _likelihood(design: Floats, treated: Floats, weights: Floats, slopes: Floats) -> float:
    logit = design @ slopes
    return float(weights @ (treated * logit - np.logaddexp(0, logit)))
