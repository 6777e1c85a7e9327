"""The maximum of a logit's likelihood by Newton's steps, or that there is none."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lichen.inference.estimate import Floats
from lichen.inference.propensity.errors import NotConverged
from lichen.inference.propensity.likelihood import Rows, State, state_at

STEPS, FIRTH_STEPS = 35, 500
SUSPECT = 15
"""Steps that a search with a maximum seldom needs."""
NO_STEP_BACK = 1e-6
AT_REST = 1e-18
"""At rest, no coefficient moves by more than a thousand millionth of its standard error."""
FIRTH_AT_REST = 1e-20
LONGEST = 5.0


class Maximum(NamedTuple):
    """The coefficients (k) on the design given, and the state there; `separated` where Firth's."""

    slopes: Floats
    state: State
    separated: bool


def maximum(rows: Rows) -> Maximum:
    """The largest likelihood; where it has none, Firth's penalised likelihood, which always has.

    It has none, so that coefficients would grow without end, where a mixture of columns moves no
    row to the wrong side and some to the right. Every row on the right side is proof (complete
    separation). Else the steps show it: towards a maximum they shrink quadratically and are over
    by the fifteenth, towards infinity each still moves some row by about 1 and none the other way.

    Source: Albert and Anderson (1984), Biometrika 71:1-10, for when a maximum exists.

    Raises:
        NotConverged: Firth's likelihood did not come to rest either.
    """
    found = _climbed(rows, firth=False)
    if found is not None:
        return Maximum(*found, separated=False)
    found = _climbed(rows, firth=True)
    if found is None:
        raise NotConverged(FIRTH_STEPS)
    return Maximum(*found, separated=True)


def _climbed(rows: Rows, firth: bool) -> tuple[Floats, State] | None:
    slopes = np.zeros(rows.design.shape[1])
    exposed = float(rows.weights @ rows.treated) / float(rows.weights.sum())
    slopes[0] = np.log(exposed / (1 - exposed))
    state = state_at(rows, slopes, firth)
    at_rest = (FIRTH_AT_REST if firth else AT_REST) * float(rows.weights.mean())
    for taken in range(FIRTH_STEPS if firth else STEPS):
        step = _step(state, LONGEST if firth else np.inf)
        if step is None or (taken >= SUSPECT and not firth and _tells_apart(rows, step)):
            return None
        # Rounding can make the gain of an endless search negative: that is no rest.
        if abs(float(step @ state.gradient)) <= at_rest:
            return slopes, state
        slopes, state = _moved(rows, slopes, state, step, firth)
        if not firth and state.margin > 0:
            return None
    return None


def _tells_apart(rows: Rows, step: Floats) -> bool:
    """Whether a step moves some row to its right side by much, and none to its wrong side."""
    least = most = 0.0
    for block in rows.blocks():
        moved = np.where(block.treated > 0, 1.0, -1.0) * (block.design @ step)
        moved = moved[block.weights > 0]
        least = min(least, float(np.min(moved, initial=0.0)))
        most = max(most, float(np.max(moved, initial=0.0)))
    return most > 0.1 and least >= -NO_STEP_BACK * most


def _step(state: State, allowed: float) -> Floats | None:
    try:
        # A pseudo-inverse would take the direction in which coefficients grow for one at rest.
        step = np.linalg.solve(state.information, state.gradient)
    except np.linalg.LinAlgError:
        return None
    longest = float(np.max(np.abs(step)))
    return np.asarray(step * (allowed / longest) if longest > allowed else step)


def _moved(
    rows: Rows, slopes: Floats, state: State, step: Floats, firth: bool
) -> tuple[Floats, State]:
    """The whole step, or the first half of it that does not lose.

    The information is not the curvature of Firth's likelihood, so that a step can go too far and
    the next one back for ever: then the step ends where the slope along it is 0.
    """
    slack = 1e-12 * (1 + abs(state.log_likelihood))
    for halving in range(30):
        moved = slopes + step / 2**halving
        found = state_at(rows, moved, firth)
        if found.log_likelihood >= state.log_likelihood - slack:
            break
    if firth and (ahead := float(step @ state.gradient)) > 0:
        beyond = -float(step @ found.gradient)
        if beyond > 0.25 * ahead:
            moved = slopes + (moved - slopes) * (ahead / (ahead + beyond))
            found = state_at(rows, moved, firth)
    return moved, found
