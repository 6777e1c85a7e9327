"""The logit against statsmodels, Firth's against its own definition, and the written order."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import log_expit

from lichen.inference.arm_errors import NotANumber, TooFewInArm
from lichen.inference.propensity import NoPropensity, design, fit
from lichen.inference.propensity.errors import (
    NamesDiffer,
    NothingVaries,
    TooFewForCovariates,
    TooFewRows,
    UnknownCode,
)


def _drawn(rows: int, columns: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, columns)) * 10.0 ** np.arange(columns)
    logit = -0.5 + (x / 10.0 ** np.arange(columns)) @ np.full(columns, 0.6)
    return x, draw.random(rows) < 1 / (1 + np.exp(-logit))


def test_the_logit_is_that_of_statsmodels() -> None:
    """Unpenalised, on columns of very different scale."""
    x, treated = _drawn(400, 4)
    ours = fit(x, treated)
    theirs = sm.Logit(treated.astype(float), sm.add_constant(x)).fit(disp=0, tol=1e-14)
    assert ours.coefficients == pytest.approx(theirs.params, rel=1e-8)
    assert ours.covariance == pytest.approx(theirs.cov_params(), rel=1e-8)
    assert ours.log_likelihood == pytest.approx(theirs.llf, rel=1e-12)
    assert ours.score == pytest.approx(theirs.predict(), rel=1e-8)
    assert ours.score == pytest.approx(1 / (1 + np.exp(-ours.logit)), rel=1e-12)
    assert (ours.separated, ours.firth, ours.changes) == (False, False, ())


def test_weights_count_rows() -> None:
    """A row of weight 3 is three rows; one of weight 0 takes no part but gets a score."""
    x, treated = _drawn(60, 2)
    weights = np.arange(60) % 4
    ours = fit(x, treated, weights=weights, per_parameter=2)
    repeated = fit(np.repeat(x, weights, axis=0), np.repeat(treated, weights), per_parameter=2)
    assert ours.coefficients == pytest.approx(repeated.coefficients, rel=1e-9)
    assert ours.covariance == pytest.approx(repeated.covariance, rel=1e-8)
    assert len(ours.score) == 60


def test_what_rows_add_to_a_coefficient_is_its_robust_variance() -> None:
    """The squares of the influence add up to the sandwich of statsmodels."""
    x, treated = _drawn(300, 3)
    ours = fit(x, treated)
    theirs = sm.Logit(treated.astype(float), sm.add_constant(x)).fit(disp=0, cov_type="HC0")
    for place in range(4):
        added = ours.influence(np.eye(4)[place])
        assert added @ added == pytest.approx(theirs.cov_params()[place, place], rel=1e-6)


def _penalised(slopes: np.ndarray, x: np.ndarray, treated: np.ndarray) -> float:
    """Firth's likelihood as it is written: log L + log |X' W X| / 2."""
    logit = x @ slopes
    score = 1 / (1 + np.exp(-logit))
    information = (x * (score * (1 - score))[:, None]).T @ x
    told = float(log_expit(np.where(treated, logit, -logit)).sum())
    return -(told + 0.5 * float(np.linalg.slogdet(information)[1]))


def test_under_separation_firths_penalty_is_used_and_labelled() -> None:
    """Every row with the flag is exposed: no largest likelihood, but a largest penalised one."""
    draw = np.random.default_rng(5)
    flag = draw.random(150) < 0.2
    x = np.column_stack([flag, draw.normal(size=150)]).astype(float)
    treated = flag | (draw.random(150) < 0.4)
    ours = fit(x, treated)
    assert ours.separated
    assert ours.firth
    design_ = np.column_stack([np.ones(150), x])
    best = minimize(_penalised, np.zeros(3), args=(design_, treated), method="BFGS", tol=1e-10)
    assert ours.coefficients == pytest.approx(best.x, abs=1e-5)
    found = -_penalised(ours.coefficients, design_, treated)
    assert found >= -best.fun - 1e-9
    plain = float(log_expit(np.where(treated, ours.logit, -ours.logit)).sum())
    assert ours.log_likelihood == pytest.approx(plain)


def test_firth_on_a_two_by_two_table_adds_a_half_to_each_cell() -> None:
    """Exposed without and with the flag 20 and 10, controls 20 and 0: log odds by hand.

    Source: Firth (1993), Biometrika 80:27-38, section 3.3: for a saturated logit the penalty is
    that of Haldane and Anscombe.
    """
    flag = np.repeat([0.0, 1.0, 0.0], [20, 10, 20])
    treated = np.repeat([1, 1, 0], [20, 10, 20])
    ours = fit(flag[:, None], treated)
    assert ours.firth
    assert ours.coefficients[0] == pytest.approx(np.log(20.5 / 20.5), abs=1e-8)
    assert ours.coefficients[1] == pytest.approx(np.log(10.5 / 0.5), rel=1e-8)


@given(seed=st.integers(0, 10_000), complete=st.booleans())
def test_separation_is_found_whatever_the_draw(seed: int, complete: bool) -> None:
    """Complete: the first column tells all. Quasi: a flag that only exposed rows have."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(80, 2))
    treated = draw.random(80) < 0.5
    if complete:
        treated = x[:, 0] > np.median(x[:, 0])
    else:
        treated[:2] = [True, False]
        x[:, 1] = treated & (draw.random(80) < 0.6)
        x[0, 1] = 1
    found = fit(x, treated, per_parameter=2)
    assert found.separated
    assert np.isfinite(found.coefficients).all()
    assert np.isfinite(found.logit).all()


