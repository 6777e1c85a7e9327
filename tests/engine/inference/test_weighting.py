"""Weighting by propensity: Stata's and statsmodels' numbers, and what must not change them."""

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
from tests.engine.inference.births import EXPOSED, births
from tests.engine.inference.two_arms import Drawn, drawn

from lichen.inference import propensity
from lichen.inference.weighting import UnusableArms, ipw

ESTIMANDS = ("att", "atc", "ate", "overlap")


def test_the_printed_numbers_of_stata_come_out() -> None:
    # [CAUSAL] teffects ipw (bweight) (mbsmoke mmarried c.mage##c.mage fbaby medu, probit), example
    # 1: ATE -230.6886, mean of non-smokers 3403.463; its example for the treated: -225.1773.
    y, t, x = births(EXPOSED)
    probit = Probit(t, sm.add_constant(x)).fit(disp=0).predict()
    everyone = ipw(y, t, probit, estimand="ate")
    assert round(everyone.value, 4) == -230.6886
    assert round(everyone.diagnostics["control_mean"], 3) == 3403.463
    assert round(ipw(y, t, probit, estimand="att").value, 4) == -225.1773


@pytest.mark.parametrize(("estimand", "group"), [("ate", "all"), ("att", 1), ("atc", 0)])
def test_values_and_errors_are_those_of_statsmodels_moments(estimand: str, group: object) -> None:
    y, t, x = births(EXPOSED)
    logit = Logit(t, sm.add_constant(x)).fit(disp=0)
    theirs = TreatmentEffect(OLS(y, sm.add_constant(x)), t, results_select=logit).ipw(
        return_results=True, effect_group=group
    )
    ours = ipw(y, t, logit.predict(), estimand=estimand, x=x)
    assert ours.value == pytest.approx(theirs.results_gmm.params[0], rel=1e-8)
    # Its errors are not multiplied by n / (n - 1), and come of numeric slopes with steps of 1e-4,
    # wide for the square of age: the next test takes steps that fit.
    small = np.sqrt(len(y) / (len(y) - 1))
    assert ours.se == pytest.approx(small * theirs.results_gmm.bse[0], rel=1e-4)


def test_the_error_is_that_of_all_equations_solved_together() -> None:
    # The sandwich of the two means and the logit, its slopes by numeric differences.
    y, t, x = births(EXPOSED)
    design = sm.add_constant(x)
    logit = Logit(t, design).fit(disp=0, tol=1e-12)
    ours = ipw(y, t, logit.predict(), x=x)

    def moments(at: Any) -> Any:
        e = 1 / (1 + np.exp(-design @ at[2:]))
        exposed, controls = t * (y - at[1] - at[0]), (1 - t) * e / (1 - e) * (y - at[1])
        return np.column_stack([exposed, controls, design * (t - e)[:, None]])

    solved = np.concatenate([[ours.value, ours.diagnostics["control_mean"]], logit.params])
    steps = np.diag(1e-5 * np.abs(solved))
    slopes = np.column_stack(
        [(moments(solved + h).mean(0) - moments(solved - h).mean(0)) / (2 * h.sum()) for h in steps]
    )
    each = moments(solved) @ np.linalg.inv(slopes).T
    assert ours.se**2 == pytest.approx(np.sum(each[:, 0] ** 2) / len(y) / (len(y) - 1), rel=1e-7)


@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize("with_x", [True, False])
def test_order_changes_nothing(estimand: str, with_x: bool) -> None:
    rows = drawn()
    turned = rows.take(np.random.default_rng(2).permutation(len(rows.y)))
    one, other = (_ipw(each, estimand, with_x) for each in (rows, turned))
    assert one.value == pytest.approx(other.value, rel=1e-10)
    assert one.se == pytest.approx(other.se, rel=1e-10)


@given(st.floats(1e-3, 1e6), st.sampled_from(ESTIMANDS), st.integers(0, 50))
def test_money_scales(factor: float, estimand: str, seed: int) -> None:
    rows = drawn(seed)
    scaled = Drawn(rows.y * factor, rows.t, rows.x * factor, rows.account, rows.weight, rows.score)
    one, other = (_ipw(each, estimand) for each in (rows, scaled))
    assert [other.value, other.se] == pytest.approx([one.value * factor, one.se * factor], rel=1e-9)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_rows_repeated_under_the_same_account_tell_nothing_new(estimand: str) -> None:
    rows = drawn()
    twice = rows.take(np.tile(np.arange(len(rows.y)), 2))
    one, other = _ipw(rows, estimand), _ipw(twice, estimand)
    assert [other.value, other.se] == pytest.approx([one.value, one.se], rel=1e-10)
    renamed = ipw(
        twice.y, twice.t, twice.score, estimand=estimand, weights=twice.weight, x=twice.x,
        clusters=twice.account + 1_000 * (np.arange(len(twice.y)) >= len(rows.y)),
    )  # fmt: skip
    accounts = len(np.unique(rows.account))
    halved = one.se**2 * (accounts - 1) / accounts * (2 * accounts) / (2 * accounts - 1) / 2
    assert renamed.se**2 == pytest.approx(halved, rel=1e-10)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_a_weight_of_two_is_two_rows_of_one_account(estimand: str) -> None:
    rows = drawn()
    copied = rows.take(np.repeat(np.arange(len(rows.y)), rows.weight.astype(int)))
    spread = ipw(
        copied.y, copied.t, copied.score, estimand=estimand, clusters=copied.account, x=copied.x
    )
    weighted = _ipw(rows, estimand)
    assert [spread.value, spread.se] == pytest.approx([weighted.value, weighted.se], rel=1e-10)
    assert spread.n == weighted.n


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_the_influence_of_an_account_is_what_the_value_loses_without_it(estimand: str) -> None:
    # The jackknife knows no formula: the fit is repeated without each account.
    rows = drawn(n=400, accounts=400)
    x = np.column_stack([np.log(rows.x[:, 0]), rows.x[:, 1]])
    whole = ipw(rows.y, rows.t, _logit(rows.t, x), estimand=estimand, x=x)
    assert whole.influence is not None
    values = []
    for row in range(len(rows.y)):
        kept = np.arange(len(rows.y)) != row
        score = _logit(rows.t[kept], x[kept])
        values.append(ipw(rows.y[kept], rows.t[kept], score, estimand=estimand).value)
    lost = whole.value - np.array(values)
    assert np.corrcoef(lost, whole.influence)[0, 1] > 0.99
    assert np.sqrt(np.sum(lost**2)) == pytest.approx(whole.se, rel=0.06)


