"""When each account came and when it first had nothing left, to the day."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir


def lives_of(lines: ir.Table, as_of: date) -> ir.Table:
    """One row for each account that ever had ARR: account_key, started_on, ended_on.

    `started_on` is the first day of its first line, `ended_on` the first day after it on which its
    lines amount to nothing; empty while they do not. What comes back later is not this life. Only
    whether anything is left matters, so amounts of several currencies are added as they are.
    """
    until = ibis.date(as_of)
    started = lines.filter(lines.starts_on <= until)
    ended = lines.filter(lines.ends_on <= until)
    events = started.select("account_key", day=started.starts_on, delta=started.arr).union(
        ended.select("account_key", day=ended.ends_on, delta=-ended.arr)
    )
    daily = events.group_by("account_key", "day").aggregate(delta=events.delta.sum().cast("int64"))
    running = {"group_by": daily.account_key, "order_by": daily.day, "rows": (None, 0)}
    held = daily.select(
        "account_key", "day", "delta", left=daily.delta.sum().over(**running).cast("int64")
    )
    gone = (held.left <= 0) & (held.left - held.delta > 0)
    lives = held.group_by("account_key").aggregate(
        started_on=held.day.min(), ended_on=held.day.min(where=gone), most=held.left.max()
    )
    return lives.filter(lives.most > 0).drop("most")
