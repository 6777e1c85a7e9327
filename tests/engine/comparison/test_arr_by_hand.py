"""ARR before and after a quarter on random books in two currencies, line by line in Python."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgers import AS_OF, Book, books
from points import at

from lichen.engines import Engine
from lichen.kernel.periods import month_end, month_index
from lichen.value.comparison.covariates import covariates_at
from lichen.value.comparison.outcomes import outcomes_after, placebo_growth
from lichen.vocabulary.definitions import Definitions

LAST = month_index(AS_OF) - 6
NAMES = ("logo_retention", "nrr", "expansion_rate", "renewal_rate")

ON_BOOKS = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def points_of(engine: Engine, book: Book, landmark: int):
    return at(engine, [(key, f"{month_end(landmark):%Y-%m}") for key in book.accounts])


@ON_BOOKS
@given(book=books(accounts=4), landmark=st.integers(LAST - 12, LAST))
def test_outcomes_are_those_of_lines_read_one_by_one(
    duckdb: Engine, book: Book, landmark: int
) -> None:
    facts = book.facts(duckdb)
    table = outcomes_after(facts, Definitions(), points_of(duckdb, book, landmark), 6, NAMES)
    rows = {row["account_key"]: row for row in duckdb.to_arrow(table).to_pylist()}
    t0, until = month_end(landmark), month_end(landmark + 6)
    for account in book.accounts:
        x, y = book.arr(account, t0, landmark), book.arr(account, until, landmark)
        due = [
            row["outcome"] == "renewed"
            for row in book.renewals
            if row["account_key"] == account
            and t0 < row["due_on"] <= until
            and row["outcome"] != "pending"
        ]
        expected = {
            "logo_retention": float(y > 0),
            "nrr": y / x if x else None,
            "expansion_rate": max(y - x, 0) / x if x else None,
            "renewal_rate": sum(due) / len(due) if due else None,
        }
        for name in NAMES:
            wanted = pytest.approx(expected[name]) if x else None
            assert rows[account][name] == wanted, (account, name)


@ON_BOOKS
@given(book=books(accounts=4), landmark=st.integers(LAST - 6, LAST))
def test_covariates_and_the_placebo_are_those_of_lines_read_one_by_one(
    duckdb: Engine, book: Book, landmark: int
) -> None:
    facts, q0, earlier = book.facts(duckdb), landmark - 3, landmark - 12
    points = points_of(duckdb, book, landmark)
    known = covariates_at(facts, Definitions(), points).table
    before = {row["account_key"]: row for row in duckdb.to_arrow(known).to_pylist()}
    growth = placebo_growth(facts, Definitions(), points)
    grown = {row["account_key"]: row["growth"] for row in duckdb.to_arrow(growth).to_pylist()}
    for account in book.accounts:
        now, then = (book.arr(account, month_end(month), q0) for month in (q0, q0 - 6))
        row = before[account]
        assert row.get("log_arr") == (pytest.approx(log(now)) if now else None)
        if now and then:
            assert row["arr_trend"] == pytest.approx(log(now / then), abs=1e-12)
        was, later = (book.arr(account, month_end(month), earlier) for month in (earlier, q0))
        assert grown[account] == (pytest.approx(later / was) if was else None)
