"""One deal told by two systems adds up to twice its ARR, which is said before anyone reads it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from facts_from_rows import ledger_table
from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.engines import Engine
from lichen.kernel.periods import month_end, month_index
from lichen.ledger import load
from lichen.ledger.doubled import lines_of_several_systems
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.finding import Finding, Severity

DAY = date(2024, 12, 31)
DAYS = st.dates(date(2022, 1, 1), date(2025, 2, 1))


def line(system: str, account: int, starts: str, ends: str | None, arr: int) -> dict:
    return {
        "subscription_id": f"{system}:{account}-{starts}",
        "account_key": account,
        "starts_on": date.fromisoformat(starts),
        "ends_on": date.fromisoformat(ends) if ends else None,
        "arr_minor": arr,
        "currency": "USD",
        "product": system,
    }


def told(engine: Engine, *rows: dict, limit: float = 0.25) -> Finding | None:
    lines = engine.from_arrow(ledger_table("subscription", rows))
    ids = [{"account_key": key, "account_id": f"crm:{key}", "name": "x"} for key in range(1, 9)]
    accounts = engine.from_arrow(ledger_table("account", ids))
    found = lines_of_several_systems(engine, lines, accounts, DAY, limit, {"USD": 1.0})
    return found[0] if found else None


@pytest.mark.parametrize(
    ("limit", "severity"),
    [(0.39, Severity.ERROR), (0.4, Severity.WARNING), (1.0, Severity.NOTE)],
)
def test_the_share_of_arr_decides_how_grave_it_is(
    duckdb: Engine, limit: float, severity: Severity
) -> None:
    # Account 1 holds 100 + 100 of 500.
    found = told(
        duckdb,
        line("sf", 1, "2024-01-01", None, 100),
        line("stripe", 1, "2024-02-01", None, 100),
        line("sf", 2, "2024-01-01", None, 300),
        limit=limit,
    )
    assert found is not None
    assert (found.severity, found.count, found.arr_share) == (severity, 1, 0.4)
    assert found.examples == ("crm:1",)
    assert "(sf, stripe)" in found.sentence
    assert {"arr", "nrr", "arr_movement"} <= set(found.metrics)


def test_systems_that_tell_of_other_accounts_or_other_times_are_not_doubled(
    duckdb: Engine,
) -> None:
    assert told(
        duckdb,
        line("sf", 1, "2023-01-01", "2024-06-01", 100),
        line("stripe", 1, "2024-06-01", None, 100),
        line("stripe", 2, "2024-01-01", None, 300),
    ) is None  # fmt: skip


def test_every_month_end_is_judged_by_itself(duckdb: Engine) -> None:
    # Account 1 is told twice from February to May 2021, account 2 from June 2023 on.
    found = told(
        duckdb,
        line("sf", 1, "2020-01-01", "2021-06-01", 100),
        line("stripe", 1, "2021-02-10", None, 100),
        line("sf", 2, "2022-01-01", "2022-12-31", 30),
        line("sf", 2, "2022-12-31", None, 30),
        line("stripe", 2, "2023-06-30", "2024-08-01", 30),
        line("stripe", 2, "2024-07-01", None, 10),
    )
    assert found is not None
    # 200 of 200, then 60 of 160; 70 of 170 while two lines of one system overlap; 40 of 140 since.
    assert (found.count, found.arr_share, found.examples) == (1, 1.0, ("crm:1",))
    assert found.severity is Severity.ERROR
    assert found.month_ends == (
        (date(2021, 2, 28), date(2021, 5, 31)),
        (date(2023, 6, 30), date(2024, 12, 31)),
    )


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("xyz"), st.integers(1, 2), DAYS, DAYS), max_size=7))
def test_any_lines_by_month_are_what_a_look_at_each_month_end_finds(
    duckdb: Engine, drawn: list[tuple[str, int, date, date]]
) -> None:
    rows = [
        line(system, account, str(min(a, b)), str(max(a, b)), 10 + place)
        for place, (system, account, a, b) in enumerate(drawn)
    ]
    over = []
    for month in range(month_index(date(2022, 1, 1)), month_index(DAY) + 1):
        day = month_end(month)
        there = [row for row in rows if row["starts_on"] <= day < row["ends_on"]]
        systems = defaultdict(set)
        for row in there:
            systems[row["account_key"]].add(row["product"])
        held = sum(row["arr_minor"] for row in there if len(systems[row["account_key"]]) > 1)
        if held > 0.5 * sum(row["arr_minor"] for row in there):
            over.append(day)
    found = told(duckdb, *rows, limit=0.5)
    grave = found.month_ends if found and found.severity is Severity.ERROR else ()
    months = [range(month_index(first), month_index(last) + 1) for first, last in grave]
    assert [month_end(month) for span in months for month in span] == over


LINES = """
[[map]]
entity = "account"
from = "companies"
[map.columns]
account_id = "id"
name = "name"
domain = "site"

[[map]]
entity = "subscription"
from = "deals"
[map.columns]
subscription_id = "id"
account_id = "company"
starts_on = "start"
arr_amount = "value"
currency = { constant = "USD" }
"""


def two_systems(root: Path) -> Path:
    for system in ("crm", "billing"):
        (root / "raw" / system).mkdir(parents=True)
        (root / "mappings").mkdir(exist_ok=True)
        (root / "mappings" / f"{system}.toml").write_text(LINES)
        (root / "raw" / system / "companies.csv").write_text("id,name,site\n1,Acme,acme.com\n")
        deals = "id,company,start,value\nd1,1,2023-01-31,12000\n"
        (root / "raw" / system / "deals.csv").write_text(deals)
    return root


def codes(root: Path, sources: dict, engine: Engine) -> dict[str, Severity]:
    ledger = load(root, Definitions.model_validate({"sources": sources}))
    return {one.code: one.severity for one in ledger.as_of(DAY, engine).findings}


def test_a_deal_of_two_systems_is_an_error_until_one_is_left_out(
    tmp_path: Path, duckdb: Engine
) -> None:
    root = two_systems(tmp_path)
    both = codes(root, {"crm": {}, "billing": {}}, duckdb)
    assert both["lines_of_several_systems"] is Severity.ERROR
    one = codes(root, {"crm": {"without": ["subscription"]}, "billing": {}}, duckdb)
    assert "lines_of_several_systems" not in one


def test_an_entity_that_is_left_out_and_not_there_is_told(tmp_path: Path, duckdb: Engine) -> None:
    with pytest.raises(Exception, match="no entity 'subscriptions'.*'subscription'"):
        codes(two_systems(tmp_path), {"crm": {"without": ["subscriptions"]}}, duckdb)