@given(seed=st.integers(0, 100_000), steep=st.sampled_from([0.5, 2.0, 6.0]), flags=st.booleans())
@settings(max_examples=200)
def test_separation_is_found_where_linear_programming_finds_it_and_nowhere_else(
    seed: int, steep: float, flags: bool
) -> None:
    """Sixty rows of two covariates and a constant; flags make quasi-separation common."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(60, 2))
    if flags:
        x = (x > [0.5, 1.2]).astype(float)
    treated = draw.random(60) < 1 / (1 + np.exp(-steep * x[:, 0]))
    treated[:10], treated[10:20] = True, False
    try:
        found = fit(x, treated, per_parameter=1)
    except NothingVaries:
        return
    assert found.separated == _separable(found.x, treated)
    if not found.separated:
        assert found.x.T @ (treated - found.score) == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("rows", [2_000, 40_000])
def test_a_rare_flag_among_many_rows_is_found_to_separate(rows: int) -> None:
    """Two in a thousand have it, all of them exposed; fourteen other covariates tell a little."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(rows, 15))
    x[:, 14] = draw.random(rows) < 0.002
    logit = -2 + x[:, :14] @ np.full(14, 0.25)
    found = fit(x, (draw.random(rows) < 1 / (1 + np.exp(-logit))) | (x[:, 14] > 0))
    assert found.separated
    assert found.coefficients[-1] < 10


def test_a_steep_logit_is_not_taken_for_separation() -> None:
    draw = np.random.default_rng(0)
    x = draw.normal(size=(4_000, 3))
    treated = draw.random(4_000) < 1 / (1 + np.exp(-30 * x[:, 0]))
    assert not fit(x, treated).separated
    assert _separable(x, treated) is False


def _separable(x: np.ndarray, treated: np.ndarray) -> bool:
    """Whether some mixture of columns tells the arms apart, by linear programming."""
    from scipy.optimize import linprog

    side = np.where(treated, 1.0, -1.0)[:, None] * np.column_stack([np.ones(len(x)), x])
    found = linprog(
        -side.sum(axis=0), A_ub=-side, b_ub=np.zeros(len(x)), bounds=[(-1, 1)] * side.shape[1]
    )
    return bool(-found.fun > 1e-9)


def test_covariates_beyond_ten_exposed_for_each_parameter_drop_from_the_last() -> None:
    """45 exposed carry four parameters: the intercept and three covariates."""
    x, _ = _drawn(300, 5)
    treated = np.arange(300) < 45
    found = fit(x, treated, names=["a", "b", "c", "d", "e"])
    assert found.names == ("intercept", "a", "b", "c")
    assert [(change.name, change.done) for change in found.changes] == [
        ("e", "dropped"),
        ("d", "dropped"),
    ]
    assert "45 exposed" in found.changes[0].why


def test_the_smaller_arm_counts_even_when_it_is_the_controls() -> None:
    x, _ = _drawn(300, 5)
    found = fit(x, np.arange(300) >= 30)
    assert found.names == ("intercept", "x0", "x1")
    assert "30 controls" in found.changes[0].why


def test_constant_and_doubled_columns_drop_and_say_why() -> None:
    x, treated = _drawn(400, 2)
    wide = np.column_stack([x[:, 0], np.full(400, 0.1), x[:, 1], x[:, 0] * 2 - x[:, 1] + 1])
    found = fit(wide, treated, names=["a", "flat", "b", "mixture"])
    assert found.names == ("intercept", "a", "b")
    assert [(change.name, change.why) for change in found.changes] == [
        ("flat", "the same for all rows"),
        ("mixture", "told by earlier covariates"),
    ]
    assert found.score == pytest.approx(fit(x, treated).score, rel=1e-9)


