"""Who takes part in a pilot, and who of them is held out: drawn by the hash of an id."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from lichen.engines.joins import left_join
from lichen.inference.folds import share_of
from lichen.involvement.library import library_of
from lichen.kernel.periods import month_index
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.value.comparison.days import numbered, packed, packed_key
from lichen.value.comparison.held import arr_on
from lichen.vocabulary.definitions import Definitions, Pilot

SEGMENT = "segment"


def eve_of(facts: Facts, pilot: Pilot) -> date:
    """The day before the pilot begins, or the day of the facts while it has not begun."""
    return min(pilot.starts_on - timedelta(days=1), facts.as_of)


def assign(facts: Facts, definitions: Definitions, pilot: Pilot) -> ir.Table:
    """The accounts of a pilot and their arm: account_key, account_id, partner_key, partner_id,
    held_out.

    Accounts with ARR on the eve of the pilot, of its segments where it names any; where partners
    are drawn, those served by one on the eve, with the partner who came first. partner_key and
    partner_id are null where accounts are drawn. `held_out` rests on the id of what is drawn and
    on the pilot's name alone, so it is the same in every run. Kept in the engine; a row an account.

    Raises:
        RateMissing: ARR in a foreign currency meets the eve without a fresh rate.
    """
    there = _of_segments(facts, definitions, pilot, _customers(facts, definitions, pilot))
    names = facts.table("account").select("account_key", "account_id")
    if pilot.unit == "account":
        there = there.mutate(partner_key=ibis.null("int64"), partner_id=ibis.null("string"))
    else:
        served = _served(facts, definitions, eve_of(facts, pilot)).rename(owner="account_key")
        there = there.join(served, [("account_key", "owner")]).drop("owner")
    rows = left_join(there, names, "account_key")
    return facts.engine.materialise(_drawn(facts, pilot, rows))


def _customers(facts: Facts, definitions: Definitions, pilot: Pilot) -> ir.Table:
    """account_key of accounts with ARR on the eve."""
    eve = eve_of(facts, pilot)
    month = ibis.literal(month_index(eve), "int64")
    lines = facts.table("subscription")
    lines = lines.filter(lines.account_key.notnull(), lines.starts_on <= ibis.date(eve))
    columns = ("account_key", "starts_on", "ends_on", "arr_minor", "currency")
    dated = lines.select(*columns, landmark=month, rate_month=month, eve=ibis.date(eve))
    held = arr_on(facts, definitions, dated, {"held": "eve"})
    return held.filter(held.held > 0).select("account_key")


def _of_segments(
    facts: Facts, definitions: Definitions, pilot: Pilot, accounts: ir.Table
) -> ir.Table:
    """The accounts whose segment on the eve is one of the pilot's."""
    if not pilot.segments:
        return accounts
    axis = library_of(facts, definitions).axis(SEGMENT)
    codes = [code for code, word in enumerate(axis.values) if word in pilot.segments]
    if axis.steps is None:
        return accounts if 0 in codes else accounts.limit(0)
    known = axis.steps.filter(axis.steps.month <= month_index(eve_of(facts, pilot)))
    coded = known.group_by("account_key").agg(code=known.step.sum().cast("int64"))
    rows = left_join(accounts, coded, "account_key")
    return rows.filter(rows.code.fill_null(whole(0)).isin(codes)).select("account_key")


def _served(facts: Facts, definitions: Definitions, eve: date) -> ir.Table:
    """account_key, partner_key, partner_id: the partner at work on the eve who came first."""
    rows = facts.table("involvement")
    rows = rows.filter(
        rows.role.isin(list(definitions.involvement.meaningful_roles)),
        rows.starts_on <= ibis.date(eve),
        rows.ends_on.isnull() | (rows.ends_on > ibis.date(eve)),
        rows.partner_key.notnull(),
    )
    rows = rows.select("account_key", both=packed(numbered(rows.starts_on), rows.partner_key))
    first = rows.group_by("account_key").agg(both=rows.both.min())
    first = first.select("account_key", partner_key=packed_key(first.both))
    return left_join(
        first, facts.table("partner").select("partner_key", "partner_id"), "partner_key"
    )


def _drawn(facts: Facts, pilot: Pilot, rows: ir.Table) -> ir.Table:
    """The rows with `held_out`, drawn for every id once."""
    unit = f"{pilot.unit}_id"
    listed = facts.engine.to_arrow(rows.select(unit).distinct())[unit].to_pylist()
    ids = sorted(listed)
    held = share_of(np.array(ids, dtype=object), pilot.name) < pilot.held_out
    table = pa.table({"drawn": pa.array(ids, pa.string()), "held_out": pa.array(held, pa.bool_())})
    drawn = facts.engine.from_arrow(table)
    columns = ("account_key", "account_id", "partner_key", "partner_id", "held_out")
    return rows.join(drawn, [(unit, "drawn")]).select(*columns)
