"""Lines that lie on each other: how much of ARR, on the day of a figure and a year before."""

from __future__ import annotations

from datetime import date

import ibis
import pytest
from facts_from_rows import ledger_table, line
from tests.engine.recording import WAREHOUSES, Recording

from lichen.engines import Engine
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


def test_a_year_before_is_as_grave_as_today(duckdb: Engine) -> None:
    # On 2023-12-31 200 of 800 + 200 are stacked.
    two = (line(1, "2023-01-01", "2024-03-01", n) for n in (200, 200))
    found = stacked(duckdb, *two, ALONE)
    assert found is not None
    assert found.arr_share == 0.4  # 400 of 1,000, on the day that is over the limit.
    assert "0% of ARR on 2024-12-31 and 40% on 2023-12-31" in found.sentence


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
