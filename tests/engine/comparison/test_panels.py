"""From arrays to a verdict: known effects are found, and what cannot be told is not told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_panels import LOGO, NRR, QUESTION, RULES, a_year_earlier, compared, drawn_panel
from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.value.comparison.answer import answer_of
from lichen.value.comparison.comparing import Designs, judged, part_of
from lichen.value.comparison.design import design_of
from lichen.value.comparison.panel import NOBODY, Panel
from lichen.value.comparison.ranks import Named, ranks_of
from lichen.vocabulary.figure import Verdict


def test_the_matched_interval_holds_the_effect_that_the_plain_split_overstates() -> None:
    found = [compared(drawn_panel(seed))[0] for seed in range(20)]
    holds = [one.matched.low <= 0.15 <= one.matched.high for one in found]  # type: ignore[operator]
    naive = [one.naive.value - 0.15 for one in found]  # type: ignore[operator]
    # A 95% interval of 20 misses four times or more with a chance of 1.6%.
    assert sum(holds) >= 17
    assert float(np.median(naive)) > 0.075
    assert {one.verdict for one in found} == {Verdict.HELPS}


def test_no_effect_is_claimed_where_partners_only_chose_well() -> None:
    found = [compared(drawn_panel(seed, effect=0.0), NRR, LOGO) for seed in range(20)]
    claims = [one for each in found for one in each if one.verdict is not Verdict.NO_CLEAR_EFFECT]
    claims = [one for one in claims if one.verdict in (Verdict.HELPS, Verdict.HURTS)]
    assert len(claims) <= 1


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    panel = drawn_panel(3, accounts=400)
    order = np.random.default_rng(seed).permutation(len(panel))
    (one,), (other,) = compared(panel), compared(panel.take(order))
    for name in ("naive", "matched", "weighted", "doubly_robust"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-10)
    assert one.verdict == other.verdict
    assert one.counts == other.counts


def test_money_scales_and_the_verdict_does_not() -> None:
    panel = drawn_panel(3)
    cents = replace(panel, outcomes={"nrr": panel.outcomes["nrr"] * 100})
    (one,), (other,) = compared(panel), compared(cents)
    assert other.matched.value == pytest.approx(one.matched.value * 100)  # type: ignore[operator]
    assert other.matched.se == pytest.approx(one.matched.se * 100)  # type: ignore[operator]
    assert one.verdict == other.verdict


def test_every_exposed_account_is_matched_unmatched_or_no_case() -> None:
    panel = drawn_panel(5)
    nrr = panel.outcomes["nrr"].copy()
    nrr[np.flatnonzero(panel.exposed)[:12]] = np.nan
    (found,) = compared(replace(panel, outcomes={"nrr": nrr}))
    counts = found.counts
    assert counts.exposed == counts.matched + counts.unmatched
    assert counts.exposed + counts.reasons["no_case_of_the_outcome"] == int(panel.exposed.sum())
    assert counts.prevalent == 3


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (lambda panel: panel.take(np.arange(10)), "needs 30"),
        (lambda panel: panel.take(~panel.exposed), "0 accounts with the partner, needs 30"),
        (lambda panel: panel.take(panel.exposed), "controls"),
    ],
)
def test_ten_accounts_or_an_empty_arm_are_not_enough(rows: object, reason: str) -> None:
    panel: Panel = rows(drawn_panel(1))  # type: ignore[operator]
    (found,) = compared(panel)
    assert found.verdict is Verdict.NOT_ENOUGH_DATA
    assert reason in found.sentence
    assert found.matched.value is None


def test_a_covariate_that_tells_the_arms_apart_makes_them_not_comparable() -> None:
    panel = drawn_panel(2)
    told = replace(panel, numbers={"adoption": np.where(panel.exposed, 2.0, -2.0)})
    (found,) = compared(told)
    assert found.verdict in (Verdict.NOT_COMPARABLE, Verdict.NOT_ENOUGH_DATA)
    assert found.verdict is not Verdict.HELPS


def test_constant_covariates_leave_no_comparison() -> None:
    panel = drawn_panel(2)
    flat = replace(
        panel,
        numbers={"adoption": np.ones(len(panel))},
        words={},
        levels={},
    )
    (found,) = compared(flat)
    assert found.verdict is Verdict.NOT_ENOUGH_DATA
    assert "covariate" in found.sentence


def test_a_constant_outcome_has_no_error_and_no_verdict() -> None:
    panel = drawn_panel(2)
    (found,) = compared(replace(panel, outcomes={"nrr": np.ones(len(panel))}))
    assert found.verdict is Verdict.NOT_ENOUGH_DATA


def test_arms_that_differed_a_year_earlier_are_not_comparable() -> None:
    panel = drawn_panel(4)
    (same,) = compared(panel, earlier=a_year_earlier(panel, 0.0))
    (apart,) = compared(panel, earlier=a_year_earlier(panel, 0.3))
    assert same.placebo is not None
    assert same.placebo.passes
    assert same.verdict is Verdict.HELPS
    assert apart.verdict is Verdict.NOT_COMPARABLE
    assert "a year earlier" in apart.sentence


def test_adjustment_spans_the_primary_outcomes_of_the_exposure() -> None:
    panel = drawn_panel(6)
    alone, together = compared(panel, LOGO)[0], compared(panel, LOGO, NRR)
    assert alone.p == together[0].p
    assert alone.adjusted_p == alone.p
    assert together[0].adjusted_p == pytest.approx(min(1.0, together[0].p))  # type: ignore[type-var]
    # The smaller of two p-values counts twice.
    assert together[1].adjusted_p == pytest.approx(2 * together[1].p)  # type: ignore[operator]


def test_an_account_at_two_landmarks_counts_as_one_in_the_error() -> None:
    panel = drawn_panel(8)
    later = replace(panel, landmark=panel.landmark + 3, stratum=panel.stratum + 3000)
    both = Panel(
        **{
            name: np.concatenate([getattr(panel, name), getattr(later, name)])
            for name in ("account", "landmark", "exposed", "stratum", "partner", "weight")
        },
        numbers={"adoption": np.tile(panel.numbers["adoption"], 2)},
        words={"segment": np.tile(panel.words["segment"], 2)},
        levels=panel.levels,
        outcomes={"nrr": np.tile(panel.outcomes["nrr"], 2)},
    )
    once, twice = compared(panel)[0], compared(both)[0]
    assert twice.matched.value == pytest.approx(once.matched.value, abs=0.02)
    assert twice.matched.se > 0.9 * once.matched.se  # type: ignore[operator]
    assert twice.counts.controls == once.counts.controls


def test_one_partner_alone_is_ranked_by_the_estimate_of_all() -> None:
    """Everyone met partner 7, so its part is the whole; scores are taken as known in a ranking."""
    panel = drawn_panel(9)
    designs = Designs(RULES)
    part_of(panel, None, QUESTION, [NRR], designs)
    (row,) = ranks_of(panel, [NRR], designs, {7: Named("p7", "services")}, None, RULES)
    (whole,) = compared(panel)
    assert row.value == pytest.approx(whole.matched.value, abs=1e-12)
    assert (row.exposed, row.matched) == (whole.counts.exposed, whole.counts.matched)
    assert row.high - row.low == pytest.approx(  # type: ignore[operator]
        whole.matched.high - whole.matched.low,  # type: ignore[operator]
        rel=0.15,
    )
    assert row.verdict is Verdict.HELPS


def test_partners_share_the_matches_of_all_and_sum_to_the_whole() -> None:
    panel = drawn_panel(9)
    partner = np.where(panel.exposed, 7 + panel.account % 2, NOBODY)
    designs = Designs(RULES)
    split = replace(panel, partner=partner)
    names = {7: Named("p7", "services"), 8: Named("p8", "services")}
    rows = ranks_of(split, [NRR], designs, names, None, RULES)
    (whole,) = compared(panel)
    total = sum(row.value * row.matched for row in rows)  # type: ignore[operator]
    assert total / whole.counts.matched == pytest.approx(whole.matched.value, abs=1e-12)


def test_a_correction_that_only_the_trimmed_sample_needs_is_labelled() -> None:
    panel = drawn_panel(2)
    design = design_of(panel, RULES)
    x, again = design.trimmed
    assert (
        not design.fit.firth
        and not answer_of(design, panel.outcomes["nrr"], NRR, 0, RULES).findings
    )
    design.__dict__["trimmed"] = (x, replace(again, separated=True, firth=True))
    (told,) = answer_of(design, panel.outcomes["nrr"], NRR, 0, RULES).findings
    assert "Firth" in told and "without a similar one" in told


def test_what_the_propensity_of_few_matched_accounts_leaves_out_is_said() -> None:
    """51 exposed carry five parameters, four of covariates; 49 matched ones carry three."""
    draw = np.random.default_rng(5)
    panel = drawn_panel(5, accounts=900, pull=0.3)
    others = np.flatnonzero(~panel.exposed)
    panel = panel.take(np.sort(np.concatenate([np.flatnonzero(panel.exposed)[:51], others])))
    numbers = {f"other {k}": draw.normal(size=len(panel)) for k in range(3)}
    health = panel.numbers["adoption"].copy()
    # Two exposed accounts are unlike any other, so that nobody matches them.
    health[np.flatnonzero(panel.exposed)[:2]] = 9.0
    panel = replace(panel, numbers={"adoption": health, **numbers}, words={}, levels={})
    design = design_of(panel, RULES)
    assert (len(design.names), int(design.matched.sum())) == (4, 49)
    assert answer_of(design, panel.outcomes["nrr"], NRR, 0, RULES).findings[-1] == (
        "With accounts without a similar one out, weights are made without "
        "where matches run out, other 2."
    )


def test_only_the_declared_horizon_makes_claims() -> None:
    panel = drawn_panel(3)
    designs = Designs(RULES)
    later = replace(QUESTION, horizon=24)
    (found,) = judged([part_of(panel, None, later, [NRR], designs)], RULES)
    assert found.verdict is Verdict.NO_CLEAR_EFFECT
    assert "horizon" in found.reasons[0]
    assert found.matched == compared(panel)[0].matched
    declared = RULES.model_copy(update={"horizon": 24})
    (claimed,) = judged([part_of(panel, None, later, [NRR], Designs(declared))], declared)
    assert claimed.verdict is Verdict.HELPS


def test_a_placebo_without_an_error_is_not_judged() -> None:
    """Everybody grew alike a year earlier: there is no spread to tell chance from a difference."""
    panel = drawn_panel(4)
    same = replace(panel, outcomes={"growth": np.ones(len(panel))})
    (found,) = compared(panel, earlier=same)
    assert found.placebo is None
    assert any("could not be judged: no interval" in told for told in found.findings)