def test_what_cannot_be_fitted_is_refused_with_its_reason() -> None:
    x, treated = _drawn(100, 2)
    with pytest.raises(TooFewRows, match="9 rows"):
        fit(x[:9], [1, 0] * 4 + [1])
    with pytest.raises(TooFewInArm, match="0 controls"):
        fit(x, np.ones(100))
    with pytest.raises(NothingVaries, match="x0, x1"):
        fit(np.ones((100, 2)), treated)
    with pytest.raises(NothingVaries, match="no covariate"):
        fit(np.ones((100, 0)), treated)
    with pytest.raises(TooFewForCovariates, match="19 exposed"):
        fit(x, np.arange(100) < 19)
    with pytest.raises(NamesDiffer):
        fit(x, treated, names=["a", "a"])
    x[7, 1] = np.nan
    with pytest.raises(NotANumber, match="row 7"):
        fit(x, treated)
    assert issubclass(TooFewRows, NoPropensity)


def _arms(exposed: int, controls: int) -> np.ndarray:
    return np.arange(exposed + controls) < exposed


def test_gaps_are_filled_with_the_mean_and_flagged() -> None:
    """20 of 100 exposed and 20 of 100 controls have no survey; the rest have 0 or 10."""
    arms = _arms(100, 100)
    nps = np.where(np.arange(200) % 2, 10.0, 0.0)
    nps[np.arange(200) % 10 < 2] = np.nan
    made = design({"nps": nps}, {}, {}, arms)
    assert made.names == ("nps", "nps=missing")
    assert made.x[0].tolist() == pytest.approx([0.0, 1.0])
    assert made.x[2:4, 0].tolist() == pytest.approx([-1.118034, 1.118034], abs=1e-6)
    assert made.x[:, 0].std() == pytest.approx(1.0)


def test_rare_levels_merge_before_anything_drops() -> None:
    """Levels b and c have five exposed each; together they have ten."""
    arms = _arms(100, 100)
    region = np.array([0] * 90 + [1] * 5 + [2] * 5 + [0] * 80 + [1] * 10 + [2] * 10)
    made = design({}, {"region": region}, {"region": ["a", "b", "c"]}, arms)
    assert made.names == ("region=other",)
    assert made.x[:, 0].sum() == 30
    assert [(change.name, change.done) for change in made.changes] == [
        ("region=b", "merged"),
        ("region=c", "merged"),
    ]


def test_other_joins_the_most_common_level_when_it_stays_rare() -> None:
    arms = _arms(100, 100)
    region = np.array([0] * 60 + [1] * 36 + [2] * 4 + [0] * 60 + [1] * 30 + [2] * 10)
    made = design({}, {"region": region}, {"region": ["a", "b", "c"]}, arms)
    assert made.names == ("region=b",)
    assert made.changes[0].why.endswith("now a")


def test_flags_then_words_then_numbers_leave_until_the_smaller_arm_carries_the_rest() -> None:
    """Seven columns: numbers a and b, a flag for b, region (2 columns) and segment (2 or 1).

    60 exposed carry five covariates, 40 three, 30 two and 20 one.
    """
    draw = np.random.default_rng(1)
    left = {}
    for exposed in (60, 40, 30, 20):
        arms = _arms(exposed, 400)
        size = len(arms)
        b = np.where(draw.random(size) < 0.5, np.nan, draw.normal(size=size))
        made = design(
            {"a": draw.normal(size=size), "b": b},
            {"region": np.arange(size) % 2, "segment": (np.arange(size) // 2) % 3},
            {"region": ["east", "west"], "segment": ["small", "mid", "large"]},
            arms,
            per_parameter=10,
        )
        left[exposed] = {name.partition("=")[0] for name in made.names}
        assert len(made.names) <= exposed // 10 - 1
    assert left[60] == {"a", "b", "region", "segment"}
    assert left[40] == {"a", "b", "region"}
    assert left[30] == {"a", "b"}
    assert left[20] == {"a"}


def test_a_design_goes_into_the_fit_without_losing_a_column() -> None:
    draw = np.random.default_rng(2)
    arms = _arms(80, 300)
    numbers = {"arr": draw.normal(size=380), "tenure": draw.normal(size=380)}
    words = {"region": draw.integers(-1, 4, 380)}
    made = design(numbers, words, {"region": ["n", "e", "s", "w"]}, arms)
    found = fit(made.x, arms, names=made.names)
    assert found.names == ("intercept", *made.names)
    assert any(name == "region=missing" for name in made.names)


def test_a_code_without_a_level_is_refused() -> None:
    with pytest.raises(UnknownCode, match="code 2 at row 1"):
        design({}, {"region": [0, 2]}, {"region": ["a", "b"]}, [1, 0])
