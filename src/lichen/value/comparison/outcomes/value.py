"""How soon an account that had not reached value at time zero got there."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.revenue.calendar import whole
from lichen.revenue.levels import levels_of
from lichen.revenue.time_to_value import milestones_of
from lichen.value.comparison.held import KEYS
from lichen.value.comparison.outcomes.cases import Cases
from lichen.value.comparison.outcomes.reading import Reading


def read(cases: Cases) -> ir.Table:
    """time_to_value: days from T0 to value, the whole horizon where it was not reached in it;

    value_within: 1 where it was reached. Value counts up to the day on which the account was
    lost; an account that had reached it by T0 is no case.
    """
    told = milestones_of(cases.facts, cases.definitions.time_to_value)
    if told is None:
        return _nothing(cases)
    rows = cases.facts.table("milestone")
    reached = rows.filter(rows.milestone == told.value, rows.reached_on.notnull())
    reached = reached.group_by("account_key").aggregate(value_on=reached.reached_on.min())
    lost = levels_of(cases.facts, cases.definitions).lives.select("account_key", "ended_on")
    waits = left_join(left_join(cases.table, reached, "account_key"), lost, "account_key")
    waits = waits.filter(waits.value_on.isnull() | (waits.value_on > waits.t0))
    there = (waits.value_on <= waits.until) & (
        waits.ended_on.isnull() | (waits.value_on <= waits.ended_on)
    )
    there = ibis.coalesce(there, ibis.literal(False))
    ends = ibis.ifelse(there, waits.value_on, waits.until)
    return waits.select(
        *KEYS,
        time_to_value=ends.delta(waits.t0, unit="day").cast("int64"),
        value_within=ibis.ifelse(there, whole(1), whole(0)),
    )


def _nothing(cases: Cases) -> ir.Table:
    none = ibis.null("float64")
    return cases.table.select(*KEYS, time_to_value=none, value_within=none)


VALUE = Reading(("time_to_value", "value_within"), (("milestone", "reached_on"),), read)
