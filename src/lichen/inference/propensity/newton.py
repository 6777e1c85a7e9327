"""The maximum of a logit's likelihood by Newton's steps, or that there is none."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lichen.inference.estimate import Floats
from lichen.inference.propensity.errors import NotConverged
from lichen.inference.propensity.likelihood import Rows, State, state_at

STEPS, FIRTH_STEPS = 30, 500
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

    Two signs say that it has none, so that coefficients would grow without end. Every row is on
    the right side (complete separation: this is proof). Or steps do not come to rest: the gain of
    a step to a maximum falls quadratically, that of a step towards infinity only by a factor of e,
    so that after thirty steps of the one kind nothing is left and of the other e^-30.

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
    for _ in range(FIRTH_STEPS if firth else STEPS):
        step = _step(state)
        if step is None:
            return None
        if float(step @ state.gradient) <= at_rest:
            return slopes, state
        slopes, state = _moved(rows, slopes, state, step, firth)
        if not firth and state.margin > 0:
            return None
    return None


def _step(state: State) -> Floats | None:
    try:
        # A pseudo-inverse would take the direction in which coefficients grow for one at rest.
        step = np.linalg.solve(state.information, state.gradient)
    except np.linalg.LinAlgError:
        return None
    longest = float(np.max(np.abs(step)))
    return np.asarray(step * (LONGEST / longest) if longest > LONGEST else step)


def _moved(
    rows: Rows, slopes: Floats, state: State, step: Floats, firth: bool
) -> tuple[Floats, State]:
    """The whole step, or the first half of it that does not lose."""
    slack = 1e-12 * (1 + abs(state.log_likelihood))
    for halving in range(30):
        moved = slopes + step / 2**halving
        found = state_at(rows, moved, firth)
        if found.log_likelihood >= state.log_likelihood - slack:
            break
    return moved, found
