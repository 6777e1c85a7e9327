"""How much of a difference something that nobody recorded could explain away."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from lichen.inference.estimate import CONFIDENCE, Estimate
from lichen.kernel.errors import LichenError

PER_SD = 0.91
"""A standardised difference of 1 is read as a log risk ratio of 0.91 (VanderWeele 2017)."""

ENOUGH = 30
"""A placebo of fewer exposed is not judged."""


class UnusableRatio(LichenError):
    """A ratio below 0, or an interval that does not hold its own estimate."""

    def __init__(self, ratio: float, low: float, high: float) -> None:
        self.ratio, self.low, self.high = ratio, low, high
        super().__init__(
            f"{ratio:g} ({low:g} to {high:g}) is no ratio with its interval.",
            "Pass risk ratios of at least 0, the estimate between its limits.",
        )


class UnusableSpread(LichenError):
    """A standard deviation that is not above 0, so that a difference has no standard."""

    def __init__(self, sd: float) -> None:
        self.sd = sd
        super().__init__(
            f"The standard deviation of the outcome is {sd!r}.",
            "Give no E-value for an outcome that does not vary.",
        )


@dataclass(frozen=True)
class EValue:
    """How strongly an unrecorded cause would have to be tied to both exposure and outcome.

    `value` is the risk ratio, above what was recorded, with which it would have to go with each to
    explain the estimate away; `limit` the same for the limit of the interval nearer to 1, and 1
    where the interval holds 1. `is_approximate` where the ratio stands for a difference of means.
    """

    value: float
    limit: float
    is_approximate: bool = False


@dataclass(frozen=True)
class ApproximateRatio:
    """A difference of means read as a risk ratio with its 95% interval."""

    ratio: float
    low: float
    high: float


@dataclass(frozen=True)
class PlaceboCheck:
    """Whether a comparison that can show no effect shows none; None where too few to judge."""

    passes: bool | None
    reason: str


def e_value(ratio: float, low: float, high: float, *, is_approximate: bool = False) -> EValue:
    """The E-value of a risk ratio and of its interval.

    With RR the ratio, or its inverse where that is above 1: RR + sqrt(RR (RR - 1)). A ratio of 0
    gives infinity; NaN where the ratio or a limit is NaN.

    Source: VanderWeele and Ding (2017), Annals of Internal Medicine 167:268-274.

    Raises:
        UnusableRatio: a value below 0, or low <= ratio <= high does not hold.
    """
    if any(math.isnan(number) for number in (ratio, low, high)):
        return EValue(math.nan, math.nan, is_approximate)
    if not 0 <= low <= ratio <= high:
        raise UnusableRatio(ratio, low, high)
    near = 1.0 if low <= 1 <= high else low if low > 1 else high
    return EValue(_strength(ratio), _strength(near), is_approximate)


def _strength(ratio: float) -> float:
    if ratio == 0:
        return math.inf
    away = max(ratio, 1 / ratio)
    return away + math.sqrt(away * (away - 1))


def approximate_ratio(difference: float, sd: float, se: float) -> ApproximateRatio:
    """A difference of means (with standard error `se`) as a risk ratio: exp(0.91 difference / sd).

    `sd` is the standard deviation of the outcome, all in its unit. It takes the outcome for roughly
    normal with equal spread in both arms; say *approximate* wherever it is shown.

    Source: VanderWeele and Ding (2017), table 2; Chinn (2000), Statistics in Medicine 19:3127-3131.

    Raises:
        UnusableSpread: `sd` is not above 0.
    """
    if not sd > 0:
        raise UnusableSpread(sd)
    half = float(ndtri(0.5 + CONFIDENCE / 2)) * se
    ends = np.array([difference, difference - half, difference + half])
    with np.errstate(over="ignore"):
        ratio, low, high = np.exp(PER_SD * ends / sd).tolist()
    return ApproximateRatio(ratio, low, high)


def placebo_check(estimate: Estimate, minimum: int = ENOUGH) -> PlaceboCheck:
    """Whether a comparison at a time when there can be no effect yet passes.

    It fails when its 95% interval excludes 0, and passes when the interval holds 0, its ends
    included. It is not judged (None) with fewer than `minimum` exposed (`estimate.n`), or without
    an interval. A wide interval passes: passing says that nothing was found, not that nothing is.
    """
    if estimate.n < minimum:
        return PlaceboCheck(None, f"{estimate.n} exposed, fewer than {minimum}: not judged")
    if not (math.isfinite(estimate.low) and math.isfinite(estimate.high) and estimate.se > 0):
        return PlaceboCheck(None, "no interval: not judged")
    if estimate.low > 0 or estimate.high < 0:
        return PlaceboCheck(False, "its 95% interval excludes 0, when there can be no effect yet")
    return PlaceboCheck(True, "its 95% interval holds 0")
