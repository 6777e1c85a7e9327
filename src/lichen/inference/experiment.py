"""Two arms that were drawn by lot: the difference of their means, with nothing adjusted for."""

from __future__ import annotations

from math import isfinite, nan

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from lichen.inference.estimate import CONFIDENCE, Bools, Estimate, Floats, nothing
from lichen.kernel.errors import LichenError

METHOD = "difference of means"


class ArmsOfOtherLength(LichenError):
    """Outcomes, arms and clusters do not speak of the same rows."""

    def __init__(self, rows: int, arms: int, clusters: int) -> None:
        self.rows, self.arms, self.clusters = rows, arms, clusters
        super().__init__(
            f"There are {rows} outcomes, {arms} arms and {clusters} clusters.",
            "Give one of each for every row.",
        )


def difference(
    outcome: ArrayLike, offered: ArrayLike, clusters: ArrayLike | None = None
) -> Estimate:
    """The mean of the offered rows less the mean of the others, n rows of each array.

    `clusters` are what was drawn (codes or ids); None takes every row for its own. The variance of
    an arm is the sum over clusters of their summed residuals squared, over its rows squared, times
    g / (g - 1) for g clusters: s^2 / n where each row is its own. The interval is Student's with
    Welch's degrees of freedom, `diagnostics["df"]`, on g - 1 of each arm. NaN with fewer than two
    clusters in an arm.

    Source: Welch (1947), Biometrika 34:28-35; Liang and Zeger (1986), Biometrika 73:13-22.

    Raises:
        ArmsOfOtherLength: the arrays differ in length.
    """
    y, arm = np.asarray(outcome, dtype=np.float64), np.asarray(offered, dtype=np.bool_)
    drawn = np.arange(len(y)) if clusters is None else np.asarray(clusters)
    if not len(y) == len(arm) == len(drawn):
        raise ArmsOfOtherLength(len(y), len(arm), len(drawn))
    if not arm.any() or arm.all():
        return nothing(METHOD)
    shares = {side: _influence(y, arm == side) for side in (True, False)}
    variances, freedom = zip(
        *(_variance(shares[side], drawn, arm == side) for side in (True, False)), strict=True
    )
    value = float(y[arm].mean() - y[~arm].mean())
    se, df = _welch(variances, freedom)
    low, high = _student(value, se, df, CONFIDENCE)
    influence = np.where(arm, shares[True], -shares[False])
    return Estimate(value, se, low, high, len(y), METHOD, {"df": df}, influence)


def interval(estimate: Estimate, confidence: float) -> tuple[float, float]:
    """Student's interval of such a difference at another confidence."""
    df = estimate.diagnostics.get("df", nan)
    return _student(estimate.value, estimate.se, df, confidence)


def p_value(estimate: Estimate) -> float:
    """How often chance alone shows a difference as large, either way; NaN without an error."""
    if not isfinite(estimate.se) or estimate.se <= 0:
        return nan
    return float(2 * stdtr(estimate.diagnostics["df"], -abs(estimate.value / estimate.se)))


def _influence(y: Floats, arm: Bools) -> Floats:
    count = int(arm.sum())
    return np.asarray(np.where(arm, (y - y[arm].mean()) / count, 0.0), dtype=np.float64)


def _variance(share: Floats, drawn: NDArray[np.generic], arm: Bools) -> tuple[float, int]:
    """The variance of an arm's mean, and its clusters less one."""
    names, place = np.unique(drawn[arm], return_inverse=True)
    if len(names) < 2:
        return nan, 0
    sums = np.bincount(place, weights=share[arm])
    return float(np.sum(sums * sums) * len(names) / (len(names) - 1)), len(names) - 1


def _welch(variances: tuple[float, ...], freedom: tuple[int, ...]) -> tuple[float, float]:
    total = sum(variances)
    if not isfinite(total):
        return nan, nan
    spent = sum(v * v / df for v, df in zip(variances, freedom, strict=True))
    return float(np.sqrt(total)), total * total / spent if spent else float(sum(freedom))


def _student(value: float, se: float, df: float, confidence: float) -> tuple[float, float]:
    half = float(stdtrit(df, 0.5 + confidence / 2)) * se
    return value - half, value + half
