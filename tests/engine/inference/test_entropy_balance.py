"""Entropy balancing against a direct search, and what must not change it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from tests.engine.inference.births import EXPOSED, births
from tests.engine.inference.two_arms import Drawn, drawn

from lichen.inference.weighting import UnusableArms, balanced, entropy_balance


def test_the_weights_are_those_of_a_direct_search_for_the_least_entropy() -> None:
    # Hainmueller (2012), equations 3 to 6: the primal problem, by a general solver.
    rng = np.random.default_rng(5)
    x, t = rng.normal(0, 1, (40, 2)), np.arange(40) < 12
    x[t] += 0.3
    base = rng.integers(1, 4, 28).astype(float)
    start = base / base.sum()
    target, controls = x[t].mean(axis=0), x[~t]
    direct = minimize(
        lambda w: float(np.sum(w * np.log(w / start))),
        start,
        jac=lambda w: np.log(w / start) + 1,
        bounds=[(1e-9, 1)] * 28,
        constraints=[
            {"type": "eq", "fun": lambda w: w.sum() - 1},
            {"type": "eq", "fun": lambda w: w @ controls - target},
        ],
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-14},
    )
    assert direct.success
    weights = np.ones(40)
    weights[~t] = base
    found = entropy_balance(x, t, weights=weights)
    assert found.weights[~t] / 12 == pytest.approx(direct.x, abs=2e-5)
    assert found.weights[t].tolist() == [1.0] * 12


def test_means_agree_to_the_tolerance_and_totals_are_kept() -> None:
    rows = drawn()
    found = entropy_balance(rows.x, rows.t, weights=rows.weight)
    mass = found.weights
    exposed, controls = mass * rows.t, mass * ~rows.t
    assert controls.sum() == pytest.approx(exposed.sum(), rel=1e-12)
    apart = (exposed @ rows.x - controls @ rows.x) / exposed.sum() / rows.x.std(axis=0)
    assert np.abs(apart).max() < 1e-8
    assert 1 < found.effective < np.count_nonzero(~rows.t)


def test_the_error_is_that_of_leaving_accounts_out_in_turn() -> None:
    # The jackknife knows no formula: weights are found again without each account.
    rows = drawn(n=600, accounts=600)
    x = np.column_stack([np.log(rows.x[:, 0]), rows.x[:, 1:]])
    y = rows.y + rows.x[:, 1] ** 2 / 50
    whole = balanced(y, rows.t, x)
    assert whole.influence is not None
    kept = [np.arange(600) != row for row in range(600)]
    lost = whole.value - np.array([balanced(y[k], rows.t[k], x[k]).value for k in kept])
    assert np.corrcoef(lost, whole.influence)[0, 1] > 0.99
    assert np.sqrt(np.sum(lost**2)) == pytest.approx(whole.se, rel=0.06)


@pytest.mark.parametrize("seed", range(5))
def test_order_changes_nothing(seed: int) -> None:
    rows = drawn(seed)
    turned = rows.take(np.random.default_rng(2).permutation(len(rows.y)))
    one, other = (_balanced(each) for each in (rows, turned))
    assert [other.value, other.se] == pytest.approx([one.value, one.se], rel=1e-10)


@given(st.floats(1e-3, 1e6), st.integers(0, 30))
def test_money_scales(factor: float, seed: int) -> None:
    rows = drawn(seed)
    scaled = Drawn(rows.y * factor, rows.t, rows.x * factor, rows.account, rows.weight, rows.score)
    one, other = _balanced(rows), _balanced(scaled)
    assert [other.value, other.se] == pytest.approx([one.value * factor, one.se * factor], rel=1e-9)


def test_rows_repeated_under_the_same_account_tell_nothing_new() -> None:
    rows = drawn()
    twice = rows.take(np.tile(np.arange(len(rows.y)), 2))
    one, other = _balanced(rows), _balanced(twice)
    assert [other.value, other.se] == pytest.approx([one.value, one.se], rel=1e-9)
    named = balanced(twice.y, twice.t, twice.x, ids=twice.account, weights=twice.weight)
    assert named.se == other.se


def test_a_column_that_is_the_same_for_all_or_told_twice_changes_nothing() -> None:
    rows = drawn()
    wider = np.column_stack([rows.x, np.full(len(rows.y), 7.0), 3 - rows.x[:, 1] * 2])
    one = balanced(rows.y, rows.t, rows.x)
    other = balanced(rows.y, rows.t, wider)
    assert [other.value, other.se] == pytest.approx([one.value, one.se], rel=1e-8)
    alone = balanced(rows.y, rows.t, np.ones((len(rows.y), 1)))
    assert alone.value == pytest.approx(rows.y[rows.t].mean() - rows.y[~rows.t].mean())


def test_it_agrees_with_weighting_by_propensity_within_its_error_on_births() -> None:
    y, t, x = births(EXPOSED)
    found = balanced(y, t, x)
    # Stata's printed effect on the treated by inverse probabilities.
    assert abs(found.value - -225.1773) < found.se / 4


def test_means_out_of_reach_are_told_with_their_column() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 1, (60, 2))
    t = np.arange(60) < 20
    beyond = x + np.column_stack([np.zeros(60), np.where(t, 2.0, 0.0)])
    with pytest.raises(UnusableArms, match="in column 1 the exposed have a mean of"):
        entropy_balance(beyond, t)
    # Each mean is within reach, both at once are not: the controls lie on a line.
    line = np.column_stack([x[:, 0], np.where(t, 1 - x[:, 0], x[:, 0])])
    line[t, 0] = line[t, 0] / 4 + 0.6
    line[t, 1] = 0.2
    with pytest.raises(UnusableArms, match="balance all of `x` at once"):
        entropy_balance(line, t)


def test_what_cannot_be_used_is_told() -> None:
    rows = drawn(n=60)
    with pytest.raises(UnusableArms, match="`x` has no finite number at row 4"):
        balanced(rows.y, rows.t, np.where(np.arange(60)[:, None] == 4, np.nan, rows.x))
    with pytest.raises(UnusableArms, match="There are 0 controls"):
        entropy_balance(rows.x, np.ones(60))
    with pytest.raises(UnusableArms, match="needs 5"):
        balanced(rows.y[:9], [1, 1, 1, 1, 0, 0, 0, 0, 0], rows.x[:9])


def _balanced(rows: Drawn) -> Any:
    return balanced(rows.y, rows.t, rows.x, clusters=rows.account, weights=rows.weight)
