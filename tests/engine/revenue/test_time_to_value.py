"""Waits for value: who is followed, from when, in which group, and what is said of too few."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from facts_from_rows import Row, facts_from_rows, grouping, line, month, request, whole_base

from lichen.engines import Engine
from lichen.inference.intervals import wilson
from lichen.kernel.periods import FAR_MONTH
from lichen.ledger.facts import Measured
from lichen.revenue import time_to_value
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure

CLOSE = date(2025, 12, 31)
A_YEAR_BEFORE = date(2024, 12, 31)
NAMES = ("time_to_value", "value_within", "promise_kept", "promise_slip", "go_live_spread")


def _rules(**words: object) -> Definitions:
    return Definitions.model_validate({"scorecard": {"minimum_count": 1}, "time_to_value": words})


def _reached(account: int, on: str | None, milestone: str = "first_value") -> Row:
    return {
        "account_key": account,
        "milestone": milestone,
        "reached_on": date.fromisoformat(on) if on else None,
    }


def _measured(
    engine: Engine, lines: Sequence[Row], milestones: Sequence[Row], **words: object
) -> Measured:
    facts = facts_from_rows(engine, CLOSE, subscription=lines, milestone=milestones)
    accounts = {row["account_key"] for row in lines}
    return time_to_value.measure(
        request(facts, [whole_base(engine, accounts)], (), _rules(**words))
    )


def _figure(
    measured: Measured, metric: str, parameters: str = "starts=24", **which: object
) -> Figure:
    wanted = {"groups": "", "window_to": CLOSE, **which}
    (found,) = (
        figure
        for figure in measured.figures
        if (figure.metric, figure.parameters) == (metric, parameters)
        and all(getattr(figure, name) == value for name, value in wanted.items())
    )
    return found


def test_nobody_to_wait_for_in_two_years_is_no_error(duckdb: Engine) -> None:
    """One account, which came more than 24 months before the close."""
    found = _measured(duckdb, [line(1, "2022-01-01", None, 100)], [_reached(1, "2022-03-01")])
    assert _figure(found, "time_to_value").value is None


def test_half_never_reached_is_said_and_the_rest_stays_known(duckdb: Engine) -> None:
    lines = [line(k, "2025-01-01", "2025-03-01" if k > 2 else None, 100) for k in range(1, 6)]
    measured = _measured(duckdb, lines, [_reached(1, "2025-01-11"), _reached(2, "2025-01-31")])
    # Two of five reached it, three were lost: it stays at 40%.
    figure = _figure(measured, "time_to_value")
    assert (figure.value, figure.verdict) == (None, "not_reached")
    assert (figure.numerator, figure.denominator, figure.n) == (2, 5, 5)
    within = _figure(measured, "value_within", "days=180,starts=24")
    assert within.value == pytest.approx(0.4)


def test_a_milestone_after_the_loss_is_of_another_life(duckdb: Engine) -> None:
    lines = [line(1, "2025-01-01", "2025-02-01", 100), line(1, "2025-06-01", None, 100)]
    measured = _measured(duckdb, lines, [_reached(1, "2025-07-01")])
    assert _figure(measured, "time_to_value").numerator == 0
    on_the_day = _measured(duckdb, lines, [_reached(1, "2025-02-01")])
    figure = _figure(on_the_day, "time_to_value")
    assert (figure.numerator, figure.value) == (1, 31)


def test_the_figure_of_a_year_before_sees_nothing_later(duckdb: Engine) -> None:
    lines = [line(k, "2024-10-02", "2025-06-01" if k == 3 else None, 100) for k in (1, 2, 3)]
    rows = [_reached(1, "2024-11-01"), _reached(2, "2025-01-05")]
    measured = _measured(duckdb, lines, rows)
    now, then = (
        _figure(measured, "value_within", "days=90,starts=24", window_to=day)
        for day in (CLOSE, A_YEAR_BEFORE)
    )
    assert (now.numerator, then.numerator) == (1, 1)
    assert (now.value, then.value) == pytest.approx((1 / 3, 1 / 3))
    # 2 January 2025 is day 92; on 31 December 2024 all but account 1 are open at 90 days.
    late = _figure(measured, "value_within", "days=180,starts=24", window_to=A_YEAR_BEFORE)
    assert (late.value, late.verdict) == (None, "not_followed")
    assert _figure(measured, "value_within", "days=180,starts=24").numerator == 2


def test_days_count_from_a_milestone_where_the_workspace_says_so(duckdb: Engine) -> None:
    lines = [line(1, "2025-01-01", None, 100), line(2, "2025-01-01", None, 100)]
    rows = [
        _reached(1, "2025-02-01", "kickoff"),
        _reached(1, "2025-03-03"),
        _reached(2, "2025-03-03"),
    ]
    figure = _figure(_measured(duckdb, lines, rows, since="kickoff"), "time_to_value")
    # Account 2 has had no kickoff, so its wait has not begun.
    assert (figure.n, figure.value) == (1, 30)
    assert _figure(_measured(duckdb, lines, rows), "time_to_value").value == 61


def test_going_live_stands_for_value_where_none_is_loaded_and_that_is_said(duckdb: Engine) -> None:
    measured = _measured(
        duckdb, [line(1, "2025-01-01", None, 100)], [_reached(1, "2025-01-21", "go_live")]
    )
    assert _figure(measured, "time_to_value").value == 20
    (finding,) = measured.findings
    assert finding.code == "go_live_stands_for_value"
    assert set(finding.metrics) == set(NAMES) - {"go_live_spread"}


def test_without_milestones_nothing_is_published_and_that_is_said(duckdb: Engine) -> None:
    measured = _measured(duckdb, [line(1, "2025-01-01", None, 100)], [])
    assert not measured.figures
    (finding,) = measured.findings
    assert finding.code == "milestones_not_mapped"
    assert set(finding.metrics) == set(NAMES)


def test_an_account_is_in_the_group_of_30_days_after_its_start(duckdb: Engine) -> None:
    lines = [line(1, "2025-01-20", None, 100), line(2, "2025-12-20", None, 100)]
    rows = [_reached(1, "2025-05-01")]
    members = {
        (1, 0, month("2025-02")): {"served_via": "direct"},
        (1, month("2025-02"), month("2025-04")): {"served_via": "partner"},
        (1, month("2025-04"), FAR_MONTH): {"served_via": "hybrid"},
        # Thirty days after its start lie past the close, where nothing is known.
        (2, 0, month("2026-01")): {"served_via": "direct"},
        (2, month("2026-01"), FAR_MONTH): {"served_via": "partner"},
    }
    facts = facts_from_rows(duckdb, CLOSE, subscription=lines, milestone=rows)
    routes = grouping(duckdb, ("served_via",), members)
    measured = time_to_value.measure(request(facts, [routes], (), _rules()))
    found = {
        figure.groups: figure.n
        for figure in measured.figures
        if figure.metric == "time_to_value" and figure.window_to == CLOSE
    }
    assert found == {"": 2, "served_via=partner": 1, "served_via=direct": 1}


def test_where_none_got_there_the_interval_is_wilsons_on_those_followed(duckdb: Engine) -> None:
    lines = [line(k, "2025-01-01", None, 100) for k in range(1, 11)]
    lines += [line(11, "2025-12-01", None, 100)]
    measured = _measured(duckdb, lines, [_reached(1, None), _reached(2, "2025-09-01")])
    figure = _figure(measured, "value_within", "days=90,starts=24")
    assert (figure.value, figure.low) == (0, 0)
    # Ten were followed to day 90, the one of December was not.
    assert figure.high == pytest.approx(float(wilson(0, 10)[1]))


def test_too_few_accounts_are_not_enough_data(duckdb: Engine) -> None:
    facts = facts_from_rows(
        duckdb,
        CLOSE,
        subscription=[line(1, "2025-01-01", None, 100)],
        milestone=[_reached(1, "2025-01-21")],
    )
    measured = time_to_value.measure(request(facts, [whole_base(duckdb, [1])]))
    latest = [figure for figure in measured.figures if figure.window_to == CLOSE]
    assert {figure.metric for figure in latest} == set(NAMES)
    assert {(figure.verdict, figure.value) for figure in latest} == {("not_enough_data", None)}


def test_figures_name_the_definition_of_value(duckdb: Engine) -> None:
    rows = [line(1, "2025-01-01", None, 100)], [_reached(1, "2025-01-21")]
    plain = _figure(_measured(duckdb, *rows), "time_to_value")
    longer = _measured(duckdb, *rows, starts_months=36)
    changed = _figure(longer, "time_to_value", "starts=36")
    assert "time_to_value:" in plain.definition
    assert plain.definition != changed.definition
