"""Two arms as checked arrays: what every estimator of their difference starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.inference.arm_errors import (
    ArmLengthsDiffer,
    NegativeWeight,
    NotANumber,
    NotTwoArms,
    TooFewInArm,
    WrongDimensions,
)
from lichen.inference.intervals import kish_effective_number

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Arms:
    """n rows, each in one arm; `clusters` are ids of what belongs together, None for each row."""

    outcome: Floats
    treated: Bools
    weights: Floats
    clusters: NDArray[Any] | None

    def __len__(self) -> int:
        return len(self.treated)

    def weights_in(self, exposed: bool) -> Floats:
        """The weights of one arm, 0 in the other."""
        return np.where(self.treated == exposed, self.weights, 0.0)


def arms_of(
    outcome: ArrayLike,
    treated: ArrayLike,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    least: int = 2,
) -> Arms:
    """The arms, checked: lengths, finite outcomes, and at least so many accounts in each arm.

    Raises:
        UnusableArms: one of the subclasses, with the row concerned.
    """
    exposed = exposed_of(treated)
    size = len(exposed)
    mass = weights_of(weights, size)
    together = None if clusters is None else _ids("clusters", clusters, size)
    arms = Arms(flat("outcome", outcome, size), exposed, mass, together)
    for arm, name in ((True, "exposed accounts"), (False, "controls")):
        rows = (exposed == arm) & (mass > 0)
        found = int(np.count_nonzero(rows))
        if together is not None and found:
            # Ends at the first that differ: counting all of a million would cost a sort.
            found = _distinct(together[rows], least)
        if found < least:
            raise TooFewInArm(name, found, least)
    return arms


def exposed_of(treated: ArrayLike) -> Bools:
    """Who is exposed, from booleans or zeros and ones.

    Raises:
        NotTwoArms: something else stands at a row.
    """
    given = np.asarray(treated)
    if given.ndim != 1:
        raise WrongDimensions("treated", given.ndim, 1)
    if given.dtype == np.bool_:
        return given
    told = (given == 0) | (given == 1)
    if not np.all(told):
        row = int(np.argmin(told))
        raise NotTwoArms(row, given.tolist()[row])
    return np.asarray(given == 1)


def flat(name: str, values: ArrayLike, size: int) -> Floats:
    """Finite numbers, one for each row."""
    given = numbers_of(name, values)
    if given.ndim != 1:
        raise WrongDimensions(name, given.ndim, 1)
    return _finite(name, given, size)


def matrix(name: str, values: ArrayLike, size: int) -> Floats:
    """Finite covariates, one row for each row and one column for each."""
    given = numbers_of(name, values)
    if given.ndim == 1:
        given = given[:, None]
    if given.ndim != 2:
        raise WrongDimensions(name, given.ndim, 2)
    return _finite(name, given, size)


def numbers_of(name: str, values: ArrayLike) -> Floats:
    """The values as floats; text and objects that are no numbers are told."""
    given = np.asarray(values)
    try:
        return given.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        raise NotANumber(name, 0) from None


def weights_of(weights: ArrayLike | None, size: int) -> Floats:
    """Weights as given, or 1 for each row."""
    if weights is None:
        return np.ones(size)
    mass = flat("weights", weights, size)
    if size and mass.min() < 0:
        row = int(np.argmin(mass))
        raise NegativeWeight(row, float(mass[row]))
    return mass


def effective(weights: Floats) -> float:
    """Kish's effective number of these weights."""
    total, squares = float(weights.sum()), float(np.dot(weights, weights))
    return float(kish_effective_number(total, squares))


def _finite(name: str, given: Floats, size: int) -> Floats:
    if len(given) != size:
        raise ArmLengthsDiffer(name, len(given), size)
    # A sum of finite numbers is finite unless it overflows: one pass instead of a mask.
    if not np.isfinite(given.sum()) and not np.isfinite(given).all():
        rows = np.isfinite(given).reshape(size, -1).all(axis=1)
        raise NotANumber(name, int(np.argmin(rows)))
    return given


def _ids(name: str, values: ArrayLike, size: int) -> NDArray[Any]:
    given = np.asarray(values)
    if given.ndim != 1:
        raise WrongDimensions(name, given.ndim, 1)
    if len(given) != size:
        raise ArmLengthsDiffer(name, len(given), size)
    if given.dtype.kind == "f" and not np.isfinite(given).all():
        raise NotANumber(name, int(np.argmin(np.isfinite(given))))
    return given


def _distinct(ids: NDArray[Any], enough: int) -> int:
    """How many distinct ids there are, counted up to what is enough."""
    found: set[Any] = set()
    for start in range(0, len(ids), 1_000):
        found.update(ids[start : start + 1_000].tolist())
        if len(found) >= enough:
            break
    return len(found)
