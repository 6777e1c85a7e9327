"""Delivery: whether a partner at work for the account holds a certification that is valid."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.involvement.axes import Axis, constant_axis, edges
from lichen.involvement.periods import Presence, far_month, merge_spans, month_of
from lichen.ledger.facts import Facts
from lichen.vocabulary.roles import DELIVERY, DELIVERY_ROLES

_ACCOUNT_SPAN = ("account_key", "from_month", "to_month")


def delivery_axis(presence: Presence) -> Axis:
    """`certified` while a delivering partner holds a valid certification, else `uncertified`.

    `none` without a delivering role; unknown for all where no feed provides certifications. Of
    several partners at work, one with a certification is enough.
    """
    if not presence.facts.is_mapped("certification"):
        return constant_axis("delivery", "unknown")
    spans = presence.spans.filter(presence.spans.role.isin(list(DELIVERY_ROLES)))
    delivered = merge_spans(spans.select(*_ACCOUNT_SPAN), ["account_key"])
    both = merge_spans(_while_certified(spans, _certified(presence.facts)), ["account_key"])
    # A certified span lies inside a delivered one, so the two add up: none 0, one 1, both 2.
    steps = ibis.union(delivered, both.select(*delivered.columns), distinct=False)
    dated = edges(steps.mutate(step=ibis.literal(1, "int64")))
    return Axis("delivery", DELIVERY, dated.select("account_key", "month", "step"), dated=True)


def _certified(facts: Facts) -> ir.Table:
    """When each partner held any valid certification: holder, since, until (month indexes)."""
    rows = facts.table("certification")
    rows = rows.filter(rows.partner_key.notnull()).select(
        "partner_key",
        from_month=month_of(rows.earned_on),
        to_month=month_of(rows.expires_on).fill_null(far_month()),
    )
    held = merge_spans(rows.filter(rows.from_month < rows.to_month), ["partner_key"])
    return held.select(holder="partner_key", since="from_month", until="to_month")


def _while_certified(spans: ir.Table, held: ir.Table) -> ir.Table:
    met = spans.join(
        held,
        [
            spans.partner_key == held.holder,
            spans.from_month < held.until,
            held.since < spans.to_month,
        ],
    )
    return met.select(
        "account_key",
        from_month=ibis.greatest(met.from_month, met.since),
        to_month=ibis.least(met.to_month, met.until),
    )
