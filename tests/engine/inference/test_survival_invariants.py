"""What holds of survival curves whatever the accounts, and what cannot be one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.inference.survival import UnusableTimes, aalen_johansen, kaplan_meier, logrank
from lichen.inference.survival.errors import (
    EntryNotBeforeEnd,
    LengthsDiffer,
    Negative,
    NobodyFollowed,
    NotAShare,
    NotCodes,
    NotFinite,
    NotFlat,
)

Row = tuple[float, float, int, int]
"""Entry, time followed after it, cause (0 = not ended), number of such accounts."""

WHOLE = st.integers(1, 30).map(float)
FRACTIONS = st.floats(0.01, 1e6)


def accounts(times: st.SearchStrategy[float]) -> st.SearchStrategy[list[Row]]:
    row = st.tuples(
        st.one_of(st.just(0.0), times), times, st.integers(0, 2), st.integers(1, 4)
    ).filter(lambda row: row[0] + row[1] > row[0])
    return st.lists(row, min_size=1, max_size=40)


ANY = st.one_of(accounts(WHOLE), accounts(FRACTIONS))


def columns(rows: list[Row]) -> tuple[Any, Any, Any, Any]:
    entry, lasted, causes, weights = (np.array(column) for column in zip(*rows, strict=True))
    return entry + lasted, causes, entry, weights


@given(ANY)
def test_the_curve_never_rises_and_stays_inside_its_band(rows: list[Row]) -> None:
    durations, causes, entry, weights = columns(rows)
    curve = kaplan_meier(durations, causes > 0, entry=entry, weights=weights)
    assert (np.diff(curve.survival) <= 0).all()
    assert (curve.survival >= 0).all() and (curve.survival <= 1).all()
    known = np.isfinite(curve.low) & np.isfinite(curve.high)
    assert (curve.low[known] <= curve.survival[known] + 1e-12).all()
    assert (curve.high[known] >= curve.survival[known] - 1e-12).all()


@given(ANY)
def test_incidences_of_all_causes_and_survival_sum_to_1(rows: list[Row]) -> None:
    durations, causes, entry, weights = columns(rows)
    incidence = aalen_johansen(durations, causes, entry=entry, weights=weights)
    total = incidence.survival + sum(curve.incidence for curve in incidence.values())
    assert total == pytest.approx(np.ones_like(total), abs=1e-12)
    curve = kaplan_meier(durations, causes > 0, entry=entry, weights=weights)
    assert incidence.survival == pytest.approx(curve.survival, abs=1e-15)
    for each in incidence.values():
        assert (np.diff(each.incidence) >= 0).all()


@given(ANY)
def test_one_cause_is_kaplan_meier_upside_down_with_greenwoods_variance(rows: list[Row]) -> None:
    durations, causes, entry, weights = columns(rows)
    only = np.minimum(causes, 1)
    incidence = aalen_johansen(durations, only, entry=entry, weights=weights)[1]
    curve = kaplan_meier(durations, only > 0, entry=entry, weights=weights)
    assert incidence.incidence == pytest.approx(1 - curve.survival, abs=1e-12)
    known = curve.survival > 1e-9
    assert incidence.variance[known] == pytest.approx(curve.variance[known], abs=1e-9)


@given(ANY, st.randoms(use_true_random=False))
def test_the_order_of_accounts_does_not_matter(rows: list[Row], random: Any) -> None:
    shuffled = rows[:]
    random.shuffle(shuffled)
    curves = []
    for listed in (rows, shuffled):
        durations, causes, entry, weights = columns(listed)
        curves.append(kaplan_meier(durations, causes > 0, entry=entry, weights=weights))
    assert curves[0].times.tolist() == curves[1].times.tolist()
    assert curves[0].survival.tolist() == curves[1].survival.tolist()
    assert curves[0].at_risk.tolist() == curves[1].at_risk.tolist()


@given(ANY)
def test_a_weight_is_as_many_accounts(rows: list[Row]) -> None:
    each = [row for row in rows for _ in range(row[3])]
    durations, causes, entry, weights = columns(rows)
    weighted = aalen_johansen(durations, causes, entry=entry, weights=weights)
    durations, causes, entry, _ = columns(each)
    repeated = aalen_johansen(durations, causes, entry=entry)
    assert weighted.at_risk.tolist() == repeated.at_risk.tolist()
    for cause in weighted:
        assert weighted[cause].incidence.tolist() == repeated[cause].incidence.tolist()
        assert weighted[cause].variance.tolist() == repeated[cause].variance.tolist()


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 50)), min_size=1, max_size=40))
def test_without_censoring_curves_are_shares_with_the_variance_of_shares(
    rows: list[tuple[int, int]],
) -> None:
    causes, durations = (np.array(column) for column in zip(*rows, strict=True))
    n = len(rows)
    curve = kaplan_meier(durations, np.ones(n, bool))
    alive = np.array([(durations > time).mean() for time in curve.times])
    assert curve.survival == pytest.approx(alive, abs=1e-12)
    assert curve.variance[:-1] == pytest.approx((alive * (1 - alive) / n)[:-1], abs=1e-12)
    incidence = aalen_johansen(durations, causes)
    for cause in incidence:
        gone = [((durations <= t) & (causes == cause)).mean() for t in incidence.times]
        share = np.array(gone)
        assert incidence[cause].incidence == pytest.approx(share, abs=1e-12)
        assert incidence[cause].variance == pytest.approx(share * (1 - share) / n, abs=1e-9)


@given(
    st.lists(st.integers(0, 50), min_size=2, max_size=40), st.integers(1, 60), st.integers(0, 20)
)
def test_without_censoring_the_restricted_mean_is_the_mean_with_its_error(
    durations: list[int], horizon: int, since: int
) -> None:
    lived = np.array(durations)
    rest = np.minimum(lived[lived > since], horizon) - since
    mean = kaplan_meier(lived, np.ones(len(lived), bool)).restricted_mean(horizon, since=since)
    if not len(rest) or horizon <= since:
        assert math.isnan(mean.value)
        return
    assert mean.value == pytest.approx(rest.mean(), rel=1e-12)
    assert mean.variance == pytest.approx(rest.var() / len(rest), rel=1e-9, abs=1e-12)


@given(accounts(WHOLE), st.floats(0.001, 0.9))
def test_times_between_whole_numbers_give_the_same_curve(rows: list[Row], apart: float) -> None:
    durations, causes, entry, weights = columns(rows)
    whole = kaplan_meier(durations, causes > 0, entry=entry, weights=weights)
    moved = kaplan_meier(durations + apart, causes > 0, entry=entry + apart, weights=weights)
    assert moved.survival.tolist() == whole.survival.tolist()
    assert moved.at_risk.tolist() == whole.at_risk.tolist()
    assert moved.emptied_at == (None if whole.emptied_at is None else whole.emptied_at + apart)


@given(accounts(WHOLE))
def test_a_common_factor_of_the_weights_moves_only_the_band(rows: list[Row]) -> None:
    durations, causes, entry, weights = columns(rows)
    curve = kaplan_meier(durations, causes > 0, entry=entry, weights=weights)
    scaled = kaplan_meier(durations, causes > 0, entry=entry, weights=weights * 0.1)
    assert scaled.survival == pytest.approx(curve.survival, abs=1e-12)
    assert (scaled.survival == 0).tolist() == (curve.survival == 0).tolist()


REFUSED: list[tuple[type[UnusableTimes], Callable[[], object], str]] = [
    (LengthsDiffer, lambda: kaplan_meier([1, 2], [True]), "`observed` has 1 values, `durations`"),
    (LengthsDiffer, lambda: kaplan_meier([1], [True], weights=[1, 2]), "`weights` has 2 values"),
    (LengthsDiffer, lambda: logrank([1, 2], [True, True], ["a"]), "`groups` has 1 values"),
    (NotFinite, lambda: kaplan_meier([1, math.nan], [True, True]), "no finite number at row 1"),
    (NotFinite, lambda: kaplan_meier([1, math.inf], [True, True]), "no finite number at row 1"),
    (NotFinite, lambda: kaplan_meier([1, "soon"], [True, True]), "no finite number at row 1"),
    (NotFinite, lambda: kaplan_meier([1, None], [True, True]), "no finite number at row 1"),
    (Negative, lambda: kaplan_meier([-2, 3], [True, True]), "`durations` is -2 at row 0"),
    (Negative, lambda: kaplan_meier([2], [True], weights=[-1]), "`weights` is -1 at row 0"),
    (EntryNotBeforeEnd, lambda: kaplan_meier([3, 4], [True, True], entry=[0, 4]), "Row 1 enters"),
    (NotCodes, lambda: kaplan_meier([3], [2]), "True where the end was observed"),
    (NotCodes, lambda: kaplan_meier([3], [math.nan]), "True where the end was observed"),
    (NotCodes, lambda: aalen_johansen([3], [0.5]), "the number of its cause"),
    (NotCodes, lambda: aalen_johansen([3], [-1]), "the number of its cause"),
    (NotCodes, lambda: aalen_johansen([3], ["churn"]), "the number of its cause"),
    (NobodyFollowed, lambda: kaplan_meier([], []), "Nobody was followed"),
    (NobodyFollowed, lambda: kaplan_meier([1], [True], weights=[0]), "Nobody was followed"),
    (NotFlat, lambda: kaplan_meier([[1, 2]], [True, True]), "`durations` has 2 dimensions"),
    (NotFlat, lambda: kaplan_meier(3, True), "`durations` has 0 dimensions"),
    (NotAShare, lambda: kaplan_meier([1], [True], confidence=95), "`confidence` is 95"),
    (NotAShare, lambda: kaplan_meier([1], [True]).quantile(0), "`ended` is 0"),
]


@pytest.mark.parametrize(("error", "asked", "says"), REFUSED, ids=[each[2] for each in REFUSED])
def test_arrays_that_cannot_be_times_at_risk_are_refused_with_the_row(
    error: type[UnusableTimes], asked: Callable[[], object], says: str
) -> None:
    with pytest.raises(error, match=says) as refused:
        asked()
    assert refused.value.next_step
