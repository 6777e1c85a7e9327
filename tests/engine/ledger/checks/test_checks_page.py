"""The worked tables of docs/algorithms/ledger_checks.md are what a load finds."""

from __future__ import annotations

from datetime import date

import pytest
from lines_and_records import accounts, found, lines, records, ticket
from worked_tables import worked_tables

from lichen.engines import Engine

LINE = ("line", "account", "product", "starts_on", "ends_on", "amount")
RECORD = ("record", "account", "kind", "churned_on", "line")


def test_the_page_and_the_checks_agree(loaded, duckdb: Engine) -> None:
    of_lines, of_records, pairs, codes = worked_tables("ledger_checks")
    ledger = loaded(
        {
            "account.csv": accounts("abcdef"),
            "subscription.csv": lines([" ".join(row[n] or "-" for n in LINE) for row in of_lines]),
            "ticket.csv": ticket("2024-12-31"),
            "churn_record.csv": records(
                [" ".join(row[n] or "-" for n in RECORD) for row in of_records]
            ),
        }
    )
    seen = found(ledger)
    assert set(seen) == {row["code"] for row in codes}
    for row in codes:
        finding = seen[row["code"]]
        assert finding.count == int(row["count"]), row
        assert ", ".join(finding.examples) == row["examples"]
        wanted = float(row["arr_share"]) if row["arr_share"] else None
        assert finding.arr_share == (None if wanted is None else pytest.approx(wanted)), row
    assert sorted(
        (row["first"], row["second"], *map(int, list(row.values())[2:])) for row in pairs
    ) == sorted(tuple(row.values())[1:] for row in ledger.contradictions.to_pylist())
    overlapping = [row["line"] for row in of_lines if row["overlaps"] == "yes"]
    assert ", ".join(overlapping) == ", ".join(seen["overlapping_lines"].examples)
    views = {one.code: one for one in ledger.as_of(date(2024, 12, 31), duckdb).findings}
    stacked = views["stacked_lines"]
    assert (stacked.count, stacked.arr_share) == (4, pytest.approx(600 / 1_400))
    assert stacked.month_ends == ((date(2024, 3, 31), date(2024, 10, 31)),)
