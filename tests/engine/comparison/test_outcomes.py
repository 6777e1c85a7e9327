"""What became of accounts after T0 = 2024-06-30, by hand; 12 months end on 2025-06-30."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from facts_from_rows import Row, facts_from_rows, line, renewal
from points import at, by_account, day, with_t0

from lichen.engines import Engine
from lichen.kernel.errors import UnknownName
from lichen.value.comparison.outcomes import (
    OUTCOMES,
    outcome_named,
    outcomes_after,
    placebo_growth,
)
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.metrics import METRICS, Direction

AS_OF = date(2025, 12, 31)
NONE = None

LINES = [
    line(1, "2023-01-15", NONE, 1_000),  # kept
    line(2, "2023-01-15", "2025-01-15", 1_000),  # grew by half
    line(2, "2025-01-15", NONE, 1_500),
    line(3, "2023-01-15", "2025-01-15", 1_000),  # shrank by a quarter
    line(3, "2025-01-15", NONE, 750),
    line(4, "2023-01-15", "2025-06-30", 1_000),  # gone on the last day
    line(5, "2023-01-15", "2024-06-30", 1_000),  # gone at T0: no case
    line(6, "2023-01-15", "2024-08-01", 1_000),  # away in between, back at the end
    line(6, "2025-03-01", NONE, 400),
    line(7, "2024-07-01", NONE, 1_000),  # came after T0: no case
]
KEYS = range(1, 8)


def found(engine: Engine, name: str, horizon: int = 12, **rows: list[Row]) -> dict[int, Any]:
    facts = facts_from_rows(engine, AS_OF, **{"subscription": LINES, **rows})
    points = at(engine, [(key, "2024-06") for key in KEYS])
    table = outcomes_after(facts, Definitions(), points, horizon, [name])
    assert table.columns == ("account_key", "landmark", name)
    return by_account(engine, table, name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("logo_retention", {1: 1.0, 2: 1.0, 3: 1.0, 4: 0.0, 6: 1.0}),
        ("nrr", {1: 1.0, 2: 1.5, 3: 0.75, 4: 0.0, 6: 0.4}),
        ("expansion_rate", {1: 0.0, 2: 0.5, 3: 0.0, 4: 0.0, 6: 0.0}),
    ],
)
def test_outcomes_of_arr_compare_both_ends_and_churn_is_nothing(
    engine: Engine, name: str, expected: dict[int, float]
) -> None:
    assert found(engine, name) == {5: NONE, 7: NONE, **expected}


def test_a_shorter_horizon_ends_sooner(duckdb: Engine) -> None:
    assert found(duckdb, "nrr", 6) == {1: 1, 2: 1, 3: 1, 4: 1, 5: NONE, 6: 0, 7: NONE}


def test_a_horizon_that_is_not_over_has_no_outcome(duckdb: Engine) -> None:
    assert found(duckdb, "logo_retention", 18)[1] == 1.0
    assert set(found(duckdb, "logo_retention", 24).values()) == {NONE}


def test_arr_is_at_the_rate_of_t0_on_both_days(engine: Engine) -> None:
    lines = [
        line(1, "2023-01-15", NONE, 1_000, "EUR"),
        line(2, "2023-01-15", NONE, 1_000, "USD"),
        line(2, "2025-01-01", NONE, 1_000, "EUR"),
    ]
    quotes = [("2024-06-30", "1.25"), ("2025-06-30", "2.00")]
    rates = [{"currency": "EUR", "on": day(on), "rate": Decimal(rate)} for on, rate in quotes]
    facts = facts_from_rows(engine, day("2025-06-30"), subscription=lines, fx_rate=rates)
    points = at(engine, [(1, "2024-06"), (2, "2024-06")])
    table = outcomes_after(facts, Definitions(), points, 12, ["nrr"])
    assert by_account(engine, table, "nrr") == {1: 1.0, 2: 2.25}


def test_renewals_count_when_due_in_the_horizon_and_decided(engine: Engine) -> None:
    rows = [
        renewal(1, "2024-06-30", 10, "churned"),  # due on T0: of the time before
        renewal(1, "2025-06-30", 10, "renewed"),
        renewal(2, "2024-07-01", 10, "renewed"),
        renewal(2, "2025-01-15", 10, "churned"),
        renewal(3, "2025-01-15", 10, "pending"),
        renewal(4, "2025-06-30", 10, "churned"),
        renewal(5, "2024-09-30", 10, "churned"),
        renewal(6, "2025-07-01", 10, "renewed"),
    ]
    assert found(engine, "renewal_rate", renewal=rows) == {
        1: 1.0,
        2: 0.5,
        3: NONE,
        4: 0.0,
        5: NONE,
        6: NONE,
        7: NONE,
    }


def used(key: int, month: str, users: int, seats: int) -> Row:
    return {"account_key": key, "month": day(month), "active_users": users, "seats": seats}


def test_adoption_is_that_of_the_last_three_months_and_nothing_after_churn(
    engine: Engine,
) -> None:
    rows = [
        used(1, "2025-03-31", 9, 10),  # too early
        used(1, "2025-04-30", 2, 10),
        used(1, "2025-06-30", 4, 10),
        used(1, "2025-07-31", 9, 10),  # too late
        used(3, "2025-05-31", 1, 4),
        used(4, "2025-05-31", 8, 10),  # had users until it left
    ]
    adoption = found(engine, "adoption", usage=rows)
    assert adoption == {1: 0.3, 2: NONE, 3: 0.25, 4: 0.0, 5: NONE, 6: NONE, 7: NONE}


def cost(key: int | None, month: str, kind: str, minor: int) -> Row:
    return {
        "cost_id": f"{key}-{month}-{kind}",
        "account_key": key,
        "month": day(month),
        "kind": kind,
        "amount_minor": minor,
        "reported_minor": minor,
        "currency": "USD",
    }


def test_cost_to_serve_sums_serving_kinds_over_arr_at_t0(engine: Engine) -> None:
    rows = [
        cost(1, "2024-06-30", "support", 500),  # the month of T0 is before
        cost(1, "2024-07-31", "support", 100),
        cost(1, "2025-06-30", "hosting", 50),
        cost(1, "2025-06-30", "sales", 900),  # wins accounts, does not serve them
        cost(6, "2024-07-31", "csm", 70),
        cost(NONE, "2024-07-31", "support", 5_000),
    ]
    spent = found(engine, "cost_to_serve", cost=rows)
    # 4 is gone and nobody wrote a cost: nothing. 2 and 3 stayed: not known.
    assert spent == {1: 0.15, 2: NONE, 3: NONE, 4: 0.0, 5: NONE, 6: 0.07, 7: NONE}


def test_advocates_spoke_for_the_vendor_in_the_horizon(engine: Engine) -> None:
    days = {1: ["2024-06-30"], 2: ["2024-07-01", "2025-01-01"], 4: ["2025-07-01"]}
    rows = [
        {"advocacy_id": f"{key}-{on}", "account_key": key, "happened_on": day(on), "kind": "review"}
        for key, each in days.items()
        for on in each
    ]
    spoke = found(engine, "advocates", advocacy=rows)
    assert spoke == {1: 0.0, 2: 1.0, 3: 0.0, 4: 0.0, 5: NONE, 6: 0.0, 7: NONE}


def answer(key: int, on: str, kind: str, score: float) -> Row:
    return {
        "survey_id": f"{key}-{on}-{kind}",
        "account_key": key,
        "responded_on": day(on),
        "kind": kind,
        "score": score,
    }


def test_nps_and_csat_are_of_those_who_answered_and_by_their_latest_answer(
    engine: Engine,
) -> None:
    rows = [
        answer(1, "2024-08-01", "nps", 2),
        answer(1, "2025-02-01", "nps", 9),
        answer(2, "2025-06-30", "nps", 7),
        answer(3, "2024-07-01", "nps", 6),
        answer(4, "2024-06-30", "nps", 10),  # before
        answer(1, "2025-02-01", "csat", 4),
        answer(2, "2025-02-01", "csat", 3),
    ]
    nps = found(engine, "nps", survey=rows)
    assert nps == {1: 100.0, 2: 0.0, 3: -100.0, 4: NONE, 5: NONE, 6: NONE, 7: NONE}
    csat = found(engine, "csat", survey=rows)
    assert csat == {1: 1.0, 2: 0.0, 3: NONE, 4: NONE, 5: NONE, 6: NONE, 7: NONE}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # T0 is 2024-03-11; 12 months later is 2025-03-11, 365 days.
        ("time_to_value", {1: 20.0, 2: 365.0, 3: NONE, 4: 365.0, 5: 30.0, 6: 365.0}),
        ("value_within", {1: 1.0, 2: 0.0, 3: NONE, 4: 0.0, 5: 1.0, 6: 0.0}),
    ],
)
def test_time_to_value_waits_at_most_the_horizon(
    engine: Engine, name: str, expected: dict[int, float]
) -> None:
    lines = [line(key, "2024-02-10", NONE, 100) for key in (1, 2, 3, 6)]
    lines += [line(key, "2024-02-10", "2024-04-10", 100) for key in (4, 5)]
    reached = {
        1: "2024-03-31",
        3: "2024-03-11",  # by T0: no case
        4: "2024-04-11",  # the day after it was lost
        5: "2024-04-10",  # on the day it was lost
        6: "2025-03-12",  # after the horizon
    }
    rows = [
        {"account_key": key, "milestone": "first_value", "reached_on": day(on)}
        for key, on in reached.items()
    ]
    facts = facts_from_rows(engine, AS_OF, subscription=lines, milestone=rows)
    points = with_t0(engine, [(key, day("2024-03-11")) for key in expected])
    table = outcomes_after(facts, Definitions(), points, 12, ["time_to_value", "value_within"])
    assert by_account(engine, table, name) == expected


def test_what_no_feed_provides_is_null(duckdb: Engine) -> None:
    facts = facts_from_rows(duckdb, AS_OF, subscription=LINES)
    points = at(duckdb, [(1, "2024-06"), (4, "2024-06")])
    table = outcomes_after(facts, Definitions(), points, 12, OUTCOMES)
    rows = duckdb.to_arrow(table.order_by("account_key")).to_pylist()
    known = {name for row in rows for name in OUTCOMES if row[name] is not None}
    assert known == {"logo_retention", "nrr", "expansion_rate"}
    assert {str(table[name].type()) for name in OUTCOMES} == {"float64"}


def test_the_placebo_is_growth_from_a_year_before_t0_to_q0(engine: Engine) -> None:
    # T0 2024-06-30: from 2023-06-30 to 2024-03-31.
    lines = [
        line(1, "2023-01-15", "2024-03-31", 1_000),
        line(1, "2024-03-31", "2024-04-01", 1_200),
        line(1, "2024-04-01", NONE, 9_000),
        line(2, "2023-07-01", NONE, 1_000),
        line(3, "2023-01-15", "2024-03-01", 1_000),
    ]
    facts = facts_from_rows(engine, AS_OF, subscription=lines)
    points = at(engine, [(key, "2024-06") for key in (1, 2, 3)])
    growth = by_account(engine, placebo_growth(facts, Definitions(), points), "growth")
    assert growth == {1: 1.2, 2: NONE, 3: 0.0}


def test_outcomes_carry_the_names_and_directions_of_the_catalogue() -> None:
    assert set(OUTCOMES) <= set(METRICS)
    lower = {name for name, each in OUTCOMES.items() if each.direction is Direction.LOWER}
    assert lower == {"cost_to_serve", "time_to_value"}
    primary = {name for name, each in OUTCOMES.items() if each.primary}
    assert primary == {
        "renewal_rate",
        "logo_retention",
        "nrr",
        "expansion_rate",
        "adoption",
        "cost_to_serve",
        "time_to_value",
    }
    assert {name for name, each in OUTCOMES.items() if not each.has_verdict} == {"nps", "csat"}


def test_an_unknown_outcome_is_refused_with_what_was_meant() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'logo_retention'"):
        outcome_named("logo_retained")
