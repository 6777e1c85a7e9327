"""What is read off the curve of waits: half reached, reached within, as promised, how spread."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lichen.inference.intervals import wilson
from lichen.inference.survival import IncidenceCurve, aalen_johansen
from lichen.revenue.counting import Counts
from lichen.revenue.publish import Estimate
from lichen.vocabulary.definitions import Scorecard
from lichen.vocabulary.figure import Verdict

REACHED = 1


@dataclass(frozen=True, eq=False)
class Waits:
    """Waits of one group as counts by `days` and `cause`, with the rules of the scorecard."""

    counts: Counts
    rules: Scorecard

    @cached_property
    def n(self) -> int:
        """How many accounts waited."""
        return int(self.counts["n"].sum())

    def reached(self, days: float = math.inf) -> int:
        """How many were seen to get there, in so many days."""
        there = (self.counts["cause"] == REACHED) & (self.counts["days"] <= days)
        return int(self.counts["n"][there].sum())

    @property
    def enough(self) -> bool:
        """Whether there are as many as a figure needs."""
        return self.n >= self.rules.minimum_count

    @cached_property
    def earliest(self) -> int:
        """The smallest number of days, from which the curve counts."""
        return int(self.counts["days"].min())

    @cached_property
    def curve(self) -> IncidenceCurve:
        """The share that got there, by days since `earliest`."""
        found = aalen_johansen(
            self.counts["days"] - self.earliest, self.counts["cause"], weights=self.counts["n"]
        )
        return found.with_confidence(self.rules.confidence)[REACHED]

    def estimate(self, verdict: Verdict, over: int, *read: float) -> Estimate:
        """An estimate of these waits; `read` are value, low and high."""
        return Estimate(verdict, over, self.n, *read)


def until_half(waits: Waits) -> Estimate:
    """The day by which half of all had got there."""
    return _half(waits)


def promise_slip(waits: Waits) -> Estimate:
    """The day after the promise by which half of all had got there; negative before it.

    An account waits from its start on and is at risk at every day before it too, on which nothing
    can happen to it: so waits of different lengths are one sample.
    """
    return _half(waits)


def _half(waits: Waits) -> Estimate:
    reached = waits.reached()
    if not waits.enough:
        return waits.estimate(Verdict.NOT_ENOUGH_DATA, reached)
    crossing = waits.curve.quantile(0.5)
    verdict = Verdict.MEASURED if crossing.reached else Verdict.NOT_REACHED
    days = (day + waits.earliest for day in (crossing.value, crossing.low, crossing.high))
    return waits.estimate(verdict, reached, *days)


def within(waits: Waits, days: int) -> Estimate:
    """The share of all that got there in so many days.

    Where none or all got there the band is not known, and Wilson's interval on those still
    followed at that day stands in for it.
    """
    reached = waits.reached(days)
    if not waits.enough:
        return waits.estimate(Verdict.NOT_ENOUGH_DATA, reached)
    at = days - waits.earliest
    share = float(waits.curve.at(at))
    if math.isnan(share):
        return waits.estimate(Verdict.NOT_FOLLOWED, reached)
    low, high = (float(end) for end in waits.curve.interval_at(at))
    if math.isnan(low) or math.isnan(high):
        low, high = _on_followed(waits, share, days)
    return waits.estimate(Verdict.MEASURED, reached, share, low, high)


def _on_followed(waits: Waits, share: float, days: int) -> tuple[float, float]:
    counts = waits.counts
    told = (counts["days"] >= days) | (counts["cause"] > 0)
    low, high = wilson(round(share), float(counts["n"][told].sum()), waits.rules.confidence)
    return float(low), float(high)


def promise_kept(waits: Waits) -> Estimate:
    """The share of promises that fell due and were kept on the day or before."""
    kept = waits.reached(0)
    if not waits.enough:
        return waits.estimate(Verdict.NOT_ENOUGH_DATA, kept)
    low, high = wilson(kept / waits.n, waits.n, waits.rules.confidence)
    return waits.estimate(Verdict.MEASURED, kept, kept / waits.n, float(low), float(high))


def spread(waits: Waits) -> Estimate:
    """Days between a quarter and three quarters of all having got there."""
    reached = waits.reached()
    if not waits.enough:
        return waits.estimate(Verdict.NOT_ENOUGH_DATA, reached)
    first, last = (waits.curve.quantile(share).value for share in (0.25, 0.75))
    if not np.isfinite(last):
        return waits.estimate(Verdict.NOT_REACHED, reached)
    return waits.estimate(Verdict.MEASURED, reached, last - first)
