"""Whose mean effect is asked for, as weights of the two arms made of the propensity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.inference.arm_errors import NoSuchScore, UnknownEstimand
from lichen.inference.arms import flat

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ESTIMANDS = ("att", "atc", "ate", "overlap")


class Tilt(NamedTuple):
    """Weights of rows (n) that make an arm look like those who are asked about.

    `exposed` and `controls` hold for the rows of their arm and are 0 in the other; each `slope` is
    the derivative of its weights by the logit of the propensity.
    """

    exposed: Floats
    controls: Floats
    exposed_slope: Floats
    controls_slope: Floats


def tilt_of(estimand: str, score: Floats, treated: Bools) -> Tilt:
    """The weights h / e of the exposed and h / (1 - e) of the controls.

    h is 1 for everyone (`ate`), e for the exposed (`att`), 1 - e for the controls (`atc`) and
    e (1 - e) for those who might have been in either arm (`overlap`).

    Raises:
        UnknownEstimand: none of these.

    Source: Li, Morgan and Zaslavsky (2018), JASA 113:390-400, table 1.
    """
    if estimand not in ESTIMANDS:
        raise UnknownEstimand(estimand, ESTIMANDS)
    exposed, exposed_slope = _of_exposed(estimand, score[treated])
    controls, controls_slope = _of_controls(estimand, score[~treated])
    return Tilt(
        _placed(exposed, treated),
        _placed(controls, ~treated),
        _placed(exposed_slope, treated),
        _placed(controls_slope, ~treated),
    )


def _of_exposed(estimand: str, e: Floats) -> tuple[Floats, Floats]:
    if estimand == "att":
        return np.ones_like(e), np.zeros_like(e)
    if estimand == "overlap":
        return 1 - e, -e * (1 - e)
    odds = (1 - e) / e
    return odds + (1 if estimand == "ate" else 0), -odds


def _of_controls(estimand: str, e: Floats) -> tuple[Floats, Floats]:
    if estimand == "atc":
        return np.ones_like(e), np.zeros_like(e)
    if estimand == "overlap":
        return e, e * (1 - e)
    odds = e / (1 - e)
    return odds + (1 if estimand == "ate" else 0), odds


def _placed(values: Floats, arm: Bools) -> Floats:
    placed = np.zeros(len(arm))
    placed[arm] = values
    return placed


def checked_score(score: ArrayLike, treated: Bools, estimand: str) -> Floats:
    """Propensities, each between 0 and 1, and none that would weigh a row infinitely.

    Raises:
        NoSuchScore: a score outside 0 to 1, or at its end where the estimand divides by it.
    """
    given = flat("score", score, len(treated))
    wrong = ~((given >= 0) & (given <= 1))
    if estimand in ("ate", "atc"):
        wrong |= treated & (given == 0)
    if estimand in ("ate", "att"):
        wrong |= ~treated & (given == 1)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise NoSuchScore(row, float(given[row]), "exposed" if treated[row] else "a control")
    return given
