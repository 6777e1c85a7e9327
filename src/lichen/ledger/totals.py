"""Accounts whose lines sum to less than nothing on some day: none of their lines can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines import Engine
from lichen.kernel.money import from_minor
from lichen.ledger.quarantine import SCHEMA
from lichen.vocabulary.finding import Finding, Severity

CODE = "negative_total"
REASON = "the account's total falls below zero"
EXPECTED = "lines that sum to zero or more on every day"
NEXT_STEP = "Correct the negative lines at the source and load again."


@dataclass(frozen=True)
class SoundLines:
    """The lines that may be summed, what was said of the others, and these, for quarantine."""

    lines: ir.Table
    findings: tuple[Finding, ...] = ()
    set_aside: pa.Table | None = None


def set_aside_negative(engine: Engine, lines: ir.Table, accounts: ir.Table) -> SoundLines:
    """Lines without those of accounts whose running total, in some currency, falls below zero.

    The finding's count is the number of lines set aside; each has its row for quarantine.
    """
    suspects = lines.filter(lines.arr_minor < 0).select("account_key").distinct()
    suspicious = engine.materialise(lines.semi_join(suspects, "account_key"))
    bad = engine.materialise(_below_zero(suspicious))
    gone = suspicious.semi_join(bad, "account_key").order_by("subscription_id")
    rows = engine.to_arrow(gone.select("subscription_id", "arr_minor", "currency")).to_pylist()
    if not rows:
        return SoundLines(lines)
    names = accounts.semi_join(bad, "account_key").select("account_id").order_by("account_id")
    found = engine.to_arrow(names)["account_id"].to_pylist()
    finding = Finding(
        CODE,
        "subscription",
        len(rows),
        f"{len(rows)} lines of {len(found)} accounts whose total falls below zero were set aside. "
        "Correct the negative lines at the source.",
        Severity.WARNING,
        examples=tuple(found[:5]),
    )
    put_aside = pa.Table.from_pylist([_quarantined(row) for row in rows], SCHEMA)
    return SoundLines(lines.anti_join(bad, "account_key"), (finding,), put_aside)


def _quarantined(row: dict[str, Any]) -> dict[str, Any]:
    amount = from_minor(row["arr_minor"], row["currency"])
    return {
        "entity": "subscription",
        "column": "arr_amount",
        "value": f"{row['subscription_id']}: {amount} {row['currency']}",
        "reason": REASON,
        "expected": EXPECTED,
        "next_step": NEXT_STEP,
    }


def _below_zero(lines: ir.Table) -> ir.Table:
    """account_key of accounts with a negative running total of some currency on some day."""
    starts = lines.select("account_key", "currency", day=lines.starts_on, change=lines.arr_minor)
    ended = lines.filter(lines.ends_on.notnull())
    ends = ended.select("account_key", "currency", day=ended.ends_on, change=-ended.arr_minor)
    daily = ibis.union(starts, ends)
    daily = daily.group_by("account_key", "currency", "day").aggregate(change=daily.change.sum())
    running = ibis.window(
        group_by=["account_key", "currency"], order_by="day", preceding=None, following=0
    )
    totals = daily.mutate(total=daily.change.sum().over(running))
    return totals.filter(totals.total < 0).select("account_key").distinct()
