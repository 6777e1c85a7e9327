"""Covariates from all that is known today are those of the ledger as it was on Q0."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from points import at
from random_ledgers import ACCOUNTS, LAST, WORDS, ledger_of, some_rows, told_by

from lichen.engines import Engine, connect
from lichen.ledger.facts import Facts
from lichen.value.comparison.covariates import covariates_at

QUARTERS = {"2024-03": date(2023, 12, 31), "2024-06": date(2024, 3, 31)}
NUMBERS = {
    "log_arr",
    "arr_trend",
    "no_arr_before",
    "tenure",
    "months_to_term_end",
    "products",
    "seats",
    "adoption",
    "adoption_trend",
    "renewals_before",
    "tickets",
    "nps",
}


@pytest.fixture(scope="module")
def one_engine():
    with connect("duckdb", threads=1) as engine:
        yield engine


def seen(facts: Facts, landmark: str) -> dict[int, dict[str, Any]]:
    points = at(facts.engine, [(key, landmark) for key in range(len(ACCOUNTS))])
    known = covariates_at(facts, WORDS, points)
    assert set(known.numbers) == NUMBERS
    assert known.words == ("segment",)
    rows = facts.engine.to_arrow(known.table).to_pylist()
    return {row["account_key"]: row for row in rows}


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32), landmark=st.sampled_from(sorted(QUARTERS)))
def test_today_tells_of_the_quarter_what_the_ledger_as_of_q0_tells(
    tmp_path_factory, one_engine: Engine, seed: int, landmark: str
) -> None:
    ledger = ledger_of(tmp_path_factory.mktemp, some_rows(seed))
    today = seen(ledger.as_of(LAST, one_engine), landmark)
    then = seen(ledger.as_of(QUARTERS[landmark], one_engine), landmark)
    assert_same(today, then)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32), landmark=st.sampled_from(sorted(QUARTERS)))
def test_no_fact_of_after_q0_changes_a_covariate(
    tmp_path_factory, one_engine: Engine, seed: int, landmark: str
) -> None:
    rows = some_rows(seed)
    before = ledger_of(tmp_path_factory.mktemp, told_by(rows, QUARTERS[landmark]))
    after = ledger_of(tmp_path_factory.mktemp, rows)
    numbers = [seen(ledger.as_of(LAST, one_engine), landmark) for ledger in (before, after)]
    for table in numbers:
        for row in table.values():
            # An account row holds the newest value, so a later change may hide what it was.
            del row["segment"]
    assert_same(*numbers)


def assert_same(one: dict[int, dict[str, Any]], other: dict[int, dict[str, Any]]) -> None:
    assert one.keys() == other.keys()
    for key, row in one.items():
        for name, value in row.items():
            assert value == pytest.approx(other[key][name], abs=1e-12), (key, name)
