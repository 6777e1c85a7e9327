"""Intervals against statsmodels, and against arithmetic on paper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit
from statsmodels.stats.proportion import proportion_confint

from lichen.inference.intervals import (
    effective_movers,
    kish_effective_number,
    ratio_of_moved_sums,
    ratio_of_rare_sums,
    ratio_of_sums,
    reaches_effective_number,
    wilson,
)


@pytest.mark.parametrize(("hits", "n"), [(0, 20), (1, 20), (8, 10), (20, 20), (431, 997)])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_wilson_equals_statsmodels(hits: int, n: int, confidence: float) -> None:
    expected = proportion_confint(hits, n, alpha=1 - confidence, method="wilson")
    assert wilson(hits / n, n, confidence) == pytest.approx(expected, abs=1e-12)


@given(n=st.floats(0.5, 1e6), share=st.floats(0, 1))
def test_wilson_holds_its_share_and_stays_between_0_and_1(n: float, share: float) -> None:
    low, high = wilson(share, n)
    assert -1e-12 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1 + 1e-12


def test_wilson_of_nothing_is_not_a_number() -> None:
    assert np.isnan(wilson(0.5, 0)).all()


def test_equal_amounts_count_in_full_and_one_giant_counts_as_one() -> None:
    # (5 * 10)^2 / (5 * 100) = 5
    assert kish_effective_number(50, 500) == 5
    # (1000 + 1 + 1)^2 / (1,000,000 + 2) = 1,004,004 / 1,000,002
    assert kish_effective_number(1002, 1_000_002) == pytest.approx(1.004002, abs=1e-6)
    assert kish_effective_number(0, 0) == 0


@pytest.mark.parametrize("amount", [1, 100_000, 199_735_139])
def test_thirty_equal_amounts_are_thirty_whatever_the_amount(amount: int) -> None:
    # In float64 the last amount gives 29.999999999999996.
    assert reaches_effective_number([30 * amount], [30 * amount**2], 30).all()
    assert not reaches_effective_number([29 * amount], [29 * amount**2], 30).any()
    assert not reaches_effective_number([0], [0], 1).any()


def test_growth_that_is_the_same_for_all_has_no_spread() -> None:
    # Ten accounts of 199,735,139 grow by a seventh: y = 8 x / 7, so every residual is nothing.
    x, y = 199_735_139 * 7, 199_735_139 * 8
    sums = [np.array([10 * value], dtype=object) for value in (x, y, x * x, x * y, y * y)]
    low, high = ratio_of_sums(10, *sums)
    assert low == high == 8 / 7


def test_an_account_over_a_fifth_of_the_base_leaves_fewer_than_25_effective_accounts() -> None:
    others = np.full(1_000_000, 1.0)
    giant = 0.2000001 / 0.8 * others.sum()
    amounts = np.append(others, giant)
    assert amounts.max() / amounts.sum() > 0.2
    assert kish_effective_number(amounts.sum(), (amounts**2).sum()) < 25


def test_the_linearised_interval_equals_paper() -> None:
    # x = 100, 200, 300; y = 110, 180, 330: R = 620/600 = 31/30.
    # residuals y - R x: 20/3, -80/3, 20; squares 400/9 + 6400/9 + 400 = 10400/9.
    # error = sqrt(3/2 * 10400/9) / 600 = 41.63332 / 600 = 0.06938887.
    # n_eff = 600^2 / 140000 = 2.571429; t with 1.571429 degrees of freedom.
    low, high = ratio_of_sums(3, 600, 620, 140_000, 146_000, 153_400)
    half = stdtrit(600**2 / 140_000 - 1, 0.975) * np.sqrt(1.5 * 10_400 / 9) / 600
    assert (low, high) == pytest.approx((31 / 30 - half, 31 / 30 + half), abs=1e-12)


@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**9)), min_size=3, max_size=30))
def test_the_linearised_interval_equals_the_residuals_one_by_one(
    pairs: list[tuple[int, int]],
) -> None:
    x, y = (np.array([pair[k] for pair in pairs], dtype=np.float64) for k in (0, 1))
    ratio = y.sum() / x.sum()
    squares = ((y - ratio * x) ** 2).sum()
    error = np.sqrt(len(x) / (len(x) - 1) * squares) / x.sum()
    low, high = ratio_of_sums(len(x), x.sum(), y.sum(), (x * x).sum(), (x * y).sum(), (y * y).sum())
    freedom = x.sum() ** 2 / (x * x).sum() - 1
    # Close to one effective account the quantile of t has no finite meaning to compare.
    if freedom > 0.5:
        half = stdtrit(freedom, 0.975) * error
        assert (high - low) / 2 == pytest.approx(half, rel=1e-4, abs=1e-6 * max(ratio, 1))


def test_movements_count_by_how_much_moved() -> None:
    # x = 100, 100, 100, 100; y = 120, 80, 100, 100: two movements of 20.
    # sum |y - x| = 40 = 400 + 400 - 2 * 380; sum (y - x)^2 = 800; 40^2 / 800 = 2.
    assert effective_movers(400, 400, 380, 40_000, 40_000, 40_800) == 2
    assert effective_movers(400, 400, 400, 40_000, 40_000, 40_000) == 0


def test_where_nothing_moved_or_nobody_has_any_there_is_no_interval() -> None:
    unmoved = ratio_of_moved_sums(400, 400, 40_000, 40_000, 40_000, 0)
    nobody = ratio_of_rare_sums(400, 0, 40_000, 0, 0)
    one_alone = ratio_of_rare_sums(400, 20, 40_000, 2_000, 400)
    assert np.isnan([unmoved, nobody, one_alone]).all()


@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**9)), min_size=3, max_size=30))
def test_an_interval_on_the_log_scale_holds_its_ratio_and_stays_above_zero(
    pairs: list[tuple[int, int]],
) -> None:
    x, y, kept = (sum(part) for part in zip(*((a, b, min(a, b)) for a, b in pairs), strict=True))
    xx, xy, yy = (
        sum(part) for part in zip(*((a * a, a * b, b * b) for a, b in pairs), strict=True)
    )
    movers = effective_movers(x, y, kept, xx, xy, yy)
    moved = ratio_of_moved_sums(x, y, xx, xy, yy, movers)
    rare = ratio_of_rare_sums(x, y, xx, xy, yy)
    for low, high in (moved, rare):
        assert np.isnan(low) == np.isnan(high)
        if not np.isnan(low):
            assert 0 <= low <= y / x * (1 + 1e-12) and high >= y / x * (1 - 1e-12)


@pytest.mark.parametrize("sigma", [1.0, 1.5])
@pytest.mark.parametrize("accounts", [100, 300, 1000])
def test_seats_that_few_accounts_change_are_covered_wherever_they_are_published(
    sigma: float, accounts: int
) -> None:
    """One account in seven changes its seats: 60% by half more, 40% by 30% less."""
    draws = np.random.default_rng(20261124)
    size = (1500, accounts)
    x = np.rint(20 * np.exp(sigma * draws.normal(size=size))) + 1
    changed, grew = draws.random(size) < 1 / 7, draws.random(size) < 0.6
    y = x * np.where(changed, np.where(grew, 1.5, 0.7), 1.0)
    truth = 1 + (0.6 * 0.5 - 0.4 * 0.3) / 7
    sums = [each.sum(axis=1) for each in (x, y, np.minimum(x, y), x * x, x * y, y * y)]
    published = sums[0] ** 2 / sums[3] >= 30
    low, high = ratio_of_moved_sums(sums[0], sums[1], *sums[3:], effective_movers(*sums))
    held = ((low <= truth) & (truth <= high))[published]
    noise = 3 * np.sqrt(0.92 * 0.08 / held.size)
    assert held.mean() >= 0.92 - noise
