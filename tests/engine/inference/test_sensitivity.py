"""E-values as they were published, placebos by their rule, and adjusted p-values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from tests.engine.worked_tables import worked_tables

from lichen.inference.estimate import estimate_of, nothing
from lichen.inference.multiplicity import NotAProbability, benjamini_hochberg, holm
from lichen.inference.sensitivity import (
    UnusableRatio,
    UnusableSpread,
    approximate_ratio,
    e_value,
    placebo_check,
)

STUDIES, MEANS, ADJUSTED = worked_tables("sensitivity")


@pytest.mark.parametrize("row", STUDIES, ids=lambda row: row["study"])
def test_e_values_are_those_of_the_page(row: dict[str, str]) -> None:
    found = e_value(*(float(row[name]) for name in ("ratio", "low", "high")))
    assert f"{found.value:.2f}" == row["E-value"]
    assert f"{found.limit:.2f}" == row["of the limit"]
    assert not found.is_approximate


def test_e_values_are_those_that_the_authors_package_prints() -> None:
    # The vignette of the R package EValue: 20.94777 and 15.52336.
    found = e_value(10.73, 8.02, 14.36)
    assert (round(found.value, 5), round(found.limit, 5)) == (20.94777, 15.52336)


def test_a_mean_difference_is_read_as_a_ratio() -> None:
    (row,) = MEANS
    made = approximate_ratio(*(float(row[name]) for name in ("difference", "sd", "se")))
    assert [f"{n:.4f}" for n in (made.ratio, made.low, made.high)] == [
        row["ratio"],
        row["low"],
        row["high"],
    ]
    found = e_value(made.ratio, made.low, made.high, is_approximate=True)
    assert (f"{found.value:.4f}", f"{found.limit:.4f}") == (row["E-value"], row["of the limit"])
    assert found.is_approximate


@given(ratio=st.floats(1.001, 1e4))
def test_a_cause_as_strong_as_the_e_value_is_just_strong_enough(ratio: float) -> None:
    # The bounding factor of Ding and VanderWeele (2016): RR_EU RR_UD / (RR_EU + RR_UD - 1).
    strength = e_value(ratio, ratio, ratio).value
    assert strength * strength / (2 * strength - 1) == pytest.approx(ratio, rel=1e-9)


@given(ratio=st.floats(0.01, 100), width=st.floats(1, 10))
def test_a_ratio_and_its_inverse_have_one_e_value(ratio: float, width: float) -> None:
    one, other = (
        e_value(ratio, ratio / width, ratio * width),
        e_value(1 / ratio, 1 / ratio / width, 1 / ratio * width),
    )
    assert one.value == pytest.approx(other.value, rel=1e-6)
    assert 1 <= one.limit <= one.value + 1e-9


def test_e_values_at_the_edges() -> None:
    assert e_value(1, 1, 1).value == 1
    assert e_value(1.5, 1, 2).limit == 1
    assert e_value(0, 0, 0.5).value == math.inf
    assert math.isnan(e_value(math.nan, 1, 2).limit)
    assert e_value(math.inf, 2, math.inf).value == math.inf


def test_what_is_no_ratio_is_refused() -> None:
    with pytest.raises(UnusableRatio, match="between its limits"):
        e_value(2, 3, 4)
    with pytest.raises(UnusableRatio):
        e_value(-0.1, -0.2, 0.3)
    with pytest.raises(UnusableSpread, match="does not vary"):
        approximate_ratio(0.1, 0, 0.1)


@pytest.mark.parametrize(
    ("value", "se", "n", "passes"),
    [
        (0.010, 0.010, 200, True),
        (0.020, 0.010, 200, False),
        (-0.020, 0.010, 200, False),
        (0.200, 0.010, 29, None),
        (0.200, 0.010, 30, False),
        (0.000, 0.000, 200, None),
    ],
)
def test_a_placebo_fails_where_its_interval_excludes_0(
    value: float, se: float, n: int, passes: bool | None
) -> None:
    assert placebo_check(estimate_of(value, se, n, "matched")).passes is passes


def test_a_placebo_that_cannot_be_judged_says_so() -> None:
    assert placebo_check(nothing("matched")).reason.endswith("not judged")
    few = placebo_check(estimate_of(0.2, 0.01, 12, "matched"))
    assert few.reason == "12 exposed, fewer than 30: not judged"


def test_adjusted_p_values_are_those_of_the_page() -> None:
    p = [float(row["p"] or "nan") for row in ADJUSTED]
    for adjusted, column in ((holm(p), "Holm"), (benjamini_hochberg(p), "Benjamini-Hochberg")):
        shown = ["" if np.isnan(value) else f"{value:.2f}" for value in adjusted]
        assert shown == [row[column] for row in ADJUSTED]


@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=30), gaps=st.lists(st.integers(0, 30)))
def test_adjusted_p_values_equal_statsmodels_and_gaps_are_not_counted(
    p: list[float], gaps: list[int]
) -> None:
    values = np.array(p)
    withgaps = np.insert(values, [min(gap, len(p)) for gap in gaps], np.nan)
    for ours, theirs in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        expected = multipletests(values, method=theirs)[1]
        assert ours(values) == pytest.approx(expected, abs=1e-12)
        adjusted = ours(withgaps)
        assert (np.isnan(adjusted) == np.isnan(withgaps)).all()
        assert adjusted[~np.isnan(adjusted)] == pytest.approx(expected, abs=1e-12)


def test_no_p_value_at_all_gives_none_and_a_wrong_one_is_named() -> None:
    assert holm([]).shape == (0,)
    assert np.isnan(benjamini_hochberg([np.nan, np.nan])).all()
    with pytest.raises(NotAProbability, match="at place 1 is 1.2"):
        holm([0.1, 1.2])
