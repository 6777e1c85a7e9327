"""The log-rank test: whether groups end at the same rate."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from lichen.inference.survival.errors import LengthsDiffer
from lichen.inference.survival.risk_sets import risk_sets

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class LogRank:
    """The chi-square of what groups lost against what they would have lost at one common rate.

    `observed` and `expected` (one value a group, in the order of `groups`) are ends. `p_value` is
    NaN where there is nothing to compare: one group, or no end while two groups are at risk.
    """

    statistic: float
    degrees: int
    p_value: float
    groups: tuple[Hashable, ...]
    observed: Floats
    expected: Floats

    def __repr__(self) -> str:
        return (
            f"<LogRank of {len(self.groups)} groups: chi-square {self.statistic:.4f} on "
            f"{self.degrees}, p = {self.p_value:.4g}>"
        )


def logrank(durations: ArrayLike, observed: ArrayLike, groups: ArrayLike) -> LogRank:
    """Whether k groups end at the same rate, all ages weighing alike.

    `durations` and `observed` are as in `kaplan_meier`, `groups` (n) names the group of each
    account by any value that can be sorted. Ties count by the hypergeometric variance. Memory grows
    with groups times distinct times.

    Source: Mantel (1966); Kalbfleisch & Prentice (2002), section 1.5.

    Raises:
        UnusableTimes: as in `kaplan_meier`, or `groups` has another length.
    """
    everyone = risk_sets(durations, observed, None, None, name="observed", highest=1)
    ends, ended = np.asarray(durations, dtype=np.float64), np.asarray(observed)
    labels = np.asarray(groups)
    if labels.shape != ends.shape:
        raise LengthsDiffer("groups", labels.size, len(ends))
    names, places = np.unique(labels, return_inverse=True)
    at_risk, deaths = _by_group(everyone.times, ends, ended.astype(bool), places, len(names))
    d, n = everyone.events[0], everyone.at_risk
    shares = at_risk / n
    expected = shares @ d
    statistic = _chi_square(deaths - expected, _covariance(shares, d, n))
    degrees = len(names) - 1
    # Without any end at risk of comparison every difference is 0 and says nothing.
    told = degrees > 0 and bool(np.any(d[(shares < 1).all(axis=0)] > 0))
    return LogRank(
        statistic if told else 0.0,
        degrees,
        float(chdtrc(degrees, statistic)) if told else float("nan"),
        tuple(names.tolist()),
        deaths,
        expected,
    )


def _by_group(
    times: Floats, ends: Floats, ended: NDArray[np.bool_], places: NDArray[np.intp], count: int
) -> tuple[Floats, Floats]:
    """At risk by group and time (k, T), and ends by group (k)."""
    size = len(times)
    slots = places * size + np.searchsorted(times, ends)
    gone = np.bincount(slots, minlength=count * size).reshape(count, size)
    at_risk = np.cumsum(gone[:, ::-1], axis=1)[:, ::-1].astype(np.float64)
    return at_risk, np.bincount(places, ended, count).astype(np.float64)


def _covariance(shares: Floats, d: Floats, n: Floats) -> Floats:
    """sum over times of d (n - d) / (n - 1) x (diag(share) - share share')."""
    scale = np.divide(d * (n - d), n - 1, out=np.zeros_like(n), where=n > 1)
    covariance: Floats = np.diag(shares @ scale) - (shares * scale) @ shares.T
    return covariance


def _chi_square(differences: Floats, covariance: Floats) -> float:
    """The quadratic form on all groups but the last, which the others determine."""
    free: Any = differences[:-1]
    return float(free @ np.linalg.pinv(covariance[:-1, :-1], hermitian=True) @ free)
