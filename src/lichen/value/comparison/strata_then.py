"""Strata of a year earlier, for the placebo: made of what was known then and of nothing later."""

from __future__ import annotations

import numpy as np

from lichen.value.comparison.members import STRATA
from lichen.value.comparison.panel import Floats, Ints, Panel
from lichen.value.comparison.strata import SEGMENT, THIRDS

SIZE = "log_arr"


def strata_known(panel: Panel) -> Ints:
    """The stratum of each row of a panel of then: landmark and segment, else third of ARR.

    Strata of the comparison itself are of Q0, the day on which the growth of the placebo ends:
    within a third of that ARR nearly every difference in growth is gone. Accounts without ARR a
    year before Q0 are a stratum of their own.
    """
    if SEGMENT in panel.words:
        return np.asarray(panel.landmark * STRATA + panel.words[SEGMENT])
    size = panel.numbers.get(SIZE)
    if size is None:
        return np.asarray(panel.landmark * STRATA)
    code = np.full(len(panel), len(THIRDS), np.int64)
    for landmark in np.unique(panel.landmark):
        rows = np.flatnonzero((panel.landmark == landmark) & np.isfinite(size))
        code[rows] = _thirds(size[rows], panel.weight[rows])
    return np.asarray(panel.landmark * STRATA + code)


def _thirds(size: Floats, weight: Floats) -> Ints:
    """The third of each value among all; equal values stand together, in the lower."""
    values, place = np.unique(size, return_inverse=True)
    mass = np.bincount(place, weight, minlength=len(values))
    below = np.cumsum(mass) - mass
    return np.asarray((3 * below / mass.sum()).astype(np.int64)[place])
