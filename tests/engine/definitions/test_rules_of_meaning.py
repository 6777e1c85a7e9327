"""Each rule on what the definitions mean: a file that breaks it, and the problem it gets."""

from __future__ import annotations

import pytest

from lichen.vocabulary.load import check_text
from lichen.vocabulary.validate import RULES

TARGET = "[[target]]\nowner = 'Ada'\n"

BROKEN = {
    "currency_is_known": ("[workspace]\ncurrency = 'DOLLAR'", "error", "expected an ISO 4217 code"),
    "time_zone_is_known": (
        "[workspace]\ntime_zone = 'Berlin'",
        "error",
        "Did you mean 'Europe/Berlin'?",
    ),
    "as_of_is_a_month_end": ("[workspace]\nas_of = 2024-02-28", "warning", "Write 2024-01-31"),
    "feeds_name_entities": ("[feeds.acount]", "error", "Did you mean 'account'"),
    "latest_is_decidable": (
        "[feeds.account]\nkeep_latest_by = 'update_at'",
        "error",
        "account has no column 'update_at'. Did you mean 'updated_at'?",
    ),
    "inclusive_end_has_an_end": (
        "[feeds.account]\ninclusive_end = true",
        "warning",
        "account has no end date",
    ),
    "roles_are_counted_once": (
        "[involvement]\nmeaningful_roles = []",
        "warning",
        "no account is ever 'involved'",
    ),
    "markers_are_ranked_once": (
        "[involvement]\ncomplete_markers = ['lead_sorce']",
        "warning",
        "Did you mean 'lead_source'?",
    ),
    "cost_kinds_count_once": (
        "[cost]\ncost_of_revenue = ['people', 'support']",
        "error",
        "cost.cost_of_revenue: 'support' stands in cost.serving too",
    ),
    "embeddedness_classes_rise": (
        "[embeddedness]\nfull = 2",
        "error",
        "embeddedness.full: 2 is not above embeddedness.deep = 2",
    ),
    "balance_limits_rise": (
        "[comparison]\nbalance = 0.3",
        "error",
        "comparison.balance: 0.3 is above comparison.balance_most = 0.25",
    ),
    "pilots_are_distinct": (
        2 * "[[pilot]]\nname = 'Review'\nplay = 'review'\nstarts_on = 2026-01-01\n",
        "error",
        "pilot[2].name: pilot[1] has the same name",
    ),
    "pairs_are_two_dimensions": (
        "[scorecard]\npairs = [['segment', 'segment']]",
        "error",
        "paired with itself",
    ),
    "targets_name_metrics": (
        TARGET + "metric = 'nr'\nvalue = 1.0",
        "error",
        "there is no metric 'nr'. Did you mean 'nrr'",
    ),
    "targets_name_groups": (
        TARGET + "metric = 'nrr'\nvalue = 1.0\ngroups = { region = 'EU', industry = 'Retail' }",
        "warning",
        'Add ["industry", "region"] to scorecard.pairs.',
    ),
    "targets_are_plausible": (
        TARGET + "metric = 'nrr'\nvalue = 110",
        "warning",
        "for 110% write 1.1",
    ),
    "targets_face_the_right_way": (
        TARGET + "metric = 'churn_rate'\nvalue = 0.1",
        "warning",
        'Write direction = "at_most".',
    ),
    "targets_are_distinct": (
        (TARGET + "metric = 'nrr'\nvalue = 1.0\n") * 2,
        "error",
        "target[2]: target[1] has the same metric",
    ),
}


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_a_file_that_breaks_one_rule_has_exactly_that_problem(rule: str) -> None:
    text, level, part = BROKEN[rule]
    checked = check_text(text)
    (problem,) = checked.problems
    assert (problem.level, part in problem.told("lichen.toml")) == (level, True)
    assert (checked.definitions is None) == (level == "error")


def test_every_rule_is_shown_broken() -> None:
    assert {rule.__name__ for rule in RULES} == set(BROKEN)


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [
        ("nrr", 1.2, None),  # growth may carry NRR above 1
        ("grr", 1.05, "1.05 is above 1, which grr is never."),
        ("logo_retention", 85, "85 is 8,500%."),
        ("arr", 2_000_000, None),  # money has no ceiling
        ("arr", -1, "-1 is negative, which arr is never."),
    ],
)
def test_a_value_that_its_metric_cannot_have_is_doubted(
    metric: str, value: float, expected: str | None
) -> None:
    found = check_text(f"{TARGET}metric = '{metric}'\nvalue = {value}\n").problems
    assert [problem.sentence for problem in found] == ([expected] if expected else [])


def test_the_same_pair_in_the_other_order_is_the_same_pair() -> None:
    text = "[scorecard]\npairs = [['segment', 'region'], ['region', 'segment']]"
    (problem,) = check_text(text).problems
    assert "more than once" in problem.sentence


def test_the_latest_row_is_not_decided_by_text() -> None:
    (problem,) = check_text("[feeds.account]\nkeep_latest_by = 'name'").problems
    assert (problem.level, "whose order is not one of time" in problem.sentence) == (
        "warning",
        True,
    )


def test_a_target_on_a_line_of_the_bridge_is_refused() -> None:
    (problem,) = check_text(f"{TARGET}metric = 'arr_movement'\nvalue = 5").problems
    assert "a figure per line of the bridge" in problem.sentence


def test_the_rest_of_a_target_is_checked_though_its_owner_is_missing() -> None:
    text = "[[target]]\nmetric = 'nrr'\nvalue = 1.0\ngroups = { sement = 'smb' }"
    assert [problem.place for problem in check_text(text).problems] == [
        "target[1].owner",
        "target[1].groups.sement",
    ]


def test_a_kind_that_stands_twice_in_one_group_is_told() -> None:
    (problem,) = check_text("[cost]\nserving = ['csm', 'hosting', 'onboarding', 'csm']").problems
    assert problem.sentence == "'csm' stands here more than once."


def test_what_is_paid_once_must_count_somewhere() -> None:
    (problem,) = check_text("[cost]\npaid_once = ['onboarding', 'sales']").problems
    assert problem.place == "cost.paid_once"
    assert "'sales' is in neither cost.serving nor cost.cost_of_revenue" in problem.sentence


def test_a_target_names_one_of_a_metrics_figures() -> None:
    text = f"{TARGET}metric = 'usage_trend'\nvalue = 1.1\n"
    (problem,) = check_text(text).problems
    assert problem.place == "target[1].parameters"
    assert (
        problem.sentence == "'usage_trend' has a figure for each of months; the target names none."
    )
    assert check_text(f"{text}parameters = {{ months = '12' }}\n").problems == ()


def test_targets_on_two_figures_of_one_metric_are_two_targets() -> None:
    text = f"{TARGET}metric = 'win_rate'\nvalue = 0.5\nparameters = {{ customers = '%s' }}\n"
    assert check_text(text % "new" + text % "existing").problems == ()
    (problem,) = check_text(text % "new" + text % "new").problems
    assert "same metric, groups, parameters and period" in problem.sentence


def test_a_share_of_growth_may_be_promised_but_never_below_nothing() -> None:
    (problem,) = check_text(f"{TARGET}metric = 'growth_share'\nvalue = -0.1\n").problems
    assert "negative, which growth_share is never" in problem.sentence
