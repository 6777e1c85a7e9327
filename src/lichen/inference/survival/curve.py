"""Kaplan-Meier: the share that has not ended yet, and means and medians read off it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.inference.survival.crossing import (
    Crossing,
    Medians,
    band,
    checked_share,
    first_at_least,
    normal,
)
from lichen.inference.survival.risk_sets import RiskSets, risk_sets

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RestrictedMean:
    """The mean time lived between `since` and `horizon` by those who had not ended at `since`.

    NaN where nobody was followed as far as the horizon. `variance` is that of the mean (its square
    root is the standard error), not that of the times; where it is 0 because nobody ended in
    between, nothing tells the spread, and `low` and `high` are NaN.
    """

    value: float
    low: float
    high: float
    variance: float
    since: float
    horizon: float


@dataclass(frozen=True, eq=False, repr=False)
class SurvivalCurve(Medians):
    """The share not ended after each of `times`; every array has one value a time (T).

    `low` and `high` are the pointwise log-log band at `confidence`: both 1 before the first end,
    and 0 and NaN once the curve is 0. `at_risk` counts those followed up to each time, `events`
    those that ended at it; `greenwood` is the running sum of d / n(n - d), so that survival^2 x
    greenwood is the variance.

    `followed_from` is the earliest entry: the curve is that of accounts which had not ended then.
    `emptied_at` is set where all at risk were gone at a time although others entered later, which
    happens with few early entries. If the last of them ended, the curve is 0 from there on,
    whatever came later; if they were only lost sight of, it is flat without evidence. Then read the
    curve up to that time only, or fit again from a time s with enough at risk: keep durations > s,
    enter at max(entry, s), and say that the result is for accounts that got as far as s.
    """

    times: Floats
    survival: Floats
    low: Floats
    high: Floats
    at_risk: Floats
    events: Floats
    greenwood: Floats
    confidence: float
    weight: float
    followed_from: float
    emptied_at: float | None

    @property
    def variance(self) -> Floats:
        """Greenwood's variance of the survival at each time; NaN once the curve is 0."""
        return np.where(self.survival > 0, self.survival**2, np.nan) * self.greenwood

    def quantile(self, ended: float) -> Crossing:
        """The first time by which this share has ended, by the inverted log-log band.

        Source: Brookmeyer & Crowley (1982), Biometrics 38:29-41, with the log-log band.

        Raises:
            NotAShare: the share is not between 0 and 1.
        """
        level = checked_share("ended", ended)
        value, low, high = (
            first_at_least(self.times, 1 - curve, level)
            for curve in (self.survival, self.low, self.high)
        )
        return Crossing(value, low, high)

    def at(self, times: ArrayLike) -> Floats:
        """The survival at any times; NaN past the last one followed, unless all had ended."""
        wanted = np.asarray(times, dtype=np.float64)
        steps = np.concatenate(([1.0], self.survival))[
            np.searchsorted(self.times, wanted, side="right")
        ]
        return np.where((wanted > self.times[-1]) & (steps > 0), np.nan, steps)

    def restricted_mean(self, horizon: float, *, since: float = 0.0) -> RestrictedMean:
        """The area under the curve from `since` to `horizon`, over the curve at `since`.

        With `since` it is what is left, up to the horizon, for those that got as far as `since`.
        The variance sums (area beyond t / survival at since)^2 x d / n(n - d) over ends t between;
        with delayed entry n counts those at risk, as everywhere.

        Source: Klein & Moeschberger (2003), section 4.5; Irwin (1949), J. Hygiene 47:188-189.
        """
        reached = float(self.at(since))
        followed = math.isfinite(float(self.at(horizon))) and reached > 0 and horizon > since
        if not followed:
            nothing = math.nan
            return RestrictedMean(nothing, nothing, nothing, nothing, since, horizon)
        area, beyond = self._areas(since, horizon)
        mean = area / reached
        # An end after which no area is left moves the mean no more.
        inside = (self.times > since) & (self.times < horizon) & (beyond > 0)
        n, d, left = self.at_risk[inside], self.events[inside], beyond[inside] / reached
        variance = float(np.sum(left**2 * d / (n * (n - d))))
        spread = normal(self.confidence) * math.sqrt(variance) if variance > 0 else math.nan
        low, high = max(mean - spread, 0.0), min(mean + spread, horizon - since)
        return RestrictedMean(mean, low, high, variance, since, horizon)

    def _areas(self, since: float, horizon: float) -> tuple[float, Floats]:
        """The area from `since` to the horizon, and that from each time to the horizon."""
        starts = np.clip(self.times, since, horizon)
        widths = np.diff(starts, append=horizon)
        beyond = np.cumsum((self.survival * widths)[::-1])[::-1]
        before = float(starts[0] - since) if len(starts) else horizon - since
        return before + float(beyond[0]), beyond

    def __repr__(self) -> str:
        return (
            f"<SurvivalCurve: {self.weight:g} followed to {self.times[-1]:g}, "
            f"{self.events.sum():g} ended, median {self.quantile(0.5)}>"
        )


def kaplan_meier(
    durations: ArrayLike,
    observed: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> SurvivalCurve:
    """The share of accounts that has not ended, by time since each one's time zero.

    `durations` (n, any unit, at least 0) say until when each was followed, `observed` (n, bool or
    0/1) whether it ended then or was still there (censored). `entry` (n) says since when it was
    followed: at risk on (entry, duration]. Without it all are at risk from time 0 on, an end at
    time 0 included. `weights` (n, at least 0) are numbers of equal accounts; weights that are not
    whole give the weighted curve, but `low`, `high` and variances then read them as numbers of
    accounts.

    An account censored at the time of an end is at risk for it.

    Source: Kaplan & Meier (1958), JASA 53:457-481; Greenwood (1926) for the variance; the
    left-truncated risk set as in Klein & Moeschberger (2003), section 4.6.

    Raises:
        UnusableTimes: the arrays differ in length, hold NaN or negative values, or an account
            enters when it has ended; subclasses say which and where.
    """
    checked_share("confidence", confidence)
    sets = risk_sets(durations, observed, entry, weights, name="observed", highest=1)
    return curve_of(sets, confidence)


def curve_of(sets: RiskSets, confidence: float) -> SurvivalCurve:
    """The curve of risk sets with one cause."""
    (events,), at_risk = sets.events, sets.at_risk
    left = at_risk - events
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(left / at_risk, dtype=np.float64)
        greenwood = np.cumsum(events / (at_risk * left))
        log_survival = np.log(survival)
        low, high = band(log_survival, np.sqrt(greenwood) / -log_survival, confidence)
    whole, gone = survival == 1, survival <= 0
    low[whole] = high[whole] = 1.0
    low[gone], high[gone] = 0.0, np.nan
    return SurvivalCurve(
        sets.times,
        survival,
        low,
        high,
        at_risk,
        events,
        greenwood,
        confidence,
        sets.weight,
        sets.followed_from,
        sets.emptied_at,
    )
