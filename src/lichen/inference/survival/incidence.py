"""Aalen-Johansen: the share that has ended by each of several causes that exclude each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.inference.survival.crossing import (
    TIE,
    Crossing,
    Medians,
    band,
    checked_share,
    first_at_least,
)
from lichen.inference.survival.risk_sets import RiskSets, risk_sets

Floats = NDArray[np.float64]

CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False, repr=False)
class IncidenceCurve(Medians):
    """The share that has ended by one cause at each of `times`; arrays have one value a time (T).

    `low` and `high` are the pointwise log-log band at `confidence`: 0 and NaN while nobody has
    ended by the cause, NaN and 1 once everybody has. `last` is the share not ended by any cause in
    the end; while it is above 0, nothing is known past the last time.
    """

    cause: int
    times: Floats
    incidence: Floats
    variance: Floats
    low: Floats
    high: Floats
    at_risk: Floats
    events: Floats
    confidence: float
    last: float

    def quantile(self, share: float) -> Crossing:
        """The first time by which this share of all has ended by this cause; the band inverted.

        Raises:
            NotAShare: the share is not between 0 and 1.
        """
        level = checked_share("share", share)
        value, low, high = (
            first_at_least(self.times, curve, level)
            for curve in (self.incidence, self.high, self.low)
        )
        return Crossing(value, low, high)

    def at(self, times: ArrayLike) -> Floats:
        """The incidence at any times; NaN past the last one followed while some have not ended."""
        return self._at(self.incidence, times)

    def interval_at(self, times: ArrayLike) -> tuple[Floats, Floats]:
        """The band at any times; NaN where `at` is, and where the band is not known."""
        return self._at(self.low, times), self._at(self.high, times)

    def _at(self, values: Floats, times: ArrayLike) -> Floats:
        wanted = np.asarray(times, dtype=np.float64)
        places = np.searchsorted(self.times, wanted, side="right")
        steps = np.concatenate(([0.0], values))[places]
        unknown = (wanted > self.times[-1]) & (self.last > 0)
        return np.where(unknown, np.nan, steps)

    def __repr__(self) -> str:
        return (
            f"<IncidenceCurve of cause {self.cause}: {self.events.sum():g} ended by it, "
            f"{self.incidence[-1]:.1%} by {self.times[-1]:g}, median {self.quantile(0.5)}>"
        )


@dataclass(frozen=True, eq=False, repr=False)
class CumulativeIncidence(Mapping[int, IncidenceCurve]):
    """The curve of each cause by its number; with `survival` they sum to 1 at each of `times`.

    `followed_from` and `emptied_at` are as in `SurvivalCurve`.
    """

    times: Floats
    survival: Floats
    at_risk: Floats
    curves: tuple[IncidenceCurve, ...]
    weight: float
    followed_from: float
    emptied_at: float | None

    def __getitem__(self, cause: int) -> IncidenceCurve:
        if not 1 <= cause <= len(self.curves):
            raise KeyError(cause)
        return self.curves[cause - 1]

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, len(self.curves) + 1))

    def __len__(self) -> int:
        return len(self.curves)

    def with_confidence(self, confidence: float) -> CumulativeIncidence:
        """The same curves with the band of another confidence.

        Raises:
            NotAShare: the confidence is not between 0 and 1.
        """
        return replace(self, curves=tuple(_banded(curve, confidence) for curve in self.curves))

    def __repr__(self) -> str:
        causes = ", ".join(f"{curve.incidence[-1]:.1%} by {curve.cause}" for curve in self.curves)
        return (
            f"<CumulativeIncidence: {self.weight:g} followed to {self.times[-1]:g}, "
            f"ended: {causes}>"
        )


def aalen_johansen(
    durations: ArrayLike,
    causes: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> CumulativeIncidence:
    """The share of all that has ended by each cause, by time since each one's time zero.

    `causes` (n) are whole numbers: 0 = still there (censored), 1, 2, ... = how it ended. An account
    that ended by another cause can no longer end by this one, so nobody is counted as if it were
    still waiting. Several ends at one time are taken as they are, without breaking ties.
    `durations`, `entry` and `weights` are as in `kaplan_meier`. Bands are 95%; see
    `CumulativeIncidence.with_confidence`.

    Source: Aalen & Johansen (1978), Scand. J. Statist. 5:141-150; variance by the delta method as
    in Marubini & Valsecchi (1995), section 10.2. With one cause it is Greenwood's, and without
    censoring that of a share.

    Raises:
        UnusableTimes: as in `kaplan_meier`, or a cause is no whole number from 0.
    """
    sets = risk_sets(durations, causes, entry, weights, name="causes")
    ended = sum(sets.events, start=np.zeros_like(sets.times))
    survival = np.cumprod((sets.at_risk - ended) / sets.at_risk, dtype=np.float64)
    before = np.concatenate(([1.0], survival[:-1]))
    curves = (
        _curve(cause, sets, events, ended, before, float(survival[-1]))
        for cause, events in enumerate(sets.events, start=1)
    )
    return CumulativeIncidence(
        sets.times,
        survival,
        sets.at_risk,
        tuple(_banded(curve, CONFIDENCE) for curve in curves),
        sets.weight,
        sets.followed_from,
        sets.emptied_at,
    )


def _curve(
    cause: int, sets: RiskSets, events: Floats, ended: Floats, before: Floats, last: float
) -> IncidenceCurve:
    """One cause without its band; `before` is the survival just before each time."""
    incidence = np.cumsum(before * events / sets.at_risk)
    variance = _variance(incidence, sets.at_risk, events, ended, before)
    none = np.full_like(incidence, np.nan)
    return IncidenceCurve(
        cause,
        sets.times,
        incidence,
        variance,
        none,
        none,
        sets.at_risk,
        events,
        CONFIDENCE,
        last,
    )


def _variance(
    incidence: Floats, n: Floats, events: Floats, ended: Floats, before: Floats
) -> Floats:
    """Sums over earlier times i of three terms in F(t) - F(i), each written out in powers of F(t).

    (F(t) - F(i))^2 d / n(n - d) + S(i-)^2 c (n - c) / n^3 - 2 (F(t) - F(i)) S(i-) c / n^2, with d
    ended of n at risk, c of them by this cause.
    """
    left = n - ended
    # Where all at risk end, F no longer moves, so that the first term is 0 and not 0 x infinity.
    spread = np.divide(ended, n * left, out=np.zeros_like(n), where=left > 0)
    pull = before * events / n**2
    first = (
        incidence**2 * np.cumsum(spread)
        - 2 * incidence * np.cumsum(spread * incidence)
        + np.cumsum(spread * incidence**2)
    )
    second = np.cumsum(before**2 * events * (n - events) / n**3)
    third = incidence * np.cumsum(pull) - np.cumsum(pull * incidence)
    variance: Floats = np.maximum(first + second - 2 * third, 0.0)
    return variance


def _banded(curve: IncidenceCurve, confidence: float) -> IncidenceCurve:
    share = curve.incidence
    with np.errstate(divide="ignore", invalid="ignore"):
        log_share = np.log(share)
        error = np.sqrt(curve.variance) / (share * -log_share)
        low, high = band(log_share, error, confidence)
    none, all_ = share <= 0, share >= 1 - TIE
    low[none], high[none] = 0.0, np.nan
    low[all_], high[all_] = np.nan, 1.0
    return replace(curve, low=low, high=high, confidence=confidence)
