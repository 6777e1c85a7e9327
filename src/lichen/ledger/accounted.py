"""The accounting of one day's view: what the load accepted, less what that day sets aside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from lichen.ledger.accounting import Account, as_table, check
from lichen.ledger.facts import Facts
from lichen.ledger.ledger import Ledger


@dataclass(frozen=True)
class Accounted:
    """Accounting and quarantine, one consistent with the other."""

    accounting: pa.Table
    quarantine: pa.Table


def accounted(held: Ledger, facts: Facts) -> Accounted:
    """The load's accounting and quarantine, with the rows that `facts` set aside moved over.

    Raises:
        NotAccountedFor: an identity no longer holds.
    """
    if facts.set_aside is None:
        return Accounted(held.accounting, held.quarantine)
    moved = Counter(facts.set_aside["entity"].to_pylist())
    accounts = [
        _moved(row, moved[row["entity"]]) if row["level"] == "entity" else Account(**row)
        for row in held.accounting.to_pylist()
    ]
    check(accounts)
    return Accounted(as_table(accounts), pa.concat_tables([held.quarantine, facts.set_aside]))


def _moved(row: dict[str, Any], count: int) -> Account:
    account = Account(**row)
    return replace(
        account,
        accepted=(account.accepted or 0) - count,
        quarantined=(account.quarantined or 0) + count,
    )
