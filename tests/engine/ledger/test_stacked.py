"""Lines that lie on each other: how much of ARR, at every month end that a figure may rest on."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import ibis
import pytest
from facts_from_rows import ledger_table, line
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.recording import WAREHOUSES, Recording

from lichen.engines import Engine
from lichen.kernel.periods import month_end, month_index
from lichen.ledger.stacked import stacked_lines
from lichen.vocabulary.finding import Finding, Severity

DAY = date(2024, 12, 31)
ALONE = line(9, "2020-01-01", None, 600)


def stacked(
    engine: Engine, *rows: dict, limit: float = 0.25, rates: dict[str, float] | None = None
) -> Finding | None:
    table = engine.from_arrow(ledger_table("subscription", rows))
    found = stacked_lines(engine, table, DAY, limit, rates or {"USD": 1.0})
    return found[0] if found else None


@pytest.mark.parametrize(("limit", "is_grave"), [(0.24, True), (0.25, False), (1.0, False)])
def test_the_limit_itself_is_allowed(duckdb: Engine, limit: float, is_grave: bool) -> None:
    # 100 + 100 of 800.
    two = line(1, "2024-01-01", None, 100), line(1, "2024-06-01", None, 100)
    found = stacked(duckdb, *two, ALONE, limit=limit)
    assert (found is not None) is is_grave
    if found:
        assert (found.severity, found.count, found.arr_share) == (Severity.ERROR, 2, 0.25)
        assert {"nrr", "grr", "arr_movement"} <= set(found.metrics)
        assert "arr" not in found.metrics


def test_every_month_end_is_judged_by_itself(duckdb: Engine) -> None:
    # 400 of 1,000 from January 2021 on, again for May 2023, and 100 of 800 in between.
    found = stacked(
        duckdb,
        *(line(1, "2021-01-15", "2021-04-30", 200 + n) for n in (0, 0)),
        *(line(2, "2022-01-01", "2022-12-31", 50) for _ in range(2)),
        *(line(3, "2023-05-31", "2023-06-29", 200) for _ in range(2)),
        ALONE,
    )
    assert found is not None
    assert (found.count, found.arr_share) == (2, 0.4)
    assert found.month_ends == (
        (date(2021, 1, 31), date(2021, 3, 31)),
        (date(2023, 5, 31), date(2023, 5, 31)),
    )
    assert "40% of ARR on 2023-05-31" in found.sentence
    assert "from 2021-01-31 to 2021-03-31, on 2023-05-31" in found.sentence


def test_lines_that_follow_on_each_other_are_not_stacked(duckdb: Engine) -> None:
    years = [line(1, f"{year}-03-15", f"{year + 1}-03-15", 100) for year in range(2019, 2024)]
    swapped = line(1, "2024-03-15", "2024-05-10", 100), line(1, "2024-05-02", None, 300)
    assert stacked(duckdb, *years, *swapped, limit=0) is None


MONTHS = st.integers(0, 30)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(1, 2), MONTHS, st.integers(1, 28), st.integers(1, 300)), max_size=7
    ),
    st.lists(st.integers(0, 400), min_size=7, max_size=7),
)
def test_any_lines_by_month_are_what_a_look_at_each_month_end_finds(
    duckdb: Engine, starts: list[tuple[int, int, int, int]], lengths: list[int]
) -> None:
    rows = []
    for (account, month, day, arr), length in zip(starts, lengths, strict=False):
        begun = month_end(month_index(date(2022, 6, 1)) + month).replace(day=day)
        ends = str(begun + timedelta(days=length)) if length < 390 else None
        rows.append(line(account, str(begun), ends, arr))
    over = []
    for month in range(month_index(date(2022, 6, 1)), month_index(DAY) + 1):
        day = month_end(month)
        there = [
            row
            for row in rows
            if row["starts_on"] <= day and (row["ends_on"] is None or row["ends_on"] > day)
        ]
        of = Counter(row["account_key"] for row in there)
        held = sum(row["arr_minor"] for row in there if of[row["account_key"]] > 1)
        total = sum(row["arr_minor"] for row in there)
        if total and held / total > 0.25:
            over.append(day)
    found = stacked(duckdb, *rows)
    named = [
        month_end(month)
        for first, last in (found.month_ends if found else ())
        for month in range(month_index(first), month_index(last) + 1)
    ]
    assert named == over


@pytest.mark.parametrize(
    "second",
    [
        line(1, "2025-01-01", None, 100),
        {**line(1, "2024-06-01", None, 100), "product": "plus"},
        line(1, "2024-06-01", None, -100),
        line(2, "2024-06-01", None, 100),
    ],
    ids=["begins later", "another product", "a discount", "another account"],
)
def test_these_are_not_stacked(duckdb: Engine, second: dict) -> None:
    assert stacked(duckdb, line(1, "2024-01-01", None, 100), second, limit=0) is None


def test_currencies_weigh_by_their_rates(duckdb: Engine) -> None:
    two = [line(1, f"2024-0{month}-01", None, 100, "EUR") for month in (1, 6)]
    found = stacked(duckdb, *two, ALONE, rates={"USD": 1.0, "EUR": 1.5})
    assert found is not None and found.arr_share == pytest.approx(300 / 900)
    # Without a rate nothing can be said, and figures need the rate anyway.
    assert stacked(duckdb, *two, ALONE) is None
    # January to May 2024 hold one line without a rate; before, nothing is unknown.
    before = [line(3, "2023-01-01", "2023-06-01", 400) for _ in range(2)]
    found = stacked(duckdb, *two, *before, ALONE)
    assert found is not None and found.month_ends == ((date(2023, 1, 31), date(2023, 5, 31)),)


def test_a_line_that_starts_later_changes_nothing_as_of_before(loaded, duckdb: Engine) -> None:
    head = "subscription_id,account_id,starts_on,ends_on,arr_amount,currency\n"
    lines = head + "s1,a,2024-01-01,,100,USD\ns2,a,2024-06-01,,100,USD\n"
    ledger = loaded({"account.csv": "account_id,name\na,A\n", "subscription.csv": lines})
    codes = {
        day: {finding.code for finding in ledger.as_of(day, duckdb).findings}
        for day in (date(2024, 5, 31), date(2024, 6, 30))
    }
    assert "stacked_lines" not in codes[date(2024, 5, 31)]
    assert "stacked_lines" in codes[date(2024, 6, 30)]


@pytest.mark.parametrize("dialect", WAREHOUSES)
def test_it_compiles_for(dialect: str) -> None:
    with Recording() as engine:
        stacked(engine, line(1, "2024-01-01", None, 100), line(1, "2024-06-01", None, 100))
        assert len(engine.seen) == 3
        for expression in engine.seen:
            assert ibis.to_sql(expression, dialect=dialect)
