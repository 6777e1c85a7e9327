"""Lines of one product open on each other: above a declared share of ARR, growth means nothing.

Overlaps of a whole ledger are looked at when it is loaded (`checks.overlaps`). This asks only what
a figure's day may ask: how much ARR lay on stacked lines then, and a year before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.kernel.periods import month_end, month_index
from lichen.ledger.valued import is_open, valued_lines
from lichen.vocabulary.finding import Finding, Severity
from lichen.vocabulary.metrics import METRICS, Base

TOUCHED = tuple(
    name for name, metric in METRICS.items() if metric.base in (Base.COHORT, Base.MOVEMENTS)
)
EXAMPLES = 5


@dataclass(frozen=True)
class Stack:
    """What a day's lines hold in the workspace's currency, and what of it lies on stacked ones."""

    day: date
    lines: int
    stacked: int
    total: int

    @property
    def share(self) -> float:
        """The share of ARR; 0 without any."""
        return self.stacked / self.total if self.total > 0 else 0.0


def stacked_lines(
    engine: Engine, lines: ir.Table, day: date, limit: float, rates: Mapping[str, float]
) -> list[Finding]:
    """One finding of severity error where stacked lines hold more than `limit` of ARR.

    Lines are stacked on a day when several of one account and product, with ARR above zero, are
    open on it. `rates` give the workspace's minor units for one of a currency. With `limit` 1, or
    where a line has no rate, nothing is said.
    """
    if limit >= 1 or not rates:
        return []
    valued = valued_lines(lines, rates)
    year_before = month_end(month_index(day) - 12)
    now, then = _stacks(engine, valued, (day, year_before))
    worst = max(now, then, key=lambda each: each.share)
    if worst.share <= limit:
        return []
    ids = engine.to_arrow(
        _stacked(valued, worst.day)
        .select("subscription_id")
        .order_by("subscription_id")
        .limit(EXAMPLES)
    )
    sentence = (
        f"Lines of one product that lie on each other hold {now.share:.0%} of ARR on {now.day} and "
        f"{then.share:.0%} on {then.day}, more than revenue.overlap_share ({limit:.0%}). New lines "
        "on old ones look like growth, so NRR, GRR, expansion and churn have no meaning until "
        "this is settled. End the line that a new one replaces at the source; if lines of one "
        "product are meant to add up, set revenue.overlap_share = 1."
    )
    examples = tuple(ids["subscription_id"].to_pylist())
    return [
        Finding(
            "stacked_lines",
            "subscription",
            worst.lines,
            sentence,
            Severity.ERROR,
            examples,
            TOUCHED,
            arr_share=worst.share,
        )
    ]


def _stacks(engine: Engine, lines: ir.Table, days: Sequence[date]) -> list[Stack]:
    """What lies on stacked lines on each day, from one grouping by account and product."""
    lines = lines.filter(ibis.or_(*(is_open(lines, day) for day in days)))
    whole, held = (
        engine.to_arrow(each).to_pylist()[0] for each in (_all(lines, days), _several(lines, days))
    )
    if whole["unknown"]:
        return [Stack(day, 0, 0, 0) for day in days]
    row = {**whole, **held}
    return [
        Stack(day, *(row[f"{name}_{place}"] or 0 for name in ("lines", "stacked", "total")))
        for place, day in enumerate(days)
    ]


def _all(lines: ir.Table, days: Sequence[date]) -> ir.Table:
    """ARR of all lines open on each day, and whether that of some is unknown."""
    totals: dict[str, ir.Value] = {
        f"total_{place}": ibis.ifelse(is_open(lines, day), lines.value, 0).sum().cast("int64")
        for place, day in enumerate(days)
    }
    return lines.aggregate(**totals, unknown=lines.value.isnull().any())


def _several(lines: ir.Table, days: Sequence[date]) -> ir.Table:
    """Number and ARR of lines that are open on each day together with others."""
    sums: dict[str, ir.Value] = {}
    for place, day in enumerate(days):
        there = is_open(lines, day)
        sums[f"lines_{place}"] = there.cast("int64").sum()
        sums[f"value_{place}"] = ibis.ifelse(there, lines.value, 0).sum()
    groups = lines.group_by("account_key", "product").aggregate(**sums, most=lines.count())
    groups = groups.filter(groups.most > 1)
    totals: dict[str, ir.Value] = {}
    for place, _ in enumerate(days):
        count, value = groups[f"lines_{place}"], groups[f"value_{place}"]
        totals[f"lines_{place}"] = ibis.ifelse(count > 1, count, 0).sum().cast("int64")
        totals[f"stacked_{place}"] = ibis.ifelse(count > 1, value, 0).sum().cast("int64")
    return groups.aggregate(**totals)


def _stacked(lines: ir.Table, day: date) -> ir.Table:
    """The stacked lines of a day."""
    there = lines.filter(is_open(lines, day))
    groups = there.group_by("account_key", "product").aggregate(lines=there.count())
    several = groups.filter(groups.lines > 1).select("account_key", "product")
    return there.semi_join(several, ["account_key", "product"])
