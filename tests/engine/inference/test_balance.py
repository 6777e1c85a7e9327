"""Balance against its page, statsmodels and SciPy, and under changes that must not matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import ks_2samp
from statsmodels.stats.weightstats import DescrStatsW
from tests.engine.worked_tables import worked_tables

from lichen.inference.balance import NotKnown, ShapesDiffer, balance, limit_of

Floats = NDArray[np.float64]

ACCOUNTS, RESULT, LIMITS = worked_tables("balance")
NAMES = ("tenure", "enterprise", "public")


def _sample(seed: int = 3, rows: int = 400) -> tuple[Floats, Any, Floats]:
    """Two numbers, one of few values and one yes/no; a third of rows exposed; uneven weights."""
    rng = np.random.default_rng(seed)
    treated = rng.random(rows) < 0.3
    x = np.column_stack(
        [
            rng.normal(treated * 0.4, 1 + treated),
            rng.lognormal(8, 1, rows),
            rng.integers(0, 5, rows),
            rng.random(rows) < 0.4,
        ]
    )
    return x, treated, rng.integers(0, 4, rows) * 0.5


def test_the_worked_example_of_the_page() -> None:
    x = np.array([[float(row[name]) for name in NAMES] for row in ACCOUNTS])
    exposed = [row["exposed"] == "yes" for row in ACCOUNTS]
    found = balance(x, exposed, [float(row["weight after"]) for row in ACCOUNTS], names=NAMES)
    assert found.names == tuple(row["covariate"] for row in RESULT)
    for place, row in enumerate(RESULT):
        assert f"{found.before[place]:.4f}" == row["before"]
        assert f"{found.after[place]:.4f}" == row["after"]
        assert f"{found.variance_ratio[place]:.4f}" == row["variance ratio"]
        assert f"{found.ecdf[place]:.4f}" == row["eCDF"]
        assert found.by_everyone[place] == (row["divisor"] == "everyone")
        assert found.passes[place] == (row["passes"] == "yes")
    assert found.limit == 0.25
    assert found.exposed == 4
    assert found.controls == pytest.approx(16 / 3.5)
    assert not found.is_balanced


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row["exposed"])
def test_limits_are_those_of_the_page(row: dict[str, str]) -> None:
    exposed, controls = (float(row[name].replace(",", "")) for name in ("exposed", "controls"))
    assert f"{limit_of(exposed, controls):.4f}" == row["limit"]


def test_weighted_moments_equal_statsmodels() -> None:
    x, treated, weights = _sample()
    found = balance(x, treated, weights)
    for place in range(x.shape[1]):
        column = x[:, place]
        one = DescrStatsW(column[treated], weights[treated])
        zero = DescrStatsW(column[~treated], weights[~treated])
        scale = np.std(column[treated], ddof=1)
        assert found.scale[place] == pytest.approx(scale, rel=1e-12)
        assert found.after[place] == pytest.approx((one.mean - zero.mean) / scale, abs=1e-12)
        # statsmodels divides by the sum of weights; the share that is free differs by arm.
        free = [1 / (1 - np.square(w).sum() / w.sum() ** 2) for w in (one.weights, zero.weights)]
        ratio = one.var * free[0] / (zero.var * free[1])
        assert found.variance_ratio[place] == pytest.approx(ratio, rel=1e-12)


def test_the_distance_of_cumulative_shares_equals_scipy() -> None:
    x, treated, weights = _sample()
    found = balance(x, treated, weights)
    # A row of weight 1.5 is three rows of weight 0.5.
    times = np.round(weights * 2).astype(int)
    rows = np.repeat(np.arange(len(x)), times)
    for place in range(x.shape[1]):
        column, arm = x[rows, place], treated[rows]
        expected = ks_2samp(column[arm], column[~arm]).statistic
        assert found.ecdf[place] == pytest.approx(expected, abs=1e-12)


def test_nothing_depends_on_the_order_of_rows() -> None:
    x, treated, weights = _sample()
    order = np.random.default_rng(1).permutation(len(x))
    first, second = balance(x, treated, weights), balance(x[order], treated[order], weights[order])
    for name in ("before", "after", "variance_ratio", "ecdf", "scale"):
        assert getattr(first, name) == pytest.approx(getattr(second, name), abs=1e-10)


@given(scale=st.floats(1e-3, 1e6), shift=st.floats(-1e6, 1e6), share=st.floats(0.1, 100))
def test_units_shifts_and_the_sum_of_weights_do_not_matter(
    scale: float, shift: float, share: float
) -> None:
    x, treated, weights = _sample(rows=60)
    column = x[:, 0]
    first = balance(column, treated, weights)
    second = balance(column * scale + shift * scale, treated, weights * share)
    for name in ("before", "after", "variance_ratio", "ecdf"):
        assert getattr(first, name) == pytest.approx(getattr(second, name), rel=1e-6, abs=1e-6)


def test_arms_that_are_the_same_are_perfectly_balanced() -> None:
    x, _, weights = _sample(rows=50)
    twice, arm = np.vstack([x, x]), np.arange(100) < 50
    found = balance(twice, arm, np.tile(weights, 2))
    assert found.after == pytest.approx(np.zeros(4), abs=1e-12)
    assert found.ecdf == pytest.approx(np.zeros(4), abs=1e-12)
    assert found.variance_ratio == pytest.approx(np.ones(4))
    assert found.is_balanced


def test_without_weights_after_nothing_has_changed() -> None:
    x, treated, weights = _sample()
    found = balance(x, treated, weights=weights)
    assert (found.before == found.after).all()


@pytest.mark.parametrize("value", [0.1, 1e9 + 0.1])
def test_a_constant_is_balanced_and_says_that_its_divisor_is_not_of_the_exposed(
    value: float,
) -> None:
    found = balance(np.full(7, value), [1, 1, 1, 0, 0, 0, 0])
    assert (found.before, found.after, found.ecdf, found.variance_ratio) == (0, 0, 0, 1)
    assert found.by_everyone.all()
    assert found.is_balanced


def test_rows_of_one_account_count_together_in_the_effective_number() -> None:
    # Controls 2, 1 and 1 of accounts a, a and b: 4^2 / (3^2 + 1^2), not 4^2 / (2^2 + 1 + 1).
    x, exposed, weights = [1.0, 2.0, 1.0, 2.0, 3.0], [1, 1, 0, 0, 0], [1, 1, 2, 1, 1]
    apart = balance(x, exposed, weights)
    together = balance(x, exposed, weights, clusters=["x", "y", "a", "a", "b"])
    assert (apart.controls, together.controls) == (pytest.approx(16 / 6), pytest.approx(1.6))
    assert (together.after == apart.after).all()


def test_the_limits_may_be_others() -> None:
    found = balance([0.0, 1.0, 0.0, 1.0], [1, 1, 0, 0], far=0.2)
    assert found.limit == 0.2
    assert limit_of(1000, 1000, close=0.05) == pytest.approx(0.05 + 1.959964 * 0.002**0.5)


@pytest.mark.parametrize("exposed", [0, 1])
def test_an_empty_arm_does_not_pass(exposed: int) -> None:
    found = balance([1.0, 2.0, 3.0], [exposed] * 3)
    assert np.isnan(found.after).all()
    assert not found.passes.any()


def test_controls_that_all_weigh_nothing_do_not_pass() -> None:
    found = balance([1.0, 2.0, 3.0, 4.0], [1, 1, 0, 0], [1, 1, 0, 0])
    assert found.controls == 0
    assert np.isnan(found.after).all()
    assert not found.passes.any()


def test_a_missing_value_names_its_covariate_and_row() -> None:
    x = [[1.0, 2.0], [2.0, np.nan], [3.0, 1.0]]
    with pytest.raises(NotKnown, match=r"`seats` has no usable number at row 1.*Fill") as told:
        balance(x, [1, 0, 0], names=["arr", "seats"])
    assert (told.value.name, told.value.row) == ("seats", 1)


def test_weights_that_are_negative_or_too_few_are_refused() -> None:
    with pytest.raises(NotKnown, match="`after` has no usable number at row 2"):
        balance([1.0, 2.0, 3.0], [1, 0, 0], [1, 1, -1])
    with pytest.raises(ShapesDiffer, match="`after` has 2 values, `x` has 3 rows"):
        balance([1.0, 2.0, 3.0], [1, 0, 0], [1, 1])
    with pytest.raises(ShapesDiffer, match="`names` has 2 values, `x` has 1 columns"):
        balance([1.0, 2.0, 3.0], [1, 0, 0], names=["a", "b"])
