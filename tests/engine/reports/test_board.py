"""The board picks published figures and says no more than they bear."""

from __future__ import annotations

import pyarrow as pa
import pytest
from tests.engine.reports.published_run import FINDINGS, MANIFEST, PublishedRun, harbor, tables

from lichen.scorecards.board import Board, build
from lichen.scorecards.curves import retention_curves
from lichen.scorecards.targets import Standing
from lichen.vocabulary.definitions import Target
from lichen.vocabulary.dimensions import NOT_LIKE_FOR_LIKE


def board(run: PublishedRun, *targets: Target) -> Board:
    return build(run.table, MANIFEST, FINDINGS, targets)


def target(value: float, metric: str = "nrr", **more: object) -> Target:
    return Target.model_validate({"metric": metric, "value": value, "owner": "CS", **more})


def test_every_figure_on_the_board_is_a_row_of_the_run() -> None:
    run = harbor()
    published = {figure.figure_id: figure for figure in run.figures}
    shown = board(run)
    picked = [headline.figure for headline in shown.headlines]
    picked += [line.figure for line in shown.bridge.lines]
    picked += [point for r in shown.routes for each in r.series for point in each.points]
    picked += [f for t in shown.profile for row in t.rows for f in row.figures.values()]
    assert len(picked) > 200
    assert all(published[figure.figure_id] == figure for figure in picked)


def test_a_headline_says_value_interval_change_and_count() -> None:
    run = PublishedRun()
    run.add("nrr", 1.089, 180, {"served_via": "partner"}, months_ago=11, spread=0.05)
    run.add("nrr", 1.12, 184, {"served_via": "partner"}, spread=0.05)
    shown = board(run).headlines[0]
    assert shown.sentence == (
        "NRR of accounts served by partners: 112.0%, between 107.0 and 117.0, "
        "up 3.1 points since Nov 2025, within its interval; 184 accounts."
    )
    assert len(shown.trend) == 2


def test_targets_are_met_missed_on_the_way_or_not_measured() -> None:
    run = PublishedRun()
    run.add("nrr", 1.00, 500, months_ago=11, spread=0.01)
    run.add("nrr", 1.05, 500, spread=0.01)
    run.add("grr", 0.95, 500, months_ago=11, spread=0.01)
    run.add("grr", 0.90, 500, spread=0.01)
    run.add("logo_retention", None, 12)
    shown = board(
        run,
        target(1.04),
        target(1.10),
        target(0.96, "grr"),
        target(0.9, "logo_retention"),
        target(1.0, groups={"segment": "smb"}),
        target(1.1, direction="at_most"),
    )
    assert [reading.standing for reading in shown.targets] == [
        Standing.MET,
        Standing.ON_THE_WAY,
        Standing.MISSED,
        Standing.NOT_MEASURED,
        Standing.NOT_MEASURED,
        Standing.MET,
    ]
    assert shown.sentence == "Of 6 targets: 2 met, 1 missed, 1 on the way, 2 not measured."


def test_a_target_inside_the_interval_is_said_to_be_so() -> None:
    run = PublishedRun()
    run.add("nrr", 1.05, 90, spread=0.04)
    reading = board(run, target(1.03)).targets[0]
    assert reading.standing is Standing.MET
    assert "the interval (101.0 to 109.0) holds the target" in reading.reason


def test_a_money_target_is_promised_in_whole_units() -> None:
    run = PublishedRun()
    run.add("arr", 69_800_000_00.0, 1699)
    assert board(run, target(70_000_000, "arr")).targets[0].standing is Standing.MISSED
    assert board(run, target(69_000_000, "arr")).targets[0].standing is Standing.MET


def test_route_titles_say_whether_the_intervals_overlap() -> None:
    near, far = PublishedRun(), PublishedRun()
    for run, spread in ((near, 0.03), (far, 0.01)):
        run.add("grr", 0.96, 184, {"served_via": "partner"}, spread=spread)
        run.add("grr", 0.92, 900, {"served_via": "direct"}, spread=spread)
    assert board(near).routes[1].title == (
        "Accounts served by partners keep 4.0 points more than direct ones; the intervals overlap"
    )
    assert board(far).routes[1].title.endswith("; the intervals do not overlap")


