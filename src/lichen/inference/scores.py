"""What it does to a difference that its propensity was estimated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lichen.inference.arm_errors import ArmLengthsDiffer, ScoreOfAnotherFit
from lichen.inference.arms import Arms
from lichen.inference.least_squares import gram_of, inverse, standardised
from lichen.inference.propensity import Propensity

Floats = NDArray[np.float64]

SAME = 1e-9
"""Scores closer than this are of one fit."""


def through_fit(fit: Propensity, moved: Floats) -> Floats:
    """What rows (n) add to a difference by having moved the coefficients of the propensity.

    `moved` (n) is the derivative of the difference by the logit of each row.

    Source: Newey and McFadden (1994), Handbook of Econometrics 4, section 6.
    """
    return fit.influence(np.concatenate([[moved.sum()], moved @ fit.x]))


def through_score(x: Floats, score: Floats, arms: Arms, moved: Floats) -> Floats:
    """The same for a score that an unpenalised logit of these covariates (n, k) gave here."""
    design = standardised(x, arms.weights)
    information = gram_of(design, arms.weights * score * (1 - score))
    pull = inverse(information) @ (design.T @ moved)
    return np.asarray((design @ pull) * arms.weights * (arms.treated - score))


def of_this_fit(score: Floats, fit: Propensity) -> None:
    """Whether the score is what the fit says.

    Raises:
        ScoreOfAnotherFit: it differs at a row.
        ArmLengthsDiffer: the fit is of another number of rows.
    """
    if len(fit.score) != len(score):
        raise ArmLengthsDiffer("fit", len(fit.score), len(score))
    away = np.abs(fit.score - score) > SAME
    if away.any():
        raise ScoreOfAnotherFit(int(np.argmax(away)))
