"""Lines of one account from several systems: a contract and its subscription may be one deal told
twice, and ARR adds up both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.kernel.periods import last_month_end, month_index
from lichen.ledger.stacked import TOUCHED
from lichen.ledger.stretches import (
    changes,
    in_words,
    joined,
    netted,
    open_months,
    spells,
    starts_and_ends,
    stretches,
)
from lichen.ledger.valued import is_open, valued_lines
from lichen.vocabulary.finding import Finding, Severity

EXAMPLES = 5
METRICS = ("arr", *TOUCHED)


def lines_of_several_systems(
    engine: Engine, lines: ir.Table, accounts: ir.Table, day: date, limit: float,
    rates: Mapping[str, float],
) -> list[Finding]:  # fmt: skip
    """A finding where accounts have lines of several systems open at a month end up to `day`.

    The system of a line stands before the colon of its id. It is an error at the month ends with
    more than the share `limit` of ARR, a warning below, and a note with `limit` 1, where lines are
    declared to add up.
    """
    last = month_index(last_month_end(day))
    valued = open_months(valued_lines(lines, rates), last)
    valued = valued.mutate(system=valued.subscription_id.re_extract(r"^([^:]*):", 1))
    systems = engine.to_arrow(valued.select("system").distinct())["system"].to_pylist()
    if len(systems) < 2:
        return []
    course = stretches(engine, valued, _doubled_changes(engine, valued, last), last)
    doubled = [one for one in course if one.number]
    if not doubled:
        return []
    over = [one for one in doubled if one.share > limit]
    worst = max(doubled, key=lambda one: (one.share, one.last))
    spans = joined(over or doubled)
    severity = Severity.NOTE if limit >= 1 else Severity.WARNING
    sentence = (
        f"{worst.number:,} accounts have lines of several systems open on {worst.last} "
        f"({', '.join(name or 'feeds' for name in sorted(systems))}); they hold {worst.share:.0%} "
        f"of ARR. It is so at month ends {in_words(spans)}. Where two systems tell of one deal, "
        'ARR counts it twice. Leave the lines of one out, by without = ["subscription"] in its '
        "[sources] table; if they are meant to add up, set revenue.overlap_share = 1."
    )
    return [
        Finding(
            "lines_of_several_systems", "subscription", worst.number, sentence,
            Severity.ERROR if over else severity, _examples(engine, valued, accounts, worst.last),
            METRICS, arr_share=worst.share, month_ends=spans,
        )
    ]  # fmt: skip


def _doubled_changes(engine: Engine, lines: ir.Table, last: int) -> ir.Table:
    """How many accounts have lines of several systems, and the ARR of those, as changes by month.

    Each system's lines of an account become the spells in which it has some; how many of these run
    at once says how many systems tell of the account.
    """
    ends = lines.group_by("account_key").aggregate(
        first=lines.system.min(), last=lines.system.max()
    )
    several = ends.filter(ends["first"] != ends["last"]).select("account_key")
    suspects = engine.materialise(lines.semi_join(several, "account_key"))
    one = ibis.literal(1, "int64")
    by_system = ("account_key", "system")
    told = spells(changes(suspects, by_system, last, number=one), by_system, ("number",), last)
    told = told.filter(told.number > 0).mutate(systems=one)
    systems = starts_and_ends(told, ("account_key",), ("systems",))
    zero = ibis.literal(0, "int64")
    value = suspects.value.fill_null(0).cast("int64")
    values = changes(suspects, ("account_key",), last, value=value)
    events = systems.mutate(value=zero).select("account_key", "month", "systems", "value")
    events = events.union(values.select("account_key", "month", systems=zero, value=values.value))
    changed = netted(events, ("account_key",), ("systems", "value"))
    open_lines = spells(changed, ("account_key",), ("systems", "value"), last)
    doubled = open_lines.filter(open_lines.systems > 1).mutate(number=one)
    return starts_and_ends(doubled, (), ("number", "value"))


def _examples(engine: Engine, lines: ir.Table, accounts: ir.Table, day: date) -> tuple[str, ...]:
    """The first accounts with lines of several systems open on a day."""
    there = lines.filter(is_open(lines, day))
    by_account = there.group_by("account_key").aggregate(
        first=there.system.min(), last=there.system.max()
    )
    keys = by_account.filter(by_account["first"] != by_account["last"]).select("account_key")
    named = accounts.semi_join(keys, "account_key").select("account_id")
    ids = engine.to_arrow(named.order_by("account_id").limit(EXAMPLES))
    return tuple(ids["account_id"].to_pylist())
