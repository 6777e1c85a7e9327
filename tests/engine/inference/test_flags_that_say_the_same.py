"""Two signs of one thing, a few rows apart, are no reason to call the arms separated."""

from __future__ import annotations

import numpy as np

from lichen.inference import propensity


def test_a_missing_flag_that_few_rows_tell_from_an_earlier_yes_or_no_is_dropped() -> None:
    rng = np.random.default_rng(7)
    exposed = np.arange(600) < 200
    is_new = (rng.random(600) < 0.3).astype(float)
    trend = np.where(is_new > 0, np.nan, rng.normal(size=600))
    # Three old controls without a trend: beyond `is_new` the flag speaks of them alone.
    trend[np.flatnonzero(~exposed & (is_new == 0))[:3]] = np.nan
    made = propensity.design({"is_new": is_new, "trend": trend}, {}, {}, exposed)
    assert made.names == ("is_new", "trend")
    (change,) = made.changes
    assert change.name == "trend=missing"
    assert change.why == "beyond is_new fewer than 10 exposed or controls"
    assert not propensity.fit(made.x, exposed).separated


def test_a_missing_flag_that_says_something_of_its_own_is_kept() -> None:
    rng = np.random.default_rng(7)
    exposed = np.arange(600) < 200
    is_new = (rng.random(600) < 0.3).astype(float)
    trend = np.where(rng.random(600) < 0.3, np.nan, rng.normal(size=600))
    made = propensity.design({"is_new": is_new, "trend": trend}, {}, {}, exposed)
    assert made.names == ("is_new", "trend", "trend=missing")


def test_a_yes_or_no_that_no_exposed_has_drops_as_a_rare_level_would() -> None:
    rng = np.random.default_rng(7)
    exposed, size = np.arange(600) < 200, rng.normal(size=600)
    is_new = np.where(exposed, 0.0, rng.random(600) < 0.3)
    made = propensity.design({"size": size, "is_new": is_new}, {}, {}, exposed)
    assert made.names == ("size",)
    assert made.changes[0].why == "a yes or no with fewer than 10 exposed or controls on one side"
    assert not propensity.fit(made.x, exposed).separated
