"""What is known of accounts before a quarter, by hand. Landmark 2024-12, so Q0 is 2024-09-30."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from math import log, log1p
from typing import Any

import pytest
from facts_from_rows import Row, facts_from_rows, line, renewal
from points import at, by_account, day, with_t0

from lichen.engines import Engine
from lichen.kernel.errors import UnknownName
from lichen.revenue.exchange import RateMissing
from lichen.value.comparison.covariates import covariates_at
from lichen.vocabulary.definitions import Definitions, Workspace

AS_OF = date(2025, 12, 31)
FIXED = Definitions(workspace=Workspace(fixed=("segment", "industry", "region")))
NONE = None


def found(
    engine: Engine, name: str, accounts: int, definitions: Definitions = FIXED, **rows: list[Row]
) -> dict[int, Any]:
    facts = facts_from_rows(engine, AS_OF, **rows)
    points = at(engine, [(key, "2024-12") for key in range(1, accounts + 1)])
    return by_account(engine, covariates_at(facts, definitions, points).table, name)


LINES = [
    line(1, "2023-01-15", NONE, 12_000),  # all the time
    line(2, "2023-01-15", "2024-06-30", 12_000),  # twice as much since June
    line(2, "2024-06-30", NONE, 24_000),
    line(3, "2024-07-01", NONE, 9_000),  # came in the six months before Q0
    line(4, "2023-01-15", "2024-09-30", 5_000),  # left on Q0
    line(5, "2024-10-01", NONE, 5_000),  # came after Q0
    line(6, "2022-05-01", "2023-05-01", 700),  # was gone at Q0-6, is back
    line(6, "2024-08-01", "2024-11-30", 800),  # will have left at T0
]


def test_arr_is_that_of_q0_whatever_came_after(engine: Engine) -> None:
    assert found(engine, "log_arr", 6, subscription=LINES) == pytest.approx(
        {1: log(12_000), 2: log(24_000), 3: log(9_000), 4: NONE, 5: NONE, 6: log(800)}
    )


def test_the_trend_of_arr_is_nothing_without_arr_six_months_before(engine: Engine) -> None:
    trend = found(engine, "arr_trend", 6, subscription=LINES)
    assert trend == pytest.approx({1: 0.0, 2: log(2), 3: 0.0, 4: NONE, 5: NONE, 6: 0.0})
    is_new = found(engine, "no_arr_before", 6, subscription=LINES)
    assert is_new == {1: 0.0, 2: 0.0, 3: 1.0, 4: 0.0, 5: NONE, 6: 1.0}


def test_tenure_counts_months_since_the_first_line(engine: Engine) -> None:
    # January 2023 to September 2024 is 20 months; July 2; May 2022 28, though it was away.
    assert found(engine, "tenure", 6, subscription=LINES) == pytest.approx(
        {1: log1p(20), 2: log1p(20), 3: log1p(2), 4: log1p(20), 5: NONE, 6: log1p(28)}
    )


def test_foreign_arr_is_at_the_rate_of_q0_on_both_days(engine: Engine) -> None:
    lines = [
        line(1, "2023-01-15", NONE, 1_000, "EUR"),
        line(1, "2024-06-01", NONE, 500, "USD"),
        line(2, "2023-01-15", NONE, 1_000, "EUR"),
    ]
    quotes = [("2024-03-31", "1.50"), ("2024-09-30", "1.10"), ("2024-12-31", "9.00")]
    rates = [{"currency": "EUR", "on": day(on), "rate": Decimal(rate)} for on, rate in quotes]
    arr = found(engine, "log_arr", 2, subscription=lines, fx_rate=rates)
    assert arr == pytest.approx({1: log(1_600), 2: log(1_100)})
    trend = found(engine, "arr_trend", 2, subscription=lines, fx_rate=rates)
    assert trend == pytest.approx({1: log(1_600 / 1_100), 2: 0.0})


def test_foreign_arr_without_a_rate_at_q0_is_refused(duckdb: Engine) -> None:
    with pytest.raises(RateMissing, match="EUR on 2024-09-30"):
        found(duckdb, "log_arr", 1, subscription=[line(1, "2023-01-15", NONE, 1_000, "EUR")])


def test_the_term_is_counted_from_its_start_and_not_from_an_end_entered_later(
    engine: Engine,
) -> None:
    lines = [
        # Two years from 15 January 2023: due January 2025, four months after September 2024.
        {**line(1, "2023-01-15", "2024-11-30", 100), "term_months": 24},
        # A year, renewed twice without a new line: due March 2025.
        {**line(2, "2022-03-10", NONE, 100), "term_months": 12},
        {**line(2, "2024-08-01", NONE, 100), "term_months": 6},  # due sooner: February 2025
        {**line(3, "2023-09-10", NONE, 100), "term_months": 12},  # renewed this month: a year left
        {**line(4, "2023-01-15", NONE, 100), "term_months": NONE},
        {**line(5, "2024-08-01", NONE, 100), "term_months": 0},
    ]
    assert found(engine, "months_to_term_end", 5, subscription=lines) == {
        1: 4.0,
        2: 5.0,
        3: 12.0,
        4: NONE,
        5: NONE,
    }


def test_without_terms_the_next_renewal_known_by_q0_ends_the_term(engine: Engine) -> None:
    def due(key: int, on: str, recorded: str | None) -> Row:
        row = renewal(key, on, 10, "pending")
        return row if recorded is None else {**row, "recorded_on": day(recorded)}

    lines = [line(key, "2023-01-15", NONE, 100) for key in (1, 2, 3)]
    rows = [
        due(1, "2024-09-30", "2024-01-01"),  # due by Q0
        due(1, "2025-03-15", "2024-09-30"),  # the next
        due(1, "2026-03-15", "2024-09-30"),
        due(2, "2024-12-15", "2024-10-01"),  # recorded after Q0
        due(3, "2024-12-15", NONE),  # nobody knows when
    ]
    facts = facts_from_rows(engine, AS_OF, subscription=lines, renewal=rows)
    points = at(engine, [(key, "2024-12") for key in (1, 2, 3)])
    assert "months_to_term_end" in covariates_at(facts, FIXED, points).barred
    mapped = {**facts.mapped, "renewal": facts.mapped["renewal"] | {"recorded_at"}}
    known = covariates_at(replace(facts, mapped=mapped), FIXED, points)
    assert by_account(engine, known.table, "months_to_term_end") == {1: 6.0, 2: NONE, 3: NONE}


def test_products_and_seats_are_those_of_lines_live_at_q0(engine: Engine) -> None:
    lines = [
        {**line(1, "2023-01-15", NONE, 100), "product": "core", "seats": 10},
        {**line(1, "2023-06-01", NONE, 60), "product": "core", "seats": 5},
        {**line(1, "2024-01-01", NONE, 50), "product": "extra"},
        {**line(1, "2023-01-01", "2024-01-01", 9), "product": "gone", "seats": 99},
        {**line(2, "2023-01-15", NONE, 100), "product": "core"},
        {**line(2, "2024-12-01", NONE, 100), "product": "later", "seats": 50},
    ]
    assert found(engine, "products", 2, subscription=lines) == {1: 2.0, 2: 1.0}
    assert found(engine, "seats", 2, subscription=lines) == {1: pytest.approx(log1p(15)), 2: NONE}


def used(key: int, month: str, users: int | None, seats: int | None, **more: Any) -> Row:
    return {
        "account_key": key,
        "month": day(month),
        "active_users": users,
        "seats": seats,
        **more,
    }


def test_adoption_is_that_of_three_months_and_its_trend_of_six_months_before(
    engine: Engine,
) -> None:
    rows = [
        used(1, "2024-07-31", 3, 10),
        used(1, "2024-08-31", 5, 10),
        used(1, "2024-09-30", 7, 10),  # 15 / 30
        used(1, "2024-01-31", 2, 10),
        used(1, "2024-03-31", 4, 10),  # 6 / 20
        used(1, "2023-12-31", 9, 10),  # too early
        used(1, "2024-04-30", 9, 10),  # between
        used(1, "2024-10-31", 9, 10),  # too late
        used(2, "2024-09-30", 8, 10, product="a", feature="x"),  # features of a: 8 of 10
        used(2, "2024-09-30", 6, 10, product="a", feature="y"),
        used(2, "2024-09-30", 1, 10, product="b"),  # the total of b counts, not its feature
        used(2, "2024-09-30", 9, 10, product="b", feature="z"),
        used(3, "2024-09-30", 5, NONE),
        used(4, "2024-10-31", 5, 10),
    ]
    adoption = found(engine, "adoption", 4, usage=rows)
    assert adoption == {1: 0.5, 2: 0.45, 3: NONE, 4: NONE}
    trend = found(engine, "adoption_trend", 4, usage=rows)
    assert trend == {1: pytest.approx(0.2), 2: NONE, 3: NONE, 4: NONE}


def test_tickets_of_six_months_count_and_none_is_none_only_where_a_feed_tells(
    engine: Engine,
) -> None:
    days = {1: ["2024-03-31", "2024-04-01", "2024-09-30", "2024-10-01"], 2: ["2024-10-01"]}
    rows = [
        {"ticket_id": f"{key}-{on}", "account_key": key, "opened_on": day(on),
         "opened_at": datetime.fromisoformat(on)}
        for key, each in days.items()
        for on in each
    ]  # fmt: skip
    tickets = found(engine, "tickets", 2, ticket=rows)
    assert tickets == {1: pytest.approx(log1p(2)), 2: 0.0}


def answer(key: int, on: str, score: float, kind: str = "nps") -> Row:
    return {
        "survey_id": f"{key}-{on}-{score}",
        "account_key": key,
        "responded_on": day(on),
        "kind": kind,
        "score": score,
    }


def test_nps_is_the_latest_answer_within_a_year(engine: Engine) -> None:
    rows = [
        answer(1, "2024-02-01", 9),
        answer(1, "2024-08-01", 3),
        answer(1, "2024-08-01", 4),  # the higher of a day
        answer(1, "2024-10-01", 10),  # after Q0
        answer(2, "2023-09-30", 8),  # a year and more before
        answer(3, "2023-10-01", 0),
        answer(3, "2024-09-01", 11),  # off the scale
        answer(4, "2024-09-01", 5, "csat"),
    ]
    assert found(engine, "nps", 4, survey=rows) == {1: 4.0, 2: NONE, 3: 0.0, 4: NONE}


def test_earlier_renewals_are_those_decided_by_q0(engine: Engine) -> None:
    rows = [
        {**renewal(1, "2023-01-15", 10, "renewed"), "decided_on": day("2023-01-10")},
        renewal(1, "2024-01-15", 10, "renewed"),  # taken as decided when due
        {**renewal(1, "2024-10-15", 10, "renewed"), "decided_on": day("2024-09-30")},
        {**renewal(1, "2024-09-15", 10, "renewed"), "decided_on": day("2024-10-01")},
        renewal(2, "2024-01-15", 10, "churned"),
    ]
    before = found(engine, "renewals_before", 2, renewal=rows)
    assert before == {1: pytest.approx(log1p(3)), 2: 0.0}


def account(key: int, **more: Any) -> Row:
    return {"account_key": key, "account_id": f"a{key}", "name": f"A{key}", **more}


def changed(key: int, attribute: str, value: str, on: str, recorded: str | None = None) -> Row:
    row = {
        "entity": "account",
        "id": f"a{key}",
        "attribute": attribute,
        "value": value,
        "from_on": day(on),
    }
    return row if recorded is None else {**row, "recorded_on": day(recorded)}


def test_words_are_those_valid_at_q0(engine: Engine) -> None:
    accounts = [
        account(1, segment="enterprise", industry="Retail", region="EMEA"),
        account(2, segment="smb", industry="Retail", region="EMEA"),
        account(3, segment="enterprise", region="AMER"),
        account(4, segment="smb", region="AMER"),
    ]
    changes = [
        changed(1, "segment", "SMB", "2023-01-01"),
        changed(1, "segment", "mid_market", "2024-09-30"),
        changed(1, "segment", "enterprise", "2024-10-01"),
        changed(3, "segment", "enterprise", "2024-11-01"),  # what it was before is not known
        changed(4, "segment", "enterprise", "2024-11-01"),  # leads elsewhere: its own value stays
        changed(4, "region", "APAC", "2020-01-01"),
    ]
    facts = facts_from_rows(engine, AS_OF, account=accounts, attribute_change=changes)
    points = at(engine, [(key, "2024-12") for key in (1, 2, 3, 4)])
    known = covariates_at(facts, Definitions(), points)
    assert by_account(engine, known.table, "segment") == {
        1: "mid_market",
        2: "smb",
        3: NONE,
        4: "smb",
    }
    assert by_account(engine, known.table, "region") == {1: "EMEA", 2: "EMEA", 3: "AMER", 4: "APAC"}


def test_an_attribute_without_history_is_barred_with_a_way_out(duckdb: Engine) -> None:
    accounts = [account(1, segment="smb", industry="Retail")]
    changes = [changed(1, "segment", "smb", "2020-01-01")]
    facts = facts_from_rows(duckdb, AS_OF, account=accounts, attribute_change=changes)
    known = covariates_at(facts, Definitions(), at(duckdb, [(1, "2024-12")]))
    assert known.words == ("segment",)
    assert "industry" not in known.table.columns
    finding, _ = known.findings
    assert finding.sentence == known.barred["industry"]
    assert "load attribute_change, or list industry under `fixed`" in finding.sentence
    assert known.barred["region"] == "No feed provides region. Map account.region."
    fixed = Definitions(workspace=Workspace(fixed=("industry",)))
    again = covariates_at(facts, fixed, at(duckdb, [(1, "2024-12")]))
    assert again.words == ("segment", "industry")
    assert by_account(duckdb, again.table, "industry") == {1: "Retail"}


def test_what_no_feed_provides_is_absent_and_said_so(duckdb: Engine) -> None:
    facts = facts_from_rows(duckdb, AS_OF, subscription=[line(1, "2023-01-15", NONE, 100)])
    known = covariates_at(facts, FIXED, at(duckdb, [(1, "2024-12")]))
    assert known.numbers == ("log_arr", "tenure", "arr_trend", "no_arr_before")
    assert known.table.columns == ("account_key", "landmark", *known.numbers)
    assert known.barred["tickets"] == "No feed provides what tickets needs. Add a ticket feed."
    assert set(known.barred) > {"adoption", "nps", "seats", "renewals_before"}


def test_feeds_that_do_not_say_when_rows_were_recorded_are_named(duckdb: Engine) -> None:
    facts = facts_from_rows(
        duckdb,
        AS_OF,
        subscription=[line(1, "2023-01-15", NONE, 100)],
        survey=[answer(1, "2024-09-01", 9)],
    )
    points = at(duckdb, [(1, "2024-12")])
    [finding] = covariates_at(facts, FIXED, points).findings
    assert finding.code == "covariates_may_be_back_filled"
    assert "No recorded_at is mapped for subscription, survey:" in finding.sentence
    recorded = {name: columns | {"recorded_at"} for name, columns in facts.mapped.items()}
    assert covariates_at(replace(facts, mapped=recorded), FIXED, points).findings == ()


def test_a_placebo_looks_twelve_months_further_back(engine: Engine) -> None:
    # Q0 of the placebo is 2023-09-30, six months before it 2023-03-31.
    lines = [line(1, "2023-01-15", "2023-05-01", 500), line(1, "2023-05-01", NONE, 1_000)]
    facts = facts_from_rows(engine, AS_OF, subscription=lines)
    known = covariates_at(facts, FIXED, at(engine, [(1, "2024-12")]), shift=12)
    [row] = engine.to_arrow(known.table).to_pylist()
    assert row["log_arr"] == pytest.approx(log(1_000))
    assert row["arr_trend"] == pytest.approx(log(2))
    assert row["tenure"] == pytest.approx(log1p(8))


def test_at_a_first_contract_only_what_an_account_was_at_its_start_counts(engine: Engine) -> None:
    changes = [
        changed(1, "segment", "smb", "2024-01-01"),
        changed(1, "segment", "enterprise", "2024-02-11"),  # the day after the start
    ]
    facts = facts_from_rows(
        engine,
        AS_OF,
        account=[account(1, segment="enterprise")],
        subscription=[line(1, "2024-02-10", NONE, 100)],
        attribute_change=changes,
    )
    points = with_t0(engine, [(1, day("2024-03-11"))])
    known = covariates_at(facts, Definitions(), points, design="first_contract")
    assert (known.numbers, known.words) == ((), ("segment",))
    assert by_account(engine, known.table, "segment") == {1: "smb"}


def test_each_landmark_has_its_own_past(engine: Engine) -> None:
    facts = facts_from_rows(engine, AS_OF, subscription=LINES)
    points = at(engine, [(2, "2024-06"), (2, "2024-12"), (6, "2024-12")])
    table = covariates_at(facts, FIXED, points).table
    rows = engine.to_arrow(table.order_by("account_key", "landmark")).to_pylist()
    arr = [row["log_arr"] for row in rows]
    assert arr == pytest.approx([log(12_000), log(24_000), log(800)])


def test_an_unknown_design_is_refused(duckdb: Engine) -> None:
    facts = facts_from_rows(duckdb, AS_OF, subscription=LINES)
    with pytest.raises(UnknownName, match="Did you mean 'quarter'"):
        covariates_at(facts, FIXED, at(duckdb, [(1, "2024-12")]), design="quarters")
