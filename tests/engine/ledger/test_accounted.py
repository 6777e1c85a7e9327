"""Lines that a day's view sets aside are accounted for and can be found again."""

from __future__ import annotations

from datetime import date

from lichen.engines import Engine
from lichen.ledger import accounted

ACCOUNTS = "account_id,name\na1,Alder\na2,Birch\n"
LINES = (
    "subscription_id,account_id,starts_on,ends_on,arr_amount,currency\n"
    "s1,a1,2024-01-01,,100.00,USD\n"
    "s2,a1,2024-06-01,,-150.25,USD\n"
    "s3,a2,2024-01-01,,100.00,USD\n"
    "s4,a2,2024-06-01,,-40.00,USD\n"
)


def test_lines_set_aside_move_from_accepted_to_quarantined(loaded, duckdb: Engine) -> None:
    held = loaded({"account.csv": ACCOUNTS, "subscription.csv": LINES})
    kept = accounted(held, held.as_of(date(2024, 12, 31), duckdb))
    (row,) = (
        row
        for row in kept.accounting.to_pylist()
        if (row["level"], row["entity"]) == ("entity", "subscription")
    )
    assert (row["mapped"], row["accepted"], row["quarantined"]) == (4, 2, 2)
    assert kept.quarantine["value"].to_pylist() == ["s1: 100.00 USD", "s2: -150.25 USD"]


def test_before_the_negative_line_starts_nothing_is_set_aside(loaded, duckdb: Engine) -> None:
    held = loaded({"account.csv": ACCOUNTS, "subscription.csv": LINES})
    kept = accounted(held, held.as_of(date(2024, 5, 31), duckdb))
    assert kept.accounting.equals(held.accounting)
    assert kept.quarantine.num_rows == 0
