"""The difference of two arms drawn by lot: against another library, by hand, by repetition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lichen.inference import experiment
from lichen.inference.experiment import ArmsOfOtherLength, difference, interval, p_value


def test_without_clusters_it_is_welchs_test() -> None:
    rng = np.random.default_rng(11)
    y, offered = rng.normal(size=90) ** 2, np.arange(90) < 35
    found = difference(y, offered)
    other = stats.ttest_ind(y[offered], y[~offered], equal_var=False)
    assert found.value == pytest.approx(y[offered].mean() - y[~offered].mean(), abs=1e-12)
    assert p_value(found) == pytest.approx(other.pvalue, rel=1e-9)
    for confidence in (0.95, 0.99):
        low, high = other.confidence_interval(confidence)
        assert interval(found, confidence) == pytest.approx((low, high), rel=1e-9)
    assert (found.low, found.high) == pytest.approx(tuple(other.confidence_interval(0.95)))


def test_accounts_of_one_partner_share_its_luck() -> None:
    # Offered: partner A with 4 and 2, partner B with 6. Mean 4; residuals A -2, B +2.
    # Variance (4 + 4) / 9 x 2 = 16 / 9. Held out: C with 1, D with 3; (1 + 1) / 4 x 2 = 1.
    found = difference([4, 2, 6, 1, 3], [True, True, True, False, False], ["A", "A", "B", "C", "D"])
    assert found.value == pytest.approx(2.0)
    assert found.se == pytest.approx(math.sqrt(16 / 9 + 1))
    assert found.diagnostics["df"] == pytest.approx((25 / 9) ** 2 / ((16 / 9) ** 2 + 1))


def test_one_partner_in_an_arm_has_no_error() -> None:
    found = difference([1.0, 2.0, 5.0], [True, True, False], [7, 7, 8])
    assert found.value == pytest.approx(-3.5)
    assert math.isnan(found.se)
    assert math.isnan(p_value(found))


@pytest.mark.parametrize("arm", [True, False])
def test_an_empty_arm_has_no_difference(arm: bool) -> None:
    assert math.isnan(difference([1.0, 2.0], [arm, arm]).value)


def test_arms_that_never_differ_have_an_error_of_nothing_and_no_p_value() -> None:
    found = difference([1.0, 1.0, 1.0, 1.0], [True, True, False, False])
    assert (found.value, found.se) == (0.0, 0.0)
    assert math.isnan(p_value(found))


def test_arrays_of_other_lengths_are_refused() -> None:
    with pytest.raises(ArmsOfOtherLength, match="3 outcomes, 2 arms and 3 clusters"):
        difference([1.0, 2.0, 3.0], [True, False])


@given(st.permutations(range(8)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    y = np.array([1.3, 1.1, 1.0, 1.2, 0.9, 1.0, 0.75, 0.0])
    offered, drawn = np.arange(8) < 5, np.array([1, 1, 2, 2, 3, 4, 4, 5])
    first, again = difference(y, offered, drawn), difference(y[order], offered[order], drawn[order])
    assert again.value == pytest.approx(first.value, abs=1e-12)
    assert again.se == pytest.approx(first.se, abs=1e-12)


def test_intervals_of_drawn_partners_hold_the_truth_and_those_of_single_accounts_do_not() -> None:
    rng = np.random.default_rng(2026)
    tries, truth, held, alone = 1_500, 0.3, 0, 0
    for _ in range(tries):
        sizes = rng.integers(3, 21, 30)
        partner = np.repeat(np.arange(30), sizes)
        offered = partner < 15
        luck = rng.normal(0, 0.7, 30)[partner]
        y = truth * offered + luck + rng.normal(0, 1, len(partner))
        clustered, single = difference(y, offered, partner), difference(y, offered)
        held += clustered.low <= truth <= clustered.high
        alone += single.low <= truth <= single.high
    # Three Monte Carlo errors are 1.7 points; clusters of uneven size cost a point besides.
    assert 0.925 < held / tries < 0.967
    assert alone / tries < 0.8


def test_the_method_is_named() -> None:
    assert difference([1.0, 2.0, 3.0], [True, False, False]).method == experiment.METHOD
