"""The spread between groups against a published analysis, another library and what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from lichen.inference.spread import between_groups

# Thirteen trials of the BCG vaccine (Colditz and others 1994): cases and others among the
# vaccinated, cases and others among the rest.
TRIALS = [
    (4, 119, 11, 128),
    (6, 300, 29, 274),
    (3, 228, 11, 209),
    (62, 13536, 248, 12619),
    (33, 5036, 47, 5761),
    (180, 1361, 372, 1079),
    (8, 2537, 10, 619),
    (505, 87886, 499, 87892),
    (29, 7470, 45, 7232),
    (17, 1699, 65, 1600),
    (186, 50448, 141, 27197),
    (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]


def _log_risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = np.array(TRIALS, dtype=float).T
    ratio = np.log(a / (a + b)) - np.log(c / (c + d))
    return ratio, np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_the_bcg_trials_spread_as_published() -> None:
    """Viechtbauer (2010), J. Stat. Software 36(3): Q(12) = 152.23, and the Q profile of tau^2 runs
    from 0.1197 to 1.1115; his metafor gives tau^2 = 0.3088 for the method "DL"."""
    found = between_groups(*_log_risk_ratios())
    assert found.groups == 13
    assert found.q == pytest.approx(152.23, abs=5e-3)
    assert found.sd**2 == pytest.approx(0.3088, abs=5e-5)
    assert (found.low**2, found.high**2) == pytest.approx((0.1197, 1.1115), abs=5e-5)
    assert found.p < 1e-4


def test_statsmodels_finds_the_same_spread_and_mean() -> None:
    estimates, errors = _log_risk_ratios()
    theirs = combine_effects(estimates, errors**2, method_re="dl")
    ours = between_groups(estimates, errors)
    assert ours.sd**2 == pytest.approx(theirs.tau2, rel=1e-12)
    assert ours.q == pytest.approx(theirs.q, rel=1e-12)
    assert ours.mean == pytest.approx(theirs.mean_effect_re, rel=1e-12)
    assert ours.p == pytest.approx(theirs.test_homogeneity().pvalue, rel=1e-9)


def test_groups_that_differ_less_than_chance_have_no_spread() -> None:
    """Three groups within one standard error of each other: Q = 0.5, below its 2 degrees."""
    found = between_groups([0.85, 0.90, 0.95], [0.1, 0.1, 0.1])
    assert found.q == pytest.approx(0.5)
    assert found.sd == found.low == 0
    assert found.mean == pytest.approx(0.90)


def test_two_groups_by_hand() -> None:
    """Estimates 0 and 10, errors 1: mean 5, Q = 50, tau^2 = (50 - 1) / (2 - 2 / 2) = 49."""
    found = between_groups([0, 10], [1, 1])
    assert (found.q, found.sd, found.mean) == pytest.approx((50, 7, 5))


@given(
    groups=st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 10)), min_size=2, max_size=12),
    shift=st.floats(-50, 50),
    scale=st.floats(0.5, 4),
)
def test_the_spread_ignores_where_zero_is_and_follows_the_unit(
    groups: list[tuple[float, float]], shift: float, scale: float
) -> None:
    estimates, errors = np.array(groups).T
    found = between_groups(estimates, errors)
    other = between_groups(scale * (estimates + shift), scale * errors)
    assert 0 <= found.low <= found.high
    assert other.sd**2 == pytest.approx(scale**2 * found.sd**2, rel=1e-6, abs=1e-6)
    assert other.high == pytest.approx(scale * found.high, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("estimates", "errors"), [([1.0], [1.0]), ([1.0, 2.0], [1.0, 0.0]), ([1.0, 2.0], [1.0])]
)
def test_what_cannot_be_compared_is_refused(estimates: list[float], errors: list[float]) -> None:
    with pytest.raises(ValueError, match="error"):
        between_groups(estimates, errors)
