"""Each kind of cell: what it becomes, and what is said of one that it cannot become."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pytest
from ledger_rows import counts, reasons, rows
from pyarrow.csv import write_csv
from pyarrow.parquet import write_table as write_parquet

from lichen.vocabulary.definitions import Definitions, Workspace

ACCOUNT = "account_id,name\na1,Alder\n"


def subscription(**cells: str) -> str:
    line = {
        "subscription_id": "s1",
        "account_id": "a1",
        "starts_on": "2024-01-01",
        "arr_amount": "100",
        "currency": "USD",
        **cells,
    }
    return ",".join(line) + "\n" + ",".join(line.values()) + "\n"


@pytest.mark.parametrize(
    ("column", "cell", "ledger_name", "value"),
    [
        ("arr_amount", "1200.5", "arr_minor", 120050),
        ("arr_amount", "-0.01", "arr_minor", -1),
        ("arr_amount", "+.5", "arr_minor", 50),
        ("arr_amount", "7.", "arr_minor", 700),
        ("arr_amount", "12.3400", "arr_minor", 1234),
        ("arr_amount", "9999999999999.99", "arr_minor", 999_999_999_999_999),
        ("starts_on", " 2024-02-29 ", "starts_on", date(2024, 2, 29)),
        ("ends_on", "9999-12-31", "ends_on", date(9999, 12, 31)),
        ("seats", "12.0", "seats", 12),
        ("auto_renew", "Yes", "auto_renew", True),
        ("auto_renew", "0", "auto_renew", False),
        ("arr_basis", "LIST", "arr_basis", "list"),
        ("arr_basis", "", "arr_basis", "net"),
        ("currency", "eur", "currency", "EUR"),
        ("product", "  ", "product", None),
        ("recorded_at", "2024-03-01T10:00:00+02:00", "recorded_at", datetime(2024, 3, 1, 8)),
        ("recorded_at", "2024-03-01 10:00", "recorded_at", datetime(2024, 3, 1, 10)),
    ],
)
def test_a_sound_cell_becomes_its_value(loaded, column, cell, ledger_name, value) -> None:
    ledger = loaded({"account.csv": ACCOUNT, "subscription.csv": subscription(**{column: cell})})
    assert rows(ledger, "subscription", ledger_name) == [(value,)]


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("arr_amount", "1e3", "is not an amount"),
        ("arr_amount", "1 200", "is not an amount"),
        ("arr_amount", "12.345", "has more decimals than USD"),
        ("arr_amount", "99999999999999999", "is too large"),
        ("arr_amount", "", "is empty"),
        ("starts_on", "2024-02-30", "is not a date"),
        ("starts_on", "01/02/2024", "is not a date"),
        ("starts_on", "2024-1-2", "is not a date"),
        ("starts_on", "2024-01-01T00:00:00Z", "is not a date"),
        ("seats", "1.5", "is not a whole number"),
        ("seats", "99999999999999999999", "is not a whole number"),
        ("auto_renew", "maybe", "is neither true nor false"),
        ("arr_basis", "gross", "is not one of the words"),
        ("currency", "US$", "is not a currency"),
        ("recorded_at", "yesterday", "is not a moment"),
        ("recorded_at", "2024-03-01T25:00:00Z", "is not a moment"),
    ],
)
def test_a_cell_that_does_not_hold_is_quarantined_with_its_reason(
    loaded, column, cell, reason
) -> None:
    ledger = loaded({"account.csv": ACCOUNT, "subscription.csv": subscription(**{column: cell})})
    assert reasons(ledger) == [("subscription.csv", 1, column, cell or None, reason)]
    assert counts(ledger, "subscription") == (1, 0, 1, 0)


@pytest.mark.parametrize("column", ["due_amount", "renewed_amount"])
@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_an_amount_renewed_or_due_is_never_below_zero(loaded, tmp_path, column, format) -> None:
    row = {
        "renewal_id": ["r1", "r2", "r3"],
        "account_id": ["a1", "a1", "a1"],
        "due_on": ["2024-05-01"] * 3,
        "due_amount": [10.0] * 3,
        "renewed_amount": [10.0] * 3,
        "outcome": ["renewed"] * 3,
        column: [-0.1, 0.0, 5.5],
    }
    (tmp_path / "feeds").mkdir()
    path = tmp_path / "feeds" / f"renewal.{format}"
    write = write_csv if format == "csv" else write_parquet
    write(pa.table(row), path)
    ledger = loaded({"account.csv": ACCOUNT})
    assert rows(ledger, "renewal", "renewal_id") == [("r2",), ("r3",)]
    assert reasons(ledger) == [(path.name, 1, column, "-0.1", "is below zero")]
    (told,) = ledger.quarantine.to_pylist()
    assert told["expected"].endswith("zero or more")
    assert told["next_step"] == "Correct it at the source and load again."


def test_all_reasons_of_a_row_are_kept_and_the_row_counts_once(loaded) -> None:
    line = subscription(arr_amount="x", starts_on="y", currency="z")
    ledger = loaded({"account.csv": ACCOUNT, "subscription.csv": line})
    assert [reason[2] for reason in reasons(ledger)] == ["arr_amount", "currency", "starts_on"]
    assert counts(ledger, "subscription") == (1, 0, 1, 0)


def test_decimals_follow_the_currency(loaded) -> None:
    text = (
        "subscription_id,account_id,starts_on,arr_amount,currency\n"
        "s1,a1,2024-01-01,100,JPY\n"
        "s2,a1,2024-01-01,100.5,JPY\n"
        "s3,a1,2024-01-01,1.234,KWD\n"
    )
    ledger = loaded({"account.csv": ACCOUNT, "subscription.csv": text})
    assert rows(ledger, "subscription", "subscription_id", "arr_minor") == [
        ("s1", 100),
        ("s3", 1234),
    ]
    assert reasons(ledger)[0][4] == "has more decimals than JPY"


def test_a_misspelt_word_is_met_with_the_near_one(loaded) -> None:
    ledger = loaded({"account.csv": "account_id,name,segment\na1,Alder,Entreprise\n"})
    (row,) = ledger.quarantine.to_pylist()
    assert row["expected"] == "one of smb, mid_market, enterprise"
    assert row["next_step"].startswith("Did you mean 'enterprise'?")


def test_lists_of_words_are_sorted_and_each_word_stays_once(loaded) -> None:
    text = (
        "partner_id,name,kinds\np1,Quay,services|Technology; services\np2,Rope,magic\np3,Sail,|\n"
    )
    ledger = loaded({"account.csv": ACCOUNT, "partner.csv": text})
    assert rows(ledger, "partner", "kinds") == [("services|technology",)]
    assert [reason[1] for reason in reasons(ledger)] == [2, 3]


def test_a_month_is_its_last_day_however_it_is_written(loaded) -> None:
    text = "account_id,month,events\na1,2024-02,1\na1,2024-03-05,2\na1,2024-13,3\n"
    ledger = loaded({"account.csv": ACCOUNT, "usage.csv": text})
    assert rows(ledger, "usage", "month") == [(date(2024, 2, 29),), (date(2024, 3, 31),)]


def test_instants_are_cut_to_dates_in_the_workspaces_zone(loaded) -> None:
    definitions = Definitions(workspace=Workspace(time_zone="America/New_York"))
    text = "ticket_id,account_id,opened_at\nt1,a1,2024-01-01T03:00:00Z\n"
    ledger = loaded({"account.csv": ACCOUNT, "ticket.csv": text}, definitions)
    assert rows(ledger, "ticket", "opened_at", "opened_on") == [
        (datetime(2024, 1, 1, 3), date(2023, 12, 31))
    ]


def test_personal_values_are_masked(loaded) -> None:
    text = (
        "partner_id,person_key,certification,earned_on\n"
        "p1,,Harbor Pro,2024-01-01\n"
        "p1,jo@example.com,Harbor Pro\n"
    )
    ledger = loaded(
        {"partner.csv": "partner_id,name,kinds\np1,Quay,data\n", "certification.csv": text}
    )
    assert "jo@" not in str(ledger.quarantine.to_pylist())
    assert counts(ledger, "certification") == (1, 0, 1, 0)


def test_a_span_may_be_empty_but_not_run_backwards(loaded) -> None:
    text = (
        "subscription_id,account_id,starts_on,ends_on,arr_amount,currency\n"
        "s1,a1,2024-01-02,2024-01-02,1,USD\n"
        "s2,a1,2024-01-02,2024-01-01,1,USD\n"
    )
    ledger = loaded({"account.csv": ACCOUNT, "subscription.csv": text})
    assert rows(ledger, "subscription", "subscription_id") == [("s1",)]
    assert reasons(ledger) == [
        ("subscription.csv", 2, "ends_on", "2024-01-01", "is before starts_on 2024-01-02")
    ]


def test_an_inclusive_end_is_moved_to_the_day_after(loaded) -> None:
    definitions = Definitions.model_validate({"feeds": {"subscription": {"inclusive_end": True}}})
    line = subscription(ends_on="2024-12-31")
    ledger = loaded({"account.csv": ACCOUNT, "subscription.csv": line}, definitions)
    assert rows(ledger, "subscription", "ends_on") == [(date(2025, 1, 1),)]


def test_a_decided_row_without_its_date_takes_the_next_best(loaded) -> None:
    text = (
        "renewal_id,account_id,due_on,due_amount,outcome,decided_on\n"
        "r1,a1,2024-05-01,10,renewed,\n"
        "r2,a1,2024-05-01,10,pending,\n"
    )
    ledger = loaded({"account.csv": ACCOUNT, "renewal.csv": text})
    assert rows(ledger, "renewal", "renewal_id", "decided_on") == [
        ("r1", date(2024, 5, 1)),
        ("r2", None),
    ]
    assert [f.count for f in ledger.findings if f.code == "closing_date_filled"] == [1]
