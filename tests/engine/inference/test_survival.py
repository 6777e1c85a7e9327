"""Survival curves against lifelines, and against arithmetic on paper."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from lifelines.utils import median_survival_times, restricted_mean_survival_time
from numpy.typing import NDArray

from lichen.inference.survival import aalen_johansen, kaplan_meier, logrank

Floats = NDArray[np.float64]

KINDS = ("whole days", "fractions", "whole and far apart")


def _followed(kind: str, n: int = 400, seed: int = 7) -> tuple[Floats, Any, Floats, Any]:
    """Durations, observed, entries and weights; a few hundred are met late."""
    rng = np.random.default_rng(seed)
    durations = rng.exponential(40, n) + 1
    if kind == "whole days":
        durations = np.ceil(durations)
    elif kind == "whole and far apart":
        durations = np.ceil(durations) * 1_000_003
    # A third are there from the start, so that the first risk sets are not small.
    entry = np.where(rng.random(n) < 0.3, 0.0, durations * rng.random(n) * 0.9)
    if kind != "fractions":
        entry = np.floor(entry)
    return durations, rng.random(n) < 0.7, entry, rng.integers(1, 6, n)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_kaplan_meier_equals_lifelines(kind: str, late: bool, confidence: float) -> None:
    durations, observed, entry, weights = _followed(kind)
    since = entry if late else None
    curve = kaplan_meier(durations, observed, entry=since, weights=weights, confidence=confidence)
    theirs = KaplanMeierFitter(alpha=1 - confidence)
    theirs.fit(durations, observed, entry=since, weights=weights)
    # lifelines also has a row for time 0 and for each entry.
    rows = theirs.survival_function_.loc[curve.times]
    assert curve.survival == pytest.approx(rows.iloc[:, 0].to_numpy(), abs=1e-9)
    band = theirs.confidence_interval_.loc[curve.times].to_numpy()
    inside = curve.survival > 1e-12
    assert inside.sum() > 50
    assert curve.low[inside] == pytest.approx(band[inside, 0], abs=1e-9)
    assert curve.high[inside] == pytest.approx(band[inside, 1], abs=1e-9)
    assert curve.median == theirs.median_survival_time_
    limits = median_survival_times(theirs.confidence_interval_).to_numpy()[0]
    assert sorted(limits) == sorted(curve.median_interval)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("late", [False, True])
def test_restricted_means_equal_lifelines(kind: str, late: bool) -> None:
    durations, observed, entry, weights = _followed(kind)
    since = entry if late else None
    curve = kaplan_meier(durations, observed, entry=since, weights=weights)
    theirs = KaplanMeierFitter().fit(durations, observed, entry=since, weights=weights)
    for horizon in np.quantile(durations, [0.1, 0.5, 0.9]):
        mean = restricted_mean_survival_time(theirs, t=horizon)
        assert curve.restricted_mean(horizon).value == pytest.approx(mean, rel=1e-9)


@pytest.mark.parametrize("late", [False, True])
def test_aalen_johansen_equals_lifelines_where_no_two_end_together(late: bool) -> None:
    durations, observed, entry, weights = _followed("fractions")
    causes = np.where(observed, 1 + (np.arange(len(durations)) % 3 == 0), 0)
    # Two ends of other causes together would make lifelines draw lots.
    assert len(np.unique(durations)) == len(durations)
    since = entry if late else None
    incidence = aalen_johansen(durations, causes, entry=since, weights=weights)
    for cause in (1, 2):
        curve = incidence[cause]
        theirs = AalenJohansenFitter(calculate_variance=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            theirs.fit(durations, causes, event_of_interest=cause, entry=since, weights=weights)
        rows = theirs.cumulative_density_.loc[curve.times].iloc[:, 0].to_numpy()
        assert curve.incidence == pytest.approx(rows, abs=1e-9)
        # The last variances of lifelines divide by 0 where all at risk end.
        known = np.isfinite(theirs.variance_.loc[curve.times].to_numpy()) & (curve.incidence > 0)
        assert known.sum() > 300
        variance = theirs.variance_.loc[curve.times].to_numpy()[known]
        assert curve.variance[known] == pytest.approx(variance, abs=1e-9)
        band = theirs.confidence_interval_.loc[curve.times].to_numpy()[known]
        assert curve.low[known] == pytest.approx(band.min(axis=1), abs=1e-9)
        assert curve.high[known] == pytest.approx(band.max(axis=1), abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("groups", [2, 3, 5])
def test_the_log_rank_test_equals_lifelines(kind: str, groups: int) -> None:
    durations, observed, _, _ = _followed(kind)
    group = np.arange(len(durations)) ** 2 % groups
    ours = logrank(durations, observed, group)
    theirs = multivariate_logrank_test(durations, group, observed)
    assert ours.statistic == pytest.approx(theirs.test_statistic, rel=1e-9)
    assert ours.p_value == pytest.approx(theirs.p_value, rel=1e-9)
    assert ours.degrees == len(ours.groups) - 1
    assert ours.observed.sum() == pytest.approx(ours.expected.sum(), rel=1e-12)


def test_the_log_rank_test_equals_paper() -> None:
    # Month 2: 1 of 6 ends, 3 of them in a: expected 1/2, variance 1 * 5/5 * 1/2 * 1/2 = 1/4.
    # Month 5: 2 of 4 end, 1 in a: expected 1/2, variance 2 * 2/3 * 1/4 * 3/4 = 1/4.
    # Month 8: none left in a. (2 - 1)^2 / (1/2) = 2.
    found = logrank([2, 3, 5, 5, 8, 8], [1, 0, 1, 1, 0, 1], list("aaabbb"))
    assert found.groups == ("a", "b")
    assert found.observed.tolist() == [2, 2]
    assert found.expected == pytest.approx([1, 3], abs=1e-12)
    assert found.statistic == pytest.approx(2, abs=1e-12)
    # Of chi-square on 1: P(|z| > sqrt 2) = erfc(1).
    assert found.p_value == pytest.approx(math.erfc(1), abs=1e-12)
    assert repr(found) == "<LogRank of 2 groups: chi-square 2.0000 on 1, p = 0.1573>"


def test_the_log_rank_test_has_nothing_to_say_of_one_group_or_without_ends() -> None:
    for ended, groups in (([1, 1], "aa"), ([0, 0], "ab"), ([0, 1], "ab")):
        # In the last case b ends when a is gone already, so nothing is compared.
        found = logrank([1, 2], ended, list(groups))
        assert math.isnan(found.p_value) and found.statistic == 0


def test_one_that_ends_at_its_start_was_at_risk_then_unless_entries_are_given() -> None:
    assert kaplan_meier([0, 4], [True, False]).survival.tolist() == [0.5, 0.5]
    assert kaplan_meier([0, 4], [True, False]).at([0, 3.9, 4, 4.1]).tolist()[:3] == [0.5] * 3


def test_one_that_is_censored_when_another_ends_is_at_risk_for_it() -> None:
    assert kaplan_meier([3, 3], [True, False]).survival.tolist() == [0.5]


def test_who_enters_when_another_ends_was_not_at_risk_for_it() -> None:
    curve = kaplan_meier([3, 5, 9], [True, True, False], entry=[0, 0, 3])
    # Month 3: accounts 1 and 2; month 5: accounts 2 and 3.
    assert curve.at_risk.tolist() == [2, 2, 1]
    assert curve.survival.tolist() == [0.5, 0.25, 0.25]


def test_a_risk_set_that_empties_early_is_told_and_brings_the_curve_to_0() -> None:
    curve = kaplan_meier([2, 9, 9, 9], [True, True, False, False], entry=[0, 4, 4, 4])
    assert curve.emptied_at == 2
    assert curve.survival.tolist() == [0, 0]
    # The remedy: those that got as far as month 4.
    later = kaplan_meier([9, 9, 9], [True, False, False], entry=[4, 4, 4])
    assert (later.emptied_at, later.followed_from) == (None, 4)
    assert later.survival.tolist() == pytest.approx([2 / 3])


def test_a_risk_set_that_empties_by_censoring_is_told_too() -> None:
    curve = kaplan_meier([2, 3, 9], [True, False, True], entry=[0, 0, 4])
    assert curve.emptied_at == 3
    assert kaplan_meier([2, 3, 9], [True, False, True], entry=[0, 0, 2]).emptied_at is None


def test_nothing_is_known_past_the_last_account_unless_all_have_ended() -> None:
    still_there = kaplan_meier([2, 5], [True, False])
    assert np.isnan(still_there.at(5.1)) and np.isnan(still_there.restricted_mean(6).value)
    # Up to 5: 2 + 3/2.
    assert still_there.restricted_mean(5).value == 3.5
    gone = kaplan_meier([2, 5], [True, True])
    assert gone.at(100) == 0
    # 2 + 3/2, whatever the horizon; variance 1.5^2 / (2 * 1).
    mean = gone.restricted_mean(100)
    assert (mean.value, mean.variance) == (3.5, 1.125)


def test_a_mean_without_any_end_has_no_interval() -> None:
    mean = kaplan_meier([5, 6], [False, False]).restricted_mean(5)
    assert (mean.value, mean.variance) == (5, 0)
    assert math.isnan(mean.low) and math.isnan(mean.high)


def test_a_median_that_is_not_reached_is_infinite() -> None:
    curve = kaplan_meier([1, 2, 3, 4], [True, False, False, False])
    assert math.isinf(curve.median)
    assert repr(curve).endswith("1 ended, median not reached (1 to not reached)>")
    incidence = aalen_johansen([1, 2, 3, 4], [1, 2, 2, 0])
    assert math.isinf(incidence[1].median)
    assert incidence[2].median == 3


def test_a_cause_that_nobody_ended_by_has_a_flat_curve() -> None:
    assert list(aalen_johansen([1, 2], [0, 0])) == [1]
    incidence = aalen_johansen([1, 2, 3], [2, 0, 2])
    assert incidence[1].incidence.tolist() == [0, 0, 0]
    assert incidence[1].low.tolist() == [0, 0, 0] and np.isnan(incidence[1].high).all()
    with pytest.raises(KeyError):
        incidence[3]


def test_another_confidence_moves_the_band_and_nothing_else() -> None:
    incidence = aalen_johansen([1, 2, 3, 4], [1, 2, 1, 0])
    wider = incidence.with_confidence(0.99)
    assert wider[1].incidence.tolist() == incidence[1].incidence.tolist()
    assert (wider[1].low < incidence[1].low).all() and (wider[1].high > incidence[1].high).all()
    assert wider[1].confidence == 0.99
    low, high = wider[1].interval_at([2.5])
    assert (low[0], high[0]) == (wider[1].low[1], wider[1].high[1])
