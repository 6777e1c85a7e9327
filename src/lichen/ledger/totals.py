"""Accounts whose lines sum to less than nothing on some day: none of their lines can be trusted."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.vocabulary.finding import Finding, Severity

CODE = "negative_total"


def set_aside_negative(
    engine: Engine, lines: ir.Table, accounts: ir.Table
) -> tuple[ir.Table, list[Finding]]:
    """Lines without those of accounts whose running total, in some currency, falls below zero.

    The finding's count is the number of lines set aside.
    """
    suspects = lines.filter(lines.arr_minor < 0).select("account_key").distinct()
    suspicious = engine.materialise(lines.semi_join(suspects, "account_key"))
    bad = engine.materialise(_below_zero(suspicious))
    gone = suspicious.semi_join(bad, "account_key")
    count = engine.to_arrow(gone.aggregate(n=gone.count()))["n"][0].as_py()
    if not count:
        return lines, []
    names = accounts.semi_join(bad, "account_key").select("account_id").order_by("account_id")
    found = engine.to_arrow(names)["account_id"].to_pylist()
    finding = Finding(
        CODE,
        "subscription",
        count,
        f"{count} lines of {len(found)} accounts whose total falls below zero were set aside. "
        "Correct the negative lines at the source.",
        Severity.WARNING,
        examples=tuple(found[:5]),
    )
    return lines.anti_join(bad, "account_key"), [finding]


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
