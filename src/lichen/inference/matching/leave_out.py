"""The effect without the exposed of one group at a time: does it hang on a single partner?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.inference.arm_errors import NotANumber
from lichen.inference.arms import flat, weights_of
from lichen.inference.estimate import Floats, Ints
from lichen.inference.matching.effect import compared
from lichen.inference.matching.errors import NotAlike
from lichen.inference.matching.match import Match


@dataclass(frozen=True, eq=False)
class LeftOut:
    """For each of g `groups` the effect without it (`value`), and how many matched rows remain.

    `value` is NaN where nobody remains. `low` and `high` are the extremes over groups.
    """

    groups: NDArray[Any]
    value: Floats
    n: Ints

    @property
    def low(self) -> float:
        """The smallest effect that leaving one group out gives."""
        known = self.value[np.isfinite(self.value)]
        return float(known.min()) if len(known) else float("nan")

    @property
    def high(self) -> float:
        """The largest effect that leaving one group out gives."""
        known = self.value[np.isfinite(self.value)]
        return float(known.max()) if len(known) else float("nan")


def leave_one_out(
    outcome: ArrayLike, match: Match, groups: ArrayLike, *, weights: ArrayLike | None = None
) -> LeftOut:
    """The effect of `att` without the exposed rows of each group that has any matched.

    `groups` (n) are ids, such as the partner that started; those of controls are not read. Each
    exposed row keeps its own controls, so that leaving others out changes none of its matches.

    Raises:
        UnusableArms: an outcome is not a number.
        NotAlike: there is not one group for each row.
    """
    y = flat("outcome", outcome, len(match))
    mass = None if weights is None else weights_of(weights, len(match))
    given = np.asarray(groups)
    if given.shape != (len(match),):
        raise NotAlike("groups", len(given), len(match))
    own = given[match.rows]
    if own.dtype.kind == "f" and np.isnan(own).any():
        raise NotANumber("groups", int(match.rows[int(np.argmax(np.isnan(own)))]))
    names, place = np.unique(own, return_inverse=True)
    found = compared(y, match, mass)
    without = 1 - np.bincount(place, found.shares, len(names))
    rest = found.value - np.bincount(place, found.shares * found.apart, len(names))
    n = len(match.rows) - np.bincount(place, minlength=len(names))
    value = np.where(n > 0, rest / np.where(n > 0, without, 1.0), np.nan)
    return LeftOut(names, value, n)
