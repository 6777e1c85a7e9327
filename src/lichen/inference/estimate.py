"""What an estimator gives back: a value, how sure it is, and what each row did to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Estimate:
    """One estimated number.

    `value` is in the unit of the outcome, `se` its standard error, `low` and `high` the 95%
    interval, `n` the rows (or the sum of weights, rounded) that it speaks for, `method` the name
    of what made it. `influence` holds one number for each row that was given: what the row adds
    to value less truth, so that the squares of its sums by account add up to the variance.
    All are NaN where there is nothing to estimate from.
    """

    value: float
    se: float
    low: float
    high: float
    n: int
    method: str
    diagnostics: Mapping[str, float] = field(default_factory=dict)
    influence: Floats | None = None

    def interval(self, confidence: float) -> tuple[float, float]:
        """The normal interval at another confidence."""
        half = float(ndtri(0.5 + confidence / 2)) * self.se
        return self.value - half, self.value + half


def estimate_of(
    value: float,
    se: float,
    n: int,
    method: str,
    diagnostics: Mapping[str, float] | None = None,
    influence: Floats | None = None,
) -> Estimate:
    """An estimate with its normal 95% interval."""
    half = float(ndtri(0.5 + CONFIDENCE / 2)) * se
    return Estimate(value, se, value - half, value + half, n, method, diagnostics or {}, influence)


def nothing(method: str) -> Estimate:
    """What stands where there is nothing to estimate from."""
    return Estimate(nan, nan, nan, nan, 0, method)


def clustered_se(influence: ArrayLike, clusters: ArrayLike | None) -> float:
    """The standard error of a value whose rows have this influence, rows of a cluster together.

    The root of the sum over clusters of their summed influence squared, times c / (c - 1) for c
    clusters with any influence; NaN for fewer than two. `clusters` are codes or ids, one a row;
    None takes every row for its own.

    Source: Liang and Zeger (1986), Biometrika 73:13-22.
    """
    share = np.asarray(influence, dtype=np.float64)
    if clusters is not None:
        _, place = np.unique(np.asarray(clusters), return_inverse=True)
        share = np.bincount(place, weights=share).astype(np.float64)
    count = int(np.count_nonzero(share))
    if count < 2:
        return nan
    return float(np.sqrt(np.sum(share * share) * count / (count - 1)))
