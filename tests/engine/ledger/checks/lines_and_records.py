"""Feeds of a few accounts, lines and records of churn, as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lichen.ledger import Ledger
from lichen.vocabulary.finding import Finding

LINE = "subscription_id,account_id,product,starts_on,ends_on,arr_amount,currency"
RECORD = "churn_record_id,account_id,kind,churned_on,subscription_id"
BEFORE_CHECKS = {"as_effective", "column_not_mapped", "optional_reference_lost"}
"""Codes of findings about feeds, which are older than the checks."""


def accounts(names: Iterable[str]) -> str:
    return "account_id,name\n" + "".join(f"{name},{name}\n" for name in names)


def lines(rows: Sequence[str], currency: str = "USD") -> str:
    """Each row as `s1 a core 2024-01-01 - 100`; a dash is an open end."""
    return _csv(LINE, (f"{row} {currency}" for row in rows))


def records(rows: Sequence[str]) -> str:
    """Each row as `r1 a event 2024-01-01 -`."""
    return _csv(RECORD, rows)


def ticket(day: str) -> str:
    """A ticket of account a, which makes this the newest day."""
    return f"ticket_id,account_id,opened_at\nt,a,{day}\n"


def found(ledger: Ledger) -> dict[str, Finding]:
    """What the checks found, by code."""
    return {each.code: each for each in ledger.findings if each.code not in BEFORE_CHECKS}


def _csv(head: str, rows: Iterable[str]) -> str:
    cells = (",".join("" if cell == "-" else cell for cell in row.split()) for row in rows)
    return "".join(f"{line}\n" for line in (head, *cells))
