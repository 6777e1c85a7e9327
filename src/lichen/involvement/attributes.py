"""Attributes of the account as groups: segment, industry, region, referral source, cohort year."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.involvement.axes import Axis, changes, distinct_words, static_axis, with_code
from lichen.involvement.periods import Presence, month_of
from lichen.ledger.facts import Facts
from lichen.vocabulary.entities import ENTITIES, Kind
from lichen.vocabulary.entities.customers import DATED_ATTRIBUTES, FIXED_ATTRIBUTES

ATTRIBUTES = (*DATED_ATTRIBUTES, *FIXED_ATTRIBUTES)
UNKNOWN = "unknown"
NO_COHORT = "none"


def attribute_axis(presence: Presence, name: str, changed: frozenset[str]) -> Axis:
    """One attribute: dated where its history is known, else the current value at all times.

    `changed` names the attributes with history, from `attributes_with_history`.
    """
    if name in changed:
        return _dated_axis(presence, name)
    accounts = presence.facts.table("account")
    values = accounts.select("account_key", value=_word(accounts[name]))
    return static_axis(presence, name, values, UNKNOWN)


def cohort_axis(presence: Presence) -> Axis:
    """The year of the account's first subscription; `none` before any."""
    rows = presence.facts.table("subscription")
    first = rows.group_by("account_key").agg(first_on=rows.starts_on.min())
    values = first.select("account_key", value=first.first_on.year().cast("string"))
    return static_axis(presence, "cohort_year", values, NO_COHORT)


def attributes_with_history(facts: Facts) -> frozenset[str]:
    """Which attributes of accounts have at least one recorded change."""
    if not facts.is_mapped("attribute_change"):
        return frozenset()
    rows = facts.table("attribute_change")
    rows = rows.filter((rows.entity == "account") & rows.attribute.isin(list(DATED_ATTRIBUTES)))
    found = facts.engine.to_arrow(rows.select("attribute").distinct())
    return frozenset(found.column("attribute").to_pylist())


def _dated_axis(presence: Presence, name: str) -> Axis:
    """The latest change on or before each month end.

    Before an account's first change its value is `unknown`: a change says what it led to, never
    what it led from. An account without any change has always been what it is now.
    """
    history = _history(presence.facts, name)
    accounts = presence.facts.table("account")
    changed = history.select("account_key", has_history=ibis.literal(True)).distinct()
    now = left_join(
        accounts.select("account_key", value=_word(accounts[name])), changed, "account_key"
    )
    still = now.filter(now.has_history.isnull() & now.value.notnull()).select(
        "account_key", "value", month=ibis.literal(0, "int64")
    )
    rows = presence.keep(
        ibis.union(still, history.select("account_key", "value", "month"), distinct=False)
    )
    words = distinct_words(presence, rows, UNKNOWN)
    coded = with_code(presence, rows, words).select("account_key", "month", "code")
    return Axis(name, words, changes(coded), dated=True)


def _history(facts: Facts, name: str) -> ir.Table:
    """account_key, value, month: the last change of each month."""
    rows = facts.table("attribute_change")
    rows = rows.filter((rows.entity == "account") & (rows.attribute == name))
    # A history is free text, and closed lists are in small letters everywhere else.
    value = (
        rows.value.lower() if ENTITIES["account"].by_name[name].kind is Kind.ENUM else rows.value
    )
    rows = rows.select("from_on", changed_id="id", value=_word(value), month=month_of(rows.from_on))
    keys = facts.table("account").select("account_key", "account_id")
    known = rows.join(keys, [("changed_id", "account_id")])
    latest = ibis.window(group_by=["account_key", "month"], order_by=ibis.desc("from_on"))
    ranked = known.mutate(place=ibis.row_number().over(latest))
    last = ranked.filter(ranked.place == 0)
    return last.select("account_key", "month", value=last.value.fill_null(UNKNOWN))


def _word(value: ir.StringValue) -> ir.StringValue:
    """The text, or null where it is empty.

    The ledger has trimmed it. Trimming here again is not portable: on Spark, Ibis would trim the
    letters f and v for form feed and vertical tab.
    """
    return value.nullif("")
