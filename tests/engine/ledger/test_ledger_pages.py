"""The worked tables of the ledger's pages are what Lichen computes."""

from __future__ import annotations

from datetime import date

from ledger_rows import counts, findings, reasons, rows
from worked_tables import worked_tables

from lichen.engines import Engine

ACCOUNTS = "account_id,name\na1,Alder\na2,Birch\na3,Cedar\n"
RATES = "currency,on,rate\nEUR,2024-03-29,1.1\nJPY,2024-03-29,0.0065\n"


def test_the_costs_of_the_page_meet_the_fates_it_tells(loaded) -> None:
    records, (account,) = worked_tables("ledger")
    names = ["cost_id", "account_id", "month", "kind", "amount", "currency"]
    lines = [names, *([row[name] for name in names] for row in records)]
    ledger = loaded(
        {
            "account.csv": "account_id,name\na1,Alder\na2,Birch\n",
            "fx_rate.csv": RATES,
            "cost.csv": "".join(",".join(line) + "\n" for line in lines),
        }
    )
    accepted = [
        (row["cost_id"], int(row["amount_minor"]), int(row["reported_minor"]))
        for row in records
        if row["fate"] == "accepted"
    ]
    assert rows(ledger, "cost", "cost_id", "amount_minor", "reported_minor") == accepted
    told = {
        (int(row["record"]), row["fate"])
        for row in records
        if row["fate"] not in ("accepted", "duplicate")
    }
    assert {(record, reason) for _, record, _, _, reason in reasons(ledger)} == told
    expected = ("mapped", "accepted", "quarantined", "duplicates")
    assert counts(ledger, "cost") == tuple(int(account[name]) for name in expected)
    assert findings(ledger)["optional_reference_lost"] == 1


def test_the_lines_of_the_page_end_where_it_says(loaded, duckdb: Engine) -> None:
    (lines,) = worked_tables("ledger_as_of")
    head = "subscription_id,account_id,product,starts_on,ends_on,arr_amount,currency\n"
    body = "".join(
        f"{row['line']},{row['account']},{row['product']},{row['starts_on']},{row['ends_on']},"
        f"{row['amount']},USD\n"
        for row in lines
    )
    ledger = loaded({"account.csv": ACCOUNTS, "subscription.csv": head + body})
    facts = ledger.as_of(date(2024, 6, 30), duckdb)
    table = duckdb.to_arrow(facts.table("subscription").select("subscription_id", "ends_on"))
    seen = {row["subscription_id"]: row["ends_on"] for row in table.to_pylist()}
    ends = {row["line"]: row["ends as of 2024-06-30"] for row in lines}
    assert {line: str(end or "open") for line, end in seen.items()} == {
        line: end for line, end in ends.items() if end != "set aside"
    }
    counted = {finding.code: finding.count for finding in facts.findings}
    assert (counted["late_renewal"], counted["negative_total"]) == (1, 2)
