"""The worked tables of the cost pages are what the measures give for their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from facts_from_rows import Row, facts_from_rows, line, request, whole_base
from worked_tables import Table, cents, worked_tables

from lichen.engines import Engine
from lichen.ledger.facts import Measured
from lichen.revenue.outcomes import measure as outcomes
from lichen.vocabulary.costs import COST_KINDS
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.metrics import METRICS, Unit

L, D = date(2024, 12, 31), date(2025, 12, 31)
SPREAD = {"cost": {"without_account": "spread"}}


def _lines(accounts: Table) -> Iterator[Row]:
    for row in accounts:
        if row["ARR"]:
            starts, ends = row["starts"], row.get("ends") or None
            sold = line(int(row["account"]), starts, ends, cents(row["ARR"]))
            yield {**sold, "arr_basis": row.get("price") or "net"}


def _costs(accounts: Table, earlier: tuple[str, str] = ("", "")) -> Iterator[Row]:
    """A cost row for each filled cell, in December; the cell `earlier` in November 2024."""
    for row in accounts:
        for kind in COST_KINDS:
            if row.get(kind):
                month = date(2024, 11, 30) if (row["account"], kind) == earlier else D
                amount = cents(row[kind])
                yield {
                    "cost_id": f"{row['account']}-{kind}",
                    "account_key": int(row["account"]) if row["account"] else None,
                    "month": month,
                    "kind": kind,
                    "amount_minor": amount,
                    "reported_minor": amount,
                    "currency": "USD",
                }


def _measured(
    engine: Engine, accounts: Table, cost: list[Row], words: Mapping[str, Any] | None = None
) -> Measured:
    keys = [int(row["account"]) for row in accounts if row["account"]]
    named = [{"account_key": key, "account_id": f"a{key}", "name": f"A{key}"} for key in keys]
    lines = list(_lines(accounts))
    facts = facts_from_rows(engine, D, account=named, subscription=lines, cost=cost)
    rules = {"scorecard": {"minimum_count": 1, "minimum_effective": 1}, **(words or {})}
    asked = request(facts, [whole_base(engine, keys)], (), Definitions.model_validate(rules))
    return outcomes.measure(asked)


def _assert_shown(page: str, results: Table, measured: Measured) -> None:
    figures = {
        each.metric: each
        for each in measured.figures
        if (each.window_from, each.window_to) == (L, D)
    }
    for row in results:
        figure, known = figures[row["metric"]], METRICS[row["metric"]]
        assert figure.numerator == cents(row["numerator"]), row
        under = int(row["denominator"].replace(",", ""))
        assert figure.denominator == (under if known.mixed else 100 * under), row
        assert figure.value is not None
        shown = figure.value / 100 if known.unit is Unit.MONEY else figure.value
        precision = 5e-3 if known.unit is Unit.MONEY else 5e-5
        assert shown == pytest.approx(float(row["value"].replace(",", "")), abs=precision), row
    on_page = {name for name, known in METRICS.items() if known.page == page}
    assert {row["metric"] for row in results} == on_page


def _of_accounts(engine: Engine, measured: Measured) -> dict[str, dict[str, int]]:
    rows = engine.to_arrow(measured.tables["outcomes"]).to_pylist()
    return {str(row["account_key"]): row for row in rows}


def test_the_cost_page_shows_what_the_measure_gives(duckdb: Engine) -> None:
    accounts, results, lines, shares = worked_tables("cost_to_serve")
    cost = list(_costs(accounts))
    measured = _measured(duckdb, accounts, cost)
    _assert_shown("cost_to_serve", results, measured)
    people = _of_accounts(duckdb, measured)
    for row in (row for row in accounts if row["revenue"]):
        found = people[row["account"]]
        assert found["revenue"] == cents(row["revenue"])
        assert found["months_served"] == int(row["months"])
    told = measured.tables["cost_reconciliation"]
    assert isinstance(told, pa.Table)
    stood = {(row["line"], row["kind"]): row["amount_minor"] for row in told.to_pylist()}
    for row in lines:
        for kind in (name for name in row if name != "line"):
            assert stood[row["line"], kind] == cents(row[kind]), (row["line"], kind)
    assert len(stood) == len(lines) * (len(lines[0]) - 1)
    before, after = people, _of_accounts(duckdb, _measured(duckdb, accounts, cost, SPREAD))
    for row in shares:
        got = after[row["account"]]["served_cost"] - before[row["account"]]["served_cost"]
        assert got == int(row["part in cents"].replace(",", ""))


def test_the_acquisition_page_shows_what_the_measure_gives(duckdb: Engine) -> None:
    accounts, results = worked_tables("acquisition")
    measured = _measured(duckdb, accounts, list(_costs(accounts, earlier=("2", "sales"))))
    _assert_shown("acquisition", results, measured)
    people = _of_accounts(duckdb, measured)
    for row in (row for row in accounts if row["months"]):
        found = people[row["account"]]
        assert found["months_served"] == int(row["months"])
        assert found["payback_cost"] == cents(row["paid"])
        assert found["payback_monthly"] == cents(row["in a month"])
