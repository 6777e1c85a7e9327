"""Whatever cost rows there are, every cent of a window stands in one line of the reconciliation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from facts_from_rows import Row, facts_from_rows, line, request, whole_base
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lichen.engines import Engine
from lichen.kernel.periods import Window, month_end
from lichen.ledger.facts import Measured
from lichen.revenue.outcomes import measure as outcomes
from lichen.vocabulary.costs import COST_KINDS
from lichen.vocabulary.definitions import Cost, Definitions

AS_OF = date(2025, 12, 31)
ACCOUNTS = (1, 2, 3, 4, 5)
FISCAL = Window(date(2025, 3, 31), date(2025, 9, 30))
LINES = [
    {**line(1, "2023-01-01", None, 12_000), "arr_basis": "list"},
    line(2, "2025-07-01", None, 24_001),
    line(3, "2024-02-01", "2025-02-01", 6_007),
    line(4, "2023-01-01", "2024-06-01", 900),
]
"""Account 5 never bought; 4 left before the last window."""

COST_ROWS = st.lists(
    st.tuples(
        st.sampled_from((None, *ACCOUNTS)),
        st.integers(2022 * 12, 2025 * 12 + 11),
        st.sampled_from(COST_KINDS),
        st.integers(-2_000, 90_000),
    ),
    max_size=30,
)


def _row(number: int, account: int | None, month: int, kind: str, amount: int) -> Row:
    return {
        "cost_id": f"c{number}",
        "account_key": account,
        "month": month_end(month),
        "kind": kind,
        "amount_minor": amount,
        "reported_minor": amount,
        "currency": "USD",
    }


def _measured(engine: Engine, rows: Sequence[Row], without_account: str) -> Measured:
    named = [{"account_key": key, "account_id": f"a{key}", "name": f"A{key}"} for key in ACCOUNTS]
    facts = facts_from_rows(engine, AS_OF, account=named, subscription=LINES, cost=rows)
    words = Definitions.model_validate({"cost": {"without_account": without_account}})
    return outcomes.measure(request(facts, [whole_base(engine, ACCOUNTS)], (FISCAL,), words))


def _table(measured: Measured, name: str) -> list[Mapping[str, Any]]:
    table = measured.tables[name]
    assert isinstance(table, pa.Table)
    found: list[Mapping[str, Any]] = table.to_pylist()
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=COST_ROWS, without_account=st.sampled_from(("shown", "spread")))
def test_every_cent_of_a_window_stands_in_one_line(
    drawn: list[tuple[int | None, int, str, int]], without_account: str, duckdb: Engine
) -> None:
    rows = [_row(number, *each) for number, each in enumerate(drawn)]
    if not rows:
        return
    measured = _measured(duckdb, rows, without_account)
    told: dict[tuple[date, date, str], dict[str, int]] = {}
    for row in _table(measured, "cost_reconciliation"):
        place = (row["window_from"], row["window_to"], row["kind"])
        told.setdefault(place, {})[row["line"]] = row["amount_minor"]
    expected: dict[tuple[date, date, str], int] = {}
    windows = {(f.window_from, f.window_to) for f in measured.figures}
    for row in rows:
        for opens, closes in windows:
            if opens < row["month"] <= closes:
                place = (opens, closes, row["kind"])
                expected[place] = expected.get(place, 0) + row["amount_minor"]
    assert {place: lines["total"] for place, lines in told.items() if lines["total"]} == {
        place: amount for place, amount in expected.items() if amount
    }
    for lines in told.values():
        parts = [lines[name] for name in ("served", "not_served", "without_account")]
        assert sum(parts) == lines["total"]
    _assert_the_served_line_is_the_sum_of_accounts(duckdb, measured)


def _assert_the_served_line_is_the_sum_of_accounts(engine: Engine, measured: Measured) -> None:
    people = engine.to_arrow(measured.tables["outcomes"]).to_pylist()
    taken_off = sum(
        row["off_margin_minor"]
        for row in _table(measured, "cost_lines")
        if (row["groups"], row["window_from"], row["window_to"]) == ("", date(2024, 12, 31), AS_OF)
    )
    assert sum(row["served_revenue"] - row["served_left"] for row in people) == taken_off
    latest = [
        row
        for row in _table(measured, "cost_reconciliation")
        if row["line"] == "served" and row["window_to"] == AS_OF
        if row["window_from"] == date(2024, 12, 31) and row["kind"] in Cost().serving
    ]
    assert sum(row["served_cost"] for row in people) == sum(row["amount_minor"] for row in latest)


def test_what_is_spread_leaves_only_what_no_account_can_take(duckdb: Engine) -> None:
    rows = [
        _row(0, None, 2025 * 12 + 3, "support", 1_000),
        _row(1, None, 2025 * 12 + 3, "marketing", 501),
        _row(2, None, 2025 * 12 + 3, "partner_margin", 70),
        _row(3, 2, 2025 * 12 + 8, "hosting", 10),
    ]
    measured = _measured(duckdb, rows, "spread")
    told = {
        row["kind"]: row["amount_minor"]
        for row in _table(measured, "cost_reconciliation")
        if row["line"] == "without_account" and row["window_to"] == AS_OF
    }
    assert told == {"support": 0, "marketing": 0, "partner_margin": 70, "hosting": 0}
    people = {
        row["account_key"]: row for row in duckdb.to_arrow(measured.tables["outcomes"]).to_pylist()
    }
    # Account 2 is the only one new in the window, so it takes all of what won accounts.
    assert people[2]["won_cost"] == 501
    assert sum(row["served_cost"] for row in people.values()) == 1_010


def test_spark_gives_the_same_tables(spark: Engine, duckdb: Engine) -> None:
    rows = [
        _row(place, account, 2024 * 12 + 4 * place, kind, 100 + 37 * place)
        for place, (account, kind) in enumerate(
            [(1, "hosting"), (2, "sales"), (None, "support"), (3, "csm"), (5, "sales"), (2, "csm")]
        )
    ]
    ours, theirs = (_measured(engine, rows, "spread") for engine in (duckdb, spark))
    for name in ("cost_lines", "cost_reconciliation"):
        assert _table(theirs, name) == _table(ours, name)
    assert (
        spark.to_arrow(theirs.tables["outcomes"]).to_pylist()
        == duckdb.to_arrow(ours.tables["outcomes"]).to_pylist()
    )
    assert sorted(theirs.findings, key=str) == sorted(ours.findings, key=str)
