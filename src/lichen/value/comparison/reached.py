"""Exposures that are a state: so many integrations, a services pattern, certified delivery.

Each begins on the day on which it is first reached. Spans are half-open and in day numbers here,
under the column names that `involvement` gives them in months: its arithmetic is the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from lichen.involvement.axes import edges, levels
from lichen.involvement.periods import merge_spans
from lichen.kernel.periods import FAR_MONTH
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.value.comparison.days import KEY_BITS, NO_KEY, day_number, numbered
from lichen.value.comparison.exposure import Exposure
from lichen.vocabulary.roles import DELIVERY_ROLES, SERVICE_ROLES


def by_integrations(facts: Facts, asked: Mapping[int, Exposure]) -> ir.Table:
    """exposure, account_key, partner_key, day: that many technologies integrated at a time."""
    spans = _day_spans(facts, ("integrated",))
    technologies = merge_spans(
        spans.select("account_key", "partner_key", "from_month", "to_month"),
        ["account_key", "partner_key"],
    )
    counted = levels(edges(technologies.mutate(step=whole(1))), ["step"])
    reached = [
        _first_day(counted.filter(counted.step >= int(exposure.value)), place)
        for place, exposure in asked.items()
    ]
    return _with_partner(reached, spans)


def by_services(facts: Facts, asked: Mapping[int, Exposure]) -> ir.Table:
    """exposure, account_key, partner_key, day: exactly this set of service roles is active."""
    spans = _day_spans(facts, SERVICE_ROLES)
    roles = merge_spans(
        spans.select("account_key", "role", "from_month", "to_month"), ["account_key", "role"]
    )
    bits = {str(role): 2**place for place, role in enumerate(SERVICE_ROLES)}
    bit = ibis.cases(*((roles.role == role, value) for role, value in bits.items()), else_=0)
    patterns = levels(edges(roles.mutate(step=bit.cast("int64"))), ["step"])
    reached = [
        _first_day(patterns.filter(patterns.step == _pattern(exposure, bits)), place)
        for place, exposure in asked.items()
    ]
    return _with_partner(reached, spans)


def _pattern(exposure: Exposure, bits: Mapping[str, int]) -> int:
    return sum(bits[role] for role in exposure.value.split("+"))


def by_delivery(facts: Facts, asked: Mapping[int, Exposure]) -> ir.Table:
    """exposure, account_key, partner_key, day: a delivering partner holds a valid certification."""
    (place,) = asked
    spans = _day_spans(facts, DELIVERY_ROLES)
    rows = facts.table("certification")
    rows = rows.filter(rows.partner_key.notnull()).select(
        holder="partner_key",
        since=numbered(rows.earned_on),
        until=_end(rows.expires_on),
    )
    met = spans.join(
        rows,
        [
            spans.partner_key == rows.holder,
            spans.from_month < rows.until,
            rows.since < spans.to_month,
        ],
    )
    day = ibis.greatest(met.from_month, met.since)
    # A certification may be dated ahead of the day on which the facts are seen.
    known = met.select("account_key", "partner_key", exposure=whole(place), day=day)
    return known.filter(known.day <= day_number(facts.as_of))


def _day_spans(facts: Facts, roles: Sequence[str]) -> ir.Table:
    """account_key, partner_key, role, from_month, to_month (day numbers) of some roles."""
    rows = facts.table("involvement")
    rows = rows.filter(rows.role.isin(list(roles)))
    spans = rows.select(
        "account_key",
        "partner_key",
        "role",
        from_month=numbered(rows.starts_on),
        to_month=_end(rows.ends_on),
    )
    return spans.filter(spans.from_month < spans.to_month)


def _end(day: ir.Value) -> ir.Value:
    """The day number of an end; FAR_MONTH, as a day in 2298, where it is open or later."""
    return ibis.least(numbered(day), whole(FAR_MONTH)).fill_null(whole(FAR_MONTH))


def _first_day(rows: ir.Table, place: int) -> ir.Table:
    first = rows.group_by("account_key").agg(day=rows.month.min())
    return first.select("account_key", "day", exposure=whole(place))


def _with_partner(reached: Sequence[ir.Table], spans: ir.Table) -> ir.Table:
    """The partner that came last among those active on the day; the lowest key on a tie."""
    rows = ibis.union(*reached) if len(reached) > 1 else reached[0]
    there = spans.select("partner_key", owner="account_key", since="from_month", until="to_month")
    met = rows.join(
        there,
        [rows.account_key == there.owner, there.since <= rows.day, rows.day < there.until],
    )
    # The latest day wins, and on it the lowest key, so that the key is counted downwards.
    both = met.since * whole(2**KEY_BITS) + (whole(NO_KEY) - met.partner_key)
    last = (
        met.mutate(both=both).group_by("exposure", "account_key", "day").agg(both=ibis._.both.max())
    )
    key = (whole(NO_KEY) - (last.both & whole(NO_KEY))).cast("int64")
    return last.select("exposure", "account_key", "day", partner_key=key)
