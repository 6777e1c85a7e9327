"""When a curve crosses a level, with the interval that its band gives."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from lichen.inference.survival.errors import NotAShare

Floats = NDArray[np.float64]

TIE = 1e-12
"""A curve this close to the level is on it: products of shares end an ulp beside one half."""


@dataclass(frozen=True)
class Crossing:
    """The time at which a curve reaches a level; infinite where it was not reached."""

    value: float
    low: float
    high: float

    @property
    def reached(self) -> bool:
        """Whether the curve itself got there."""
        return math.isfinite(self.value)

    def __str__(self) -> str:
        if not self.reached:
            return f"not reached ({_shown(self.low)} to {_shown(self.high)})"
        return f"{_shown(self.value)} ({_shown(self.low)} to {_shown(self.high)})"


class Medians(ABC):
    """A curve that can be asked when it crosses a level."""

    @abstractmethod
    def quantile(self, share: float, /) -> Crossing:
        """The first time by which this share has ended."""

    @property
    def median(self) -> float:
        """The first time by which half have ended, of all that were followed; else infinite."""
        return self.quantile(0.5).value

    @property
    def median_interval(self) -> tuple[float, float]:
        """Where the band crosses one half; infinite where it does not."""
        crossing = self.quantile(0.5)
        return crossing.low, crossing.high


def first_at_least(times: Floats, curve: Floats, level: float) -> float:
    """The first time at which the curve is at the level or above it; infinite if it never is."""
    there = np.flatnonzero(curve >= level - TIE)
    return float(times[there[0]]) if len(there) else math.inf


def band(log_curve: Floats, error: Floats, confidence: float) -> tuple[Floats, Floats]:
    """The log-log band: `log_curve` is log of a share, `error` the standard error of log(-log).

    Stays inside 0 and 1. The lower bound comes first; NaN where there is no error.

    Source: Kalbfleisch & Prentice (2002), section 1.4.
    """
    with np.errstate(over="ignore"):
        wider = np.exp(normal(confidence) * error)
    return np.exp(log_curve * wider), np.exp(log_curve / wider)


def normal(confidence: float) -> float:
    """The standard normal quantile that leaves half of what is outside on each side."""
    return float(ndtri(0.5 + checked_share("confidence", confidence) / 2))


def checked_share(name: str, value: float) -> float:
    """The value, if it lies between 0 and 1.

    Raises:
        NotAShare: it does not.
    """
    if not 0 < value < 1:
        raise NotAShare(name, value)
    return value


def _shown(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else "not reached"
