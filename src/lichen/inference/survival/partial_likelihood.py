"""The partial likelihood of proportional hazards: how likely it was that those ended who did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class AtRisk:
    """Rows (n) with covariates (n, k), and between which of the T times of ends each was at risk.

    Row i is at risk at times `since[i]` up to but not `upto[i]`; where `ended`, the last of them is
    its own. `places` and `shares` have one value an end (d): the time, and for the l-th of m ends
    at one time the share l / m of them that counts as gone (Efron), or 0 (Breslow). `mean_weight`
    is that of the ends at each time.
    """

    x: Floats
    weight: Floats
    ended: Bools
    since: Ints | None
    upto: Ints
    places: Ints
    shares: Floats
    mean_weight: Floats

    def over_risk(self, values: Floats) -> Floats:
        """The sum of values (n) over those at risk at each time (T)."""
        size = len(self.mean_weight) + 1
        left = np.bincount(self.upto, values, size).astype(np.float64)
        if self.since is not None:
            left -= np.bincount(self.since, values, size)
        still: Floats = np.cumsum(left[::-1])[::-1][1:]
        return still

    def over_ends(self, values: Floats) -> Floats:
        """The sum of values (n) over those that ended at each time (T)."""
        own = self.upto[self.ended] - 1
        sums: Floats = np.bincount(own, values[self.ended], len(self.mean_weight)).astype(
            np.float64
        )
        return sums

    def while_at_risk(self, steps: Floats) -> Floats:
        """The sum of steps (T or T, k) over the times at which each row (n) was at risk."""
        start = np.zeros((1, *steps.shape[1:]))
        total = np.concatenate([start, np.cumsum(steps, axis=0)])
        return total[self.upto] if self.since is None else total[self.upto] - total[self.since]

    def own(self, steps: Floats) -> Floats:
        """The step (T or T, k) at each row's own end; 0 where it did not end."""
        found = np.zeros((len(self.ended), *steps.shape[1:]))
        found[self.ended] = steps[self.upto[self.ended] - 1]
        return found


def at_risk(
    times: tuple[Floats, Floats | None],
    ended: Bools,
    x: Floats,
    weight: Floats,
    efron: bool,
) -> AtRisk:
    """Rows by the distinct times of ends; `times` are durations and entries (None: from the start).

    Rows that were never at risk when somebody ended are left in and count for nothing.
    """
    durations, entry = times
    distinct, counts = np.unique(durations[ended], return_counts=True)
    upto = np.searchsorted(distinct, durations, side="right")
    since = None if entry is None else np.searchsorted(distinct, entry, side="right")
    places = np.repeat(np.arange(len(distinct)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    shares = (np.arange(len(places)) - first) / counts[places] if efron else np.zeros(len(places))
    own = upto[ended] - 1
    mean_weight = np.bincount(own, weight[ended], len(distinct)) / counts
    return AtRisk(x, weight, ended, since, upto, places, shares, mean_weight)


@dataclass(frozen=True, eq=False)
class Likelihood:
    """The log partial likelihood at some coefficients, its gradient (k) and information (k, k).

    `hazard` (n) are weights times relative hazards; `means` (d, k) the mean covariates of those at
    risk at each end, and `steps` (d) the hazard that each end adds.
    """

    value: float
    gradient: Floats
    information: Floats
    hazard: Floats
    means: Floats
    steps: Floats


def likelihood(rows: AtRisk, coefficients: Floats) -> Likelihood:
    """The log partial likelihood with ties by Efron or Breslow, as the rows say.

    Source: Cox (1972), JRSS B 34:187-220; Efron (1977), JASA 72:557-565; Therneau and Grambsch
    (2000), Modeling Survival Data, section 3.3, for ties with weights.
    """
    score = rows.x @ coefficients
    # Relative hazards are relative: taking the largest out keeps them finite.
    top = float(score.max())
    hazard = rows.weight * np.exp(score - top)
    whole = rows.over_risk(hazard)[rows.places]
    whole -= rows.shares * rows.over_ends(hazard)[rows.places]
    counted = rows.mean_weight[rows.places]
    means = np.empty((len(whole), rows.x.shape[1]))
    for column in range(rows.x.shape[1]):
        share = hazard * rows.x[:, column]
        sums = rows.over_risk(share)[rows.places]
        sums -= rows.shares * rows.over_ends(share)[rows.places]
        means[:, column] = sums / whole
    ended = np.where(rows.ended, rows.weight, 0.0)
    value = float(ended @ score - counted @ (np.log(whole) + top))
    steps = counted / whole
    exposure = _exposure(rows, steps)
    spread = (rows.x * (hazard * exposure)[:, None]).T @ rows.x
    information = spread - (means * counted[:, None]).T @ means
    gradient = ended @ rows.x - counted @ means
    return Likelihood(value, gradient, information, hazard, means, steps)


def score_residuals(rows: AtRisk, fit: Likelihood) -> Floats:
    """What each row adds to the gradient (n, k): its surprise at its own end and while at risk.

    Source: Lin and Wei (1989), JASA 84:1074-1078; with Efron's ties as in Therneau and Grambsch
    (2000), section 7.1.
    """
    by_time = len(rows.mean_weight)
    weighted = fit.means * fit.steps[:, None]
    passed = rows.while_at_risk(_by_place(rows, weighted, by_time))
    passed -= rows.own(_by_place(rows, weighted * rows.shares[:, None], by_time))
    waiting = rows.x * _exposure(rows, fit.steps)[:, None] - passed
    counts = np.bincount(rows.places, minlength=by_time)
    typical = rows.own(_by_place(rows, fit.means, by_time) / counts[:, None])
    surprise = np.where(rows.ended[:, None], rows.x - typical, 0.0) * rows.weight[:, None]
    residuals: Floats = surprise - waiting * fit.hazard[:, None]
    return residuals


def _exposure(rows: AtRisk, steps: Floats) -> Floats:
    """The hazard that each row (n) went through, less its share of ties at its own end."""
    size = len(rows.mean_weight)
    added = _by_place(rows, steps[:, None], size)[:, 0]
    kept_back = _by_place(rows, (steps * rows.shares)[:, None], size)[:, 0]
    return rows.while_at_risk(added) - rows.own(kept_back)


def _by_place(rows: AtRisk, values: Floats, size: int) -> Floats:
    """Sums of values (d, k) over the ends at each time (T, k)."""
    columns: list[Any] = [np.bincount(rows.places, column, size) for column in values.T]
    return np.array(columns).T.reshape(size, values.shape[1])
