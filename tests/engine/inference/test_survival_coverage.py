"""How often intervals read off curves hold the truth, with churn competing and accounts open."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr

from lichen.inference.survival import aalen_johansen

Floats = NDArray[np.float64]

TYPICAL_DAYS, MEAN_LIFE, DRAWS = 120, 1200, 1000
WITHIN = 180


def _truth(sigma: float) -> Floats:
    """The share that has reached value by each day, summed day by day over both distributions."""
    days = np.arange(6000, dtype=np.float64)
    with np.errstate(divide="ignore"):
        by_day = ndtr(np.log(days / TYPICAL_DAYS) / sigma)
    reached = ndtr(np.log((days + 1) / TYPICAL_DAYS) / sigma) - by_day
    # Lost on the day of value is not lost before it.
    not_lost = np.exp(-days / MEAN_LIFE)
    return np.cumsum(reached * not_lost)


def _drawn(draw: np.random.Generator, n: int, sigma: float) -> tuple[Floats, NDArray[np.int64]]:
    """Days and causes of accounts that started 60 to 730 days ago."""
    value = np.floor(TYPICAL_DAYS * np.exp(sigma * draw.standard_normal(n)))
    lost = np.floor(draw.exponential(MEAN_LIFE, n))
    followed = np.floor(draw.uniform(60, 730, n))
    cause = np.where((value <= lost) & (value <= followed), 1, np.where(lost <= followed, 2, 0))
    return np.minimum(np.minimum(value, lost), followed), cause


@pytest.mark.parametrize("sigma", [1.0, 1.5])
@pytest.mark.parametrize("n", [30, 100, 300, 1000, 3000])
def test_intervals_of_medians_and_shares_hold_the_truth_in_92_of_100(sigma: float, n: int) -> None:
    truth = _truth(sigma)
    median = int(np.flatnonzero(truth >= 0.5)[0])
    draw = np.random.default_rng(20_260_000 + n)
    held = {"median": 0, "share": 0}
    for _ in range(DRAWS):
        curve = aalen_johansen(*_drawn(draw, n, sigma))[1]
        low, high = curve.median_interval
        held["median"] += low <= median <= high
        bottom, top = curve.interval_at(WITHIN)
        held["share"] += bool(bottom <= truth[WITHIN] <= top)
    assert {name: count / DRAWS for name, count in held.items() if count < 0.92 * DRAWS} == {}