def test_the_bridge_takes_the_lines_of_twelve_months_and_reconciles() -> None:
    run = PublishedRun()
    run.add_bridge(opening=61_200_000_00, closing=69_800_000_00)
    run.add("arr_movement", 5.0, 1, months=1, parameters="line=new,months=1")
    bridge = board(run).bridge
    assert [line.name for line in bridge.lines] == [
        "opening",
        "new",
        "reactivation",
        "expansion",
        "contraction",
        "churn",
        "fx",
        "closing",
    ]
    assert bridge.difference == 0
    assert bridge.title == "ARR rose from $61.2M to $69.8M in twelve months"


def test_a_bridge_that_does_not_add_up_says_by_how_much() -> None:
    run = PublishedRun()
    for line, value in {"opening": 100_00, "new": 20_00, "closing": 130_00}.items():
        run.add("arr_movement", float(value), 3, parameters=f"line={line},months=12")
    assert board(run).bridge.difference == 10_00


def test_five_hundred_partners_fold_and_the_largest_stay() -> None:
    few = next(t for t in board(harbor(5)).profile if t.dimension == "partner")
    many = next(t for t in board(harbor(500)).profile if t.dimension == "partner")
    assert (len(few.rows), few.folded) == (5, 0)
    assert (len(many.rows), many.folded) == (12, 488)
    assert [row.value for row in many.rows][:2] == ["prm:p000", "prm:p001"]


def test_partner_splits_are_cautioned_and_plain_ones_are_not() -> None:
    cautions = {table.dimension: table.caution for table in board(harbor()).profile}
    assert cautions["served_via"] == NOT_LIKE_FOR_LIKE
    assert cautions["segment"] == ""


def test_integrations_and_years_stand_in_their_own_order() -> None:
    tables = {table.dimension: table for table in board(harbor()).profile}
    assert [row.value for row in tables["integrations"].rows] == ["0", "1", "2", "10"]
    assert [row.value for row in tables["served_via"].rows] == ["direct", "hybrid", "partner"]


def test_a_run_without_figures_is_an_empty_board_that_says_so() -> None:
    shown = board(PublishedRun())
    assert shown.is_empty
    assert shown.sentence.startswith("No figures yet")


def test_a_window_of_another_length_never_stands_in_for_twelve_months() -> None:
    run = PublishedRun()
    run.add("nrr", 1.30, 50, {"cohort_year": "2026"}, months=10, spread=0.02)
    run.add("arr", 9_000_00.0, 50, {"cohort_year": "2026"}, months=10)
    rows = next(t for t in board(run).profile if t.dimension == "cohort_year").rows
    assert set(rows[0].figures) == {"arr"}


def test_the_families_are_reconciled_by_the_lines_of_the_run() -> None:
    lines = pa.table(
        {
            "family": ["arr_to_renewals"] * 3 + ["arr_to_renewals"],
            "groups": ["", "", "", "segment=smb"],
            "position": [1, 2, 3, 1],
            "line": ["cohort_arr", "nothing_due", "due", "cohort_arr"],
            "amount_minor": [100_00, -40_00, 60_00, 7_00],
            "accounts": [5, 2, 3, 1],
        }
    )
    shown = build(PublishedRun().table, MANIFEST, tables={"reconciliation": lines})
    (steps,) = shown.reconciliation.steps
    assert [(line.amount_minor, line.is_sum) for line in steps.lines] == [
        (100_00, True),
        (-40_00, False),
        (60_00, True),
    ]


