"""Opportunities decided in a window: won or lost, of new customers and of existing ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from lichen.kernel.periods import Window, month_index
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import month_of, whole

KINDS = {"new": ("new",), "existing": ("expansion", "cross_sell")}
"""Kinds of opportunity by whose they are; a renewal is no sale to win."""


def decided(facts: Facts, windows: Sequence[Window]) -> ir.Table:
    """Opportunities won or lost in each window, once where some were merged.

    opportunity_id, account_key, month (place of the window), group_month (the month of the
    decision, whose groups count), kind, won.
    """
    rows = facts.table("opportunity")
    rows = rows.filter(
        rows.account_key.notnull(),
        rows.closed_on.notnull(),
        rows.outcome.isin(["won", "lost"]),
        rows.kind.isin([kind for kinds in KINDS.values() for kind in kinds]),
        rows.merged_into_id.isnull(),
    )
    dated = rows.select(
        "opportunity_id",
        "account_key",
        "kind",
        group_month=month_of(rows.closed_on),
        won=rows.outcome == "won",
    )
    parts = []
    for place, window in enumerate(windows):
        opens, closes = month_index(window.opens_on), month_index(window.closes_on)
        held = dated.filter(dated.group_month > opens, dated.group_month <= closes)
        parts.append(held.mutate(month=whole(place)))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def deal_measures(rows: ir.Table) -> Mapping[str, ir.Value]:
    """What one decided opportunity adds to its groups."""
    zero, one = whole(0), whole(1)
    found: dict[str, ir.Value] = {}
    for customers, kinds in KINDS.items():
        inside = rows.kind.isin(list(kinds))
        found[customers] = ibis.ifelse(inside, one, zero)
        found[f"{customers}_won"] = ibis.ifelse(inside & rows.won, one, zero)
    return found
