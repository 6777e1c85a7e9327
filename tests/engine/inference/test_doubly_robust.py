"""Doubly robust: Stata's and statsmodels' numbers, and what must not change them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.discrete.discrete_model import Logit, Probit
from statsmodels.regression.linear_model import OLS
from statsmodels.treatment.treatment_effects import TreatmentEffect
from tests.engine.inference.births import EXPOSED, OUTCOME, births
from tests.engine.inference.two_arms import Drawn, drawn

from lichen.inference import propensity
from lichen.inference.doubly_robust import aipw
from lichen.inference.folds import folds_of
from lichen.inference.weighting import UnusableArms

ESTIMANDS = ("att", "ate")


def test_the_printed_numbers_of_stata_come_out() -> None:
    # [CAUSAL] teffects aipw (bweight prenatal1 mmarried mage fbaby)
    # (mbsmoke mmarried c.mage##c.mage fbaby medu, probit): ATE -230.9892, non-smokers 3403.355.
    y, t, x = births(EXPOSED)
    told = births(OUTCOME)[2]
    probit = Probit(t, sm.add_constant(x)).fit(disp=0).predict()
    found = aipw(y, t, told, estimand="ate", score=probit, folds=1, normalised=False)
    assert round(found.value, 4) == -230.9892
    assert round(found.diagnostics["control_mean"], 3) == 3403.355


def test_value_and_error_are_those_of_statsmodels_moments() -> None:
    y, t, x = births(EXPOSED)
    logit = Logit(t, sm.add_constant(x)).fit(disp=0)
    theirs = TreatmentEffect(OLS(y, sm.add_constant(x)), t, results_select=logit).aipw()
    ours = aipw(y, t, x, estimand="ate", folds=1, normalised=False)
    assert ours.value == pytest.approx(theirs.results_gmm.params[0], rel=1e-8)
    # Its errors are not multiplied by n / (n - 1).
    small = np.sqrt(len(y) / (len(y) - 1))
    assert ours.se == pytest.approx(small * theirs.results_gmm.bse[0], rel=1e-5)


@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize("with_ids", [True, False])
def test_order_changes_nothing(estimand: str, with_ids: bool) -> None:
    rows = drawn()
    turned = rows.take(np.random.default_rng(2).permutation(len(rows.y)))
    one, other = (_aipw(each, estimand, with_ids) for each in (rows, turned))
    assert [other.value, other.se] == pytest.approx([one.value, one.se], rel=1e-10)


@given(st.floats(1e-3, 1e6), st.sampled_from(ESTIMANDS), st.booleans(), st.integers(0, 50))
def test_money_scales(factor: float, estimand: str, with_ids: bool, seed: int) -> None:
    rows = drawn(seed)
    scaled = Drawn(rows.y * factor, rows.t, rows.x * factor, rows.account, rows.weight, rows.score)
    one, other = (_aipw(each, estimand, with_ids) for each in (rows, scaled))
    assert [other.value, other.se] == pytest.approx([one.value * factor, one.se * factor], rel=1e-9)


@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize("known", ["clusters", "ids"])
def test_rows_repeated_under_the_same_account_tell_nothing_new(estimand: str, known: str) -> None:
    rows = drawn()
    twice = rows.take(np.tile(np.arange(len(rows.y)), 2))
    one, other = (
        aipw(each.y, each.t, each.x, estimand=estimand, **{known: each.account})  # type: ignore[arg-type]
        for each in (rows, twice)
    )
    assert [other.value, other.se] == pytest.approx([one.value, one.se], rel=1e-10)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_rows_repeated_under_new_accounts_halve_the_variance(estimand: str) -> None:
    rows = drawn()
    twice = rows.take(np.tile(np.arange(len(rows.y)), 2))
    folds = rows.account % 4
    one = aipw(rows.y, rows.t, rows.x, estimand=estimand, clusters=rows.account, folds=folds)
    new = twice.account + 1_000 * (np.arange(len(twice.y)) >= len(rows.y))
    other = aipw(
        twice.y, twice.t, twice.x, estimand=estimand, clusters=new, folds=np.tile(folds, 2)
    )
    accounts = len(np.unique(rows.account))
    halved = one.se**2 * (accounts - 1) / accounts * (2 * accounts) / (2 * accounts - 1) / 2
    assert other.value == pytest.approx(one.value, rel=1e-10)
    assert other.se**2 == pytest.approx(halved, rel=1e-10)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_a_given_score_is_used_as_it_is(estimand: str) -> None:
    rows = drawn()
    own = propensity.fit(rows.x, rows.t, per_parameter=0)
    fitted = aipw(rows.y, rows.t, rows.x, estimand=estimand, ids=rows.account)
    told = aipw(rows.y, rows.t, rows.x, estimand=estimand, ids=rows.account, fit=own)
    known = aipw(rows.y, rows.t, rows.x, estimand=estimand, ids=rows.account, score=own.score)
    assert [told.value, told.se] == pytest.approx([fitted.value, fitted.se], rel=1e-7)
    assert known.value == pytest.approx(fitted.value, rel=1e-7)
    assert known.se != pytest.approx(fitted.se, rel=1e-7)


def test_without_a_covariate_that_varies_it_is_the_plain_difference() -> None:
    rows = drawn()
    found = aipw(rows.y, rows.t, np.ones((300, 2)), ids=rows.account, folds=1)
    assert found.value == pytest.approx(rows.y[rows.t].mean() - rows.y[~rows.t].mean())


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_the_error_is_that_of_leaving_accounts_out_in_turn(estimand: str) -> None:
    # The jackknife knows no formula: all is fitted again without each account.
    rows = drawn(n=400, accounts=400)
    x = np.column_stack([np.log(rows.x[:, 0]), rows.x[:, 1:]])
    y, t, folds = rows.y + rows.x[:, 1] ** 2 / 50, rows.t, np.arange(400) % 5
    whole = aipw(y, t, x, estimand=estimand, folds=folds)
    assert whole.influence is not None
    kept = [np.arange(400) != row for row in range(400)]
    lost = np.array(
        [
            whole.value - aipw(y[k], t[k], x[k], estimand=estimand, folds=folds[k]).value
            for k in kept
        ]
    )
    assert np.corrcoef(lost, whole.influence)[0, 1] > 0.99
    assert np.sqrt(np.sum(lost**2)) == pytest.approx(whole.se, rel=0.06)


def test_a_column_that_is_the_same_for_all_or_told_twice_changes_nothing() -> None:
    rows = drawn()
    wider = np.column_stack([rows.x, np.full(len(rows.y), 7.0), 3 - rows.x[:, 1] * 2])
    one = aipw(rows.y, rows.t, rows.x, ids=rows.account)
    other = aipw(rows.y, rows.t, wider, ids=rows.account)
    assert [other.value, other.se] == pytest.approx([one.value, one.se], rel=1e-8)


def test_folds_are_a_number_of_any_width_or_one_for_each_row() -> None:
    rows = drawn()
    told = folds_of(rows.account, 4)
    found = [
        aipw(rows.y, rows.t, rows.x, ids=rows.account, folds=folds).value
        for folds in (4, np.int64(4), told, told.tolist())
    ]
    assert found == pytest.approx([found[0]] * 4, rel=1e-12)
    with pytest.raises(UnusableArms, match="`folds` has 2 rows"):
        aipw(rows.y, rows.t, rows.x, folds=[0, 1])
    with pytest.raises(UnusableArms, match="`ids` has 3 rows"):
        aipw(rows.y, rows.t, rows.x, clusters=rows.account, ids=[1, 2, 3])


def test_what_cannot_be_used_is_told() -> None:
    rows = drawn(n=60)
    with pytest.raises(UnusableArms, match="`x` has no finite number at row 4"):
        aipw(rows.y, rows.t, np.where(np.arange(60)[:, None] == 4, np.nan, rows.x))
    with pytest.raises(UnusableArms, match="There are 0 controls"):
        aipw(rows.y, np.ones(60), rows.x)
    with pytest.raises(UnusableArms, match="this needs 5"):
        aipw(rows.y[:8], [1, 1, 1, 1, 0, 0, 0, 0], rows.x[:8])
    with pytest.raises(UnusableArms, match="told without error"):
        aipw(rows.y, rows.x[:, 1] > 20, rows.x[:, 1])
    with pytest.raises(UnusableArms, match="no estimand 'overlap'"):
        aipw(rows.y, rows.t, rows.x, estimand="overlap")
    with pytest.raises(UnusableArms, match="outside a fold"):
        aipw(rows.y[:20], rows.t[:20], np.random.default_rng(1).normal(size=(20, 15)))


def _aipw(rows: Drawn, estimand: str, with_ids: bool = True) -> Any:
    account = rows.account if with_ids else None
    return aipw(rows.y, rows.t, rows.x, estimand=estimand, clusters=account, weights=rows.weight)