def test_outcomes_stand_beside_a_year_ago_and_the_routes_that_have_them() -> None:
    run = PublishedRun()
    run.add("adoption", 0.60, 300, spread=0.02)
    run.add("adoption", 0.55, 280, months_ago=12, spread=0.02)
    run.add("adoption", 0.70, 90, {"served_via": "partner"}, spread=0.04)
    run.add("usage_trend", 1.10, 250, parameters="months=12", spread=0.03)
    (group,) = board(run).outcomes
    adoption, trend = group.outcomes
    assert (group.title, adoption.title, trend.title) == (
        "Adoption",
        "Adoption",
        "Usage trend, 12 months",
    )
    assert (adoption.total.value, adoption.before and adoption.before.value) == (0.60, 0.55)
    assert {route: figure.value for route, figure in adoption.by_route.items()} == {"partner": 0.70}
    assert trend.before is None


def test_a_run_without_outcomes_has_no_section_of_them() -> None:
    run = PublishedRun()
    run.add("nrr", 1.05, 90, spread=0.04)
    assert board(run).outcomes == ()


def test_curves_end_where_too_few_are_watched_and_are_read_where_all_routes_reach() -> None:
    shown = build(harbor().table, MANIFEST, FINDINGS, (), tables()).curves
    assert [curve.value for curve in shown.curves] == ["direct", "hybrid", "partner"]
    assert all(curve.points[-1].month == 48 for curve in shown.curves)
    assert shown.title == (
        "After 36 months 83% of accounts served by partners, 78% of accounts served together with "
        "partners and 62% of accounts served directly are still customers"
    )
    few = retention_curves(tables(), minimum=300)
    assert all(curve.points[-1].month == 16 for curve in few.curves)


def test_the_funnel_says_how_many_came_and_how_many_were_lost() -> None:
    shown = build(harbor().table, MANIFEST, FINDINGS, (), tables()).funnel
    assert shown is not None
    assert shown.title == "75% of 320 new accounts have come to first value; 21 were lost"
    assert [stage.title for stage in shown.between] == ["Kickoff", "Go live", "First value"]


def test_costs_are_set_against_the_revenue_of_the_same_route_on_one_order_of_kinds() -> None:
    run = PublishedRun()
    run.add("cost_to_serve", 0.20, 400, denominator=10_000_00)
    run.add("cost_to_serve", 0.30, 300, {"served_via": "direct"}, denominator=6_000_00)
    run.add("cost_to_serve", None, 12, {"served_via": "hybrid"}, denominator=1_000_00)
    latest = {"window_from": run.figures[0].window_from, "window_to": run.figures[0].window_to}

    def cost(groups: str, kind: str, amount: int) -> dict[str, object]:
        return {**latest, "groups": groups, "kind": kind, "off_margin_minor": amount, "accounts": 9}

    rows = [
        cost("", "hosting", 500_00),
        cost("", "support", 1_500_00),
        cost("served_via=direct", "hosting", 300_00),
        cost("served_via=direct", "support", 1_500_00),
        cost("served_via=direct", "sales", 0),
        cost("served_via=hybrid", "support", 10_00),
    ]
    held = {"cost_lines": pa.Table.from_pylist(rows)}
    (panel,) = build(run.table, MANIFEST, FINDINGS, (), held).costs
    assert panel.label == "Direct"
    assert [(cost.kind, cost.share) for cost in panel.costs] == [
        ("support", 0.25),
        ("hosting", 0.05),
    ]
    assert panel.share == pytest.approx(0.30)


def test_a_target_need_not_repeat_what_the_workspace_says_once() -> None:
    run = PublishedRun()
    run.add("value_within", 0.55, 90, parameters="days=90,starts=24", spread=0.04)
    run.add("value_within", 0.80, 90, parameters="days=180,starts=24", spread=0.04)
    met, unknown = board(
        run,
        target(0.5, "value_within", parameters={"days": "90"}),
        target(0.5, "value_within", parameters={"days": "91"}),
    ).targets
    assert met.standing is Standing.MET
    assert met.figure is not None
    assert met.figure.parameters == "days=90,starts=24"
    assert unknown.standing is Standing.NOT_MEASURED
    assert unknown.reason == (
        "This run publishes no such figure. It has figures for days=180,starts=24; "
        "days=90,starts=24."
    )
