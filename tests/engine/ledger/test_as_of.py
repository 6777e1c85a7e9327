"""The past as it could be seen on a day, on both engines where it counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.engines import Engine, connect
from lichen.ledger import Facts, Ledger
from lichen.ledger.errors import NoFacts
from lichen.ledger.totals import CODE as NEGATIVE
from lichen.vocabulary.definitions import Definitions, Workspace

ACCOUNTS = "account_id,name\na1,Alder\na2,Birch\n"
LINES = "subscription_id,account_id,product,starts_on,ends_on,arr_amount,currency\n"


def shown(facts: Facts, entity: str, *columns: str) -> list[tuple[Any, ...]]:
    table = facts.engine.to_arrow(facts.table(entity).select(*columns))
    found = [tuple(row[name] for name in columns) for row in table.to_pylist()]
    return sorted(found, key=str)


def found(facts: Facts, code: str) -> list[int]:
    return [finding.count for finding in facts.findings if finding.code == code]


def test_a_row_that_has_not_happened_is_not_there(loaded, duckdb: Engine) -> None:
    text = (
        "survey_id,account_id,responded_on,kind,score\n"
        "v1,a1,2024-03-31,nps,9\n"
        "v2,a1,2024-04-01,nps,2\n"
    )
    facts = loaded({"account.csv": ACCOUNTS, "survey.csv": text}).as_of(date(2024, 3, 31), duckdb)
    assert shown(facts, "survey", "survey_id") == [("v1",)]


def test_a_row_is_there_once_it_is_recorded(loaded, duckdb: Engine) -> None:
    text = (
        "survey_id,account_id,responded_on,kind,score,recorded_at\n"
        "v1,a1,2024-03-01,nps,9,2024-05-01\n"
        "v2,a1,2024-03-01,nps,2,\n"
    )
    ledger = loaded({"account.csv": ACCOUNTS, "survey.csv": text})
    assert shown(ledger.as_of(date(2024, 4, 30), duckdb), "survey", "survey_id") == [("v2",)]
    assert len(shown(ledger.as_of(date(2024, 5, 1), duckdb), "survey", "survey_id")) == 2


def test_lines_of_an_account_wait_until_the_account_is_recorded(loaded, any_engine: Engine) -> None:
    accounts = "account_id,name,recorded_at\na1,Alder,2023-01-01\na2,Birch,2024-05-01\n"
    lines = LINES + "s1,a1,,2024-01-01,,10,USD\ns2,a2,,2024-01-01,,10,USD\n"
    ledger = loaded({"account.csv": accounts, "subscription.csv": lines})
    then, later = (ledger.as_of(day, any_engine) for day in (date(2024, 4, 30), date(2024, 5, 1)))
    assert shown(then, "subscription", "subscription_id") == [("s1",)]
    assert found(then, "recorded_before_owner") == [1]
    assert len(shown(later, "subscription", "subscription_id")) == 2
    assert found(later, "recorded_before_owner") == []


def test_what_was_decided_later_was_pending_then(loaded, duckdb: Engine) -> None:
    text = (
        "renewal_id,account_id,due_on,due_amount,renewed_amount,outcome,decided_on\n"
        "r1,a1,2024-05-01,10,12,renewed,2024-04-10\n"
    )
    ledger = loaded({"account.csv": ACCOUNTS, "renewal.csv": text})
    names = ("outcome", "decided_on", "renewed_minor", "due_minor")
    assert shown(ledger.as_of(date(2024, 4, 9), duckdb), "renewal", *names) == [
        ("pending", None, None, 1000)
    ]
    assert shown(ledger.as_of(date(2024, 4, 10), duckdb), "renewal", *names) == [
        ("renewed", date(2024, 4, 10), 1200, 1000)
    ]


def test_an_instant_and_its_date_are_hidden_together(loaded, duckdb: Engine) -> None:
    text = "ticket_id,account_id,opened_at,closed_at\nt1,a1,2024-01-01T00:00Z,2024-02-01T00:00Z\n"
    ledger = loaded({"account.csv": ACCOUNTS, "ticket.csv": text})
    names = ("closed_at", "closed_on")
    assert shown(ledger.as_of(date(2024, 1, 31), duckdb), "ticket", *names) == [(None, None)]


def test_a_line_whose_end_lies_ahead_is_open(loaded, duckdb: Engine) -> None:
    text = LINES + "s1,a1,core,2024-01-01,2025-01-01,10,USD\n"
    ledger = loaded({"account.csv": ACCOUNTS, "subscription.csv": text})
    assert shown(ledger.as_of(date(2024, 12, 31), duckdb), "subscription", "ends_on") == [(None,)]


# docs/algorithms/ledger_as_of.md shows this table.
LATE = (
    LINES
    + "s1,a1,core,2023-01-01,2024-01-01,1200,USD\n"
    + "s2,a1,core,2024-01-21,,1500,USD\n"
    + "s3,a1,extra,2023-01-01,2024-01-01,100,USD\n"
    + "s4,a1,extra,2024-02-01,,100,USD\n"
    + "s5,a2,core,2023-01-01,2024-01-01,700,USD\n"
    + "s6,a2,core,2023-07-01,,300,USD\n"
)


def test_a_late_renewal_of_the_same_product_is_continuous(loaded, duckdb: Engine) -> None:
    ledger = loaded({"account.csv": ACCOUNTS, "subscription.csv": LATE})
    facts = ledger.as_of(date(2024, 6, 30), duckdb)
    assert shown(facts, "subscription", "subscription_id", "ends_on", "arr_minor") == [
        ("s1", date(2024, 1, 21), 120000),
        ("s2", None, 150000),
        ("s3", date(2024, 1, 1), 10000),
        ("s4", None, 10000),
        ("s5", date(2024, 1, 1), 70000),
        ("s6", None, 30000),
    ]
    assert found(facts, "late_renewal") == [1]


def test_before_the_late_renewal_came_the_line_had_ended(loaded, duckdb: Engine) -> None:
    ledger = loaded({"account.csv": ACCOUNTS, "subscription.csv": LATE})
    facts = ledger.as_of(date(2024, 1, 20), duckdb)
    assert ("s1", date(2024, 1, 1)) in shown(facts, "subscription", "subscription_id", "ends_on")
    assert found(facts, "late_renewal") == []


def test_lines_without_a_product_continue_each_other(loaded, duckdb: Engine) -> None:
    text = LINES + "s1,a1,,2023-01-01,2024-01-01,10,USD\ns2,a1,,2024-01-31,,10,USD\n"
    facts = loaded({"account.csv": ACCOUNTS, "subscription.csv": text}).as_of(
        date(2024, 6, 30), duckdb
    )
    assert ("s1", date(2024, 1, 31)) in shown(facts, "subscription", "subscription_id", "ends_on")


NEGATIVES = (
    LINES
    + "s1,a1,core,2024-01-01,,100,USD\n"
    + "s2,a1,core,2024-01-01,,-30,USD\n"
    + "s3,a2,core,2024-01-01,2024-03-01,100,USD\n"
    + "s4,a2,core,2024-02-01,2024-04-01,-50,USD\n"
)


def test_credits_are_netted_and_a_total_below_zero_sets_all_lines_aside(
    loaded, duckdb: Engine
) -> None:
    ledger = loaded({"account.csv": ACCOUNTS, "subscription.csv": NEGATIVES})
    before = ledger.as_of(date(2024, 2, 29), duckdb)
    after = ledger.as_of(date(2024, 3, 31), duckdb)
    # a2 is at 100 - 50 until March, when only the credit is left.
    assert found(before, NEGATIVE) == []
    assert shown(after, "subscription", "subscription_id") == [("s1",), ("s2",)]
    assert found(after, NEGATIVE) == [2]


def test_renewals_stay_when_the_lines_of_their_account_are_set_aside(
    loaded, duckdb: Engine
) -> None:
    renewals = "renewal_id,account_id,due_on,due_amount,outcome\nr1,a2,2024-03-01,100,churned\n"
    feeds = {"account.csv": ACCOUNTS, "subscription.csv": NEGATIVES, "renewal.csv": renewals}
    facts = loaded(feeds).as_of(date(2024, 3, 31), duckdb)
    assert found(facts, NEGATIVE) == [2]
    assert shown(facts, "renewal", "renewal_id", "due_minor") == [("r1", 10000)]


def test_currencies_do_not_net_each_other(loaded, duckdb: Engine) -> None:
    text = LINES + "s1,a1,core,2024-01-01,,100,USD\ns2,a1,core,2024-01-01,,-1,EUR\n"
    ledger = loaded({"account.csv": ACCOUNTS, "subscription.csv": text})
    assert shown(ledger.as_of(date(2024, 3, 31), duckdb), "subscription", "subscription_id") == []


def test_spark_sees_the_same_past_as_duckdb(loaded, duckdb: Engine, spark: Engine) -> None:
    renewals = (
        "renewal_id,account_id,due_on,due_amount,renewed_amount,outcome,decided_on,recorded_at\n"
        "r1,a1,2024-05-01,10,12,renewed,2024-04-10,2024-01-01\n"
        "r2,a1,2024-02-01,10,,churned,,2024-02-02\n"
    )
    lines = LATE + "s7,a2,core,2024-01-05,2024-01-10,-2000,USD\n"
    ledger = loaded({"account.csv": ACCOUNTS, "subscription.csv": lines, "renewal.csv": renewals})
    for day in (date(2024, 1, 7), date(2024, 3, 31), date(2024, 12, 31)):
        here, there = ledger.as_of(day, duckdb), ledger.as_of(day, spark)
        for entity in ledger.mapped:
            names = here.table(entity).columns
            assert shown(here, entity, *names) == shown(there, entity, *names), (day, entity)
        assert here.findings == there.findings


def test_default_as_of_is_the_month_end_that_the_facts_reach(loaded) -> None:
    surveys = "survey_id,account_id,responded_on,kind,score\nv1,a1,2024-03-30,nps,9\n"
    lines = LINES + "s1,a1,core,2024-07-01,2030-01-01,10,USD\n"
    ledger = loaded({"account.csv": ACCOUNTS, "survey.csv": surveys, "subscription.csv": lines})
    assert ledger.newest_fact == date(2024, 3, 30)
    assert ledger.default_as_of(Definitions()) == date(2024, 2, 29)


def test_starts_of_contracts_count_where_nothing_else_is_dated(loaded) -> None:
    lines = LINES + "s1,a1,core,2024-07-01,2030-01-01,10,USD\n"
    ledger = loaded({"account.csv": ACCOUNTS, "subscription.csv": lines})
    assert ledger.default_as_of(Definitions()) == date(2024, 6, 30)


def test_an_end_counts_as_a_fact_once_it_has_come(loaded) -> None:
    lines = LINES + "s1,a1,core,2024-07-01,2030-01-01,10,USD\ns2,a1,core,2024-01-01,,10,USD\n"
    ledger = loaded({"account.csv": ACCOUNTS, "subscription.csv": lines})
    assert ledger.newest_by(date(2029, 12, 31)) == date(2024, 7, 1)
    assert ledger.newest_by(date(2030, 1, 1)) == date(2030, 1, 1)
    assert loaded({}).newest_by(date(2020, 1, 1)) == date(2024, 7, 1)


def test_the_workspace_may_say_the_day_itself(loaded) -> None:
    ledger = loaded({"account.csv": ACCOUNTS})
    said = Definitions(workspace=Workspace(as_of=date(2020, 1, 15)))
    assert ledger.default_as_of(said) == date(2020, 1, 15)
    with pytest.raises(NoFacts, match=r"Set workspace.as_of"):
        ledger.default_as_of(Definitions())


DAYS = st.dates(date(2024, 1, 1), date(2024, 12, 31))
LINE = st.tuples(
    st.sampled_from(["a1", "a2"]),
    st.sampled_from(["core", ""]),
    DAYS,
    st.one_of(st.none(), DAYS),
    st.integers(-20, 60),
)


def written(lines: list[tuple[Any, ...]]) -> str:
    return LINES + "".join(
        f"s{place},{account},{product},{starts},{ends or ''},{amount},USD\n"
        for place, (account, product, starts, ends, amount) in enumerate(lines)
        if ends is None or ends >= starts
    )


@pytest.fixture(scope="module")
def one_engine():
    with connect("duckdb", threads=1) as engine:
        yield engine


@settings(max_examples=15)
@given(lines=st.lists(LINE, max_size=6), later=st.lists(LINE, max_size=3))
def test_a_line_that_starts_later_never_changes_the_past(
    tmp_path_factory, one_engine: Engine, lines, later
) -> None:
    day = date(2024, 6, 30)
    after = [line for line in later if line[2] > day]

    def seen(content: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        from lichen.ledger import load

        root = tmp_path_factory.mktemp("past")
        (root / "feeds").mkdir()
        (root / "feeds" / "account.csv").write_text(ACCOUNTS)
        (root / "feeds" / "subscription.csv").write_text(written(content))
        ledger: Ledger = load(root, Definitions())
        facts = ledger.as_of(day, one_engine)
        return shown(facts, "subscription", "subscription_id", "starts_on", "ends_on", "arr_minor")

    assert seen(lines) == seen(lines + after)