def test_a_column_that_is_the_same_for_all_changes_nothing() -> None:
    rows = drawn()
    wider = np.column_stack([rows.x, np.full(len(rows.y), 7.0), rows.x[:, 1] * 2])
    one = ipw(rows.y, rows.t, rows.score, x=rows.x)
    other = ipw(rows.y, rows.t, rows.score, x=wider)
    assert [other.value, other.se] == pytest.approx([one.value, one.se], rel=1e-9)


BAD: dict[str, dict[str, Any]] = {
    "`outcome` has no finite number at row 3": {"outcome": [1, 2, 3, np.nan]},
    "`outcome` has no finite number at row 0": {"outcome": ["much", "more", "1", "2"]},
    "`score` has no finite number at row 1": {"score": [0.5, np.inf, 0.5, 0.5]},
    "`score` is 1 at row 2, which is a control": {"score": [0.5, 0.5, 1, 0.5]},
    "`score` is 1.2 at row 0, which is exposed": {"score": [1.2, 0.5, 0.5, 0.5]},
    "`score` has 3 rows, `treated` has 4": {"score": [0.5, 0.5, 0.5]},
    "`weights` is -1 at row 1, below 0": {"weights": [1, -1, 1, 1]},
    "`treated` is 2 at row 0": {"treated": [2, 1, 0, 0]},
    "There are 0 exposed accounts; this needs 2": {"treated": [0, 0, 0, 0]},
    "There are 1 controls; this needs 2": {"clusters": [1, 2, 3, 3]},
    "There are 0 controls; this needs 2": {"weights": [1, 1, 0, 0]},
    "`clusters` has no finite number at row 1": {"clusters": [1, np.nan, 3, 4]},
    "`x` has no finite number at row 2": {"x": [[1, 1], [1, 2], [1, np.nan], [3, 4]]},
    "`x` has 3 dimensions": {"x": np.zeros((4, 1, 1))},
    "There is no estimand 'ATT'. Did you mean 'att'": {"estimand": "ATT"},
}


@pytest.mark.parametrize("said", BAD)
def test_what_cannot_be_used_is_told_with_its_row(said: str) -> None:
    usable: dict[str, Any] = {
        "outcome": [1, 2, 3, 4], "treated": [1, 1, 0, 0], "score": [0.5, 0.4, 0.3, 0.2],
    }  # fmt: skip
    with pytest.raises(UnusableArms) as raised:
        ipw(**(usable | BAD[said]))
    assert str(raised.value).startswith(said)
    assert raised.value.next_step


def test_a_fit_tells_the_same_error_as_its_covariates() -> None:
    rows = drawn()
    fit = propensity.fit(rows.x, rows.t, weights=rows.weight)
    told = [
        ipw(rows.y, rows.t, fit.score, weights=rows.weight, clusters=rows.account, **known)
        for known in ({"fit": fit}, {"x": rows.x}, {"fit": fit, "x": rows.x})
    ]
    assert [each.se for each in told] == pytest.approx([told[0].se] * 3, rel=1e-7)


def test_a_score_of_another_fit_is_refused() -> None:
    rows = drawn()
    fit = propensity.fit(rows.x, rows.t)
    other = np.where(np.arange(300) == 3, fit.score / 2, fit.score)
    with pytest.raises(UnusableArms, match="row 3 is not the one of `fit`"):
        ipw(rows.y, rows.t, other, fit=fit)
    with pytest.raises(UnusableArms, match="`fit` has 300 rows, `treated` has 200"):
        ipw(rows.y[:200], rows.t[:200], fit.score[:200], fit=fit)


def _logit(t: Any, x: Any) -> Any:
    return Logit(t.astype(float), sm.add_constant(x)).fit(disp=0).predict()


def _ipw(rows: Drawn, estimand: str, with_x: bool = True) -> Any:
    x = rows.x if with_x else None
    return ipw(
        rows.y, rows.t, rows.score, estimand=estimand,
        clusters=rows.account, weights=rows.weight, x=x,
    )  # fmt: skip
