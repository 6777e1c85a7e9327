"""What partners did and when: involvements in force, accepted registrations, contacts."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from lichen.kernel.periods import month_end, month_index
from lichen.ledger.facts import Facts
from lichen.vocabulary.definitions import Definitions

ACCEPTED = ("accepted", "approved", "won", "converted")
"""Words of a registration's status that say it was taken up."""


def activity(facts: Facts, definitions: Definitions, opens: date, closes: date) -> ir.Table:
    """The last day in (opens, closes] on which each partner was seen at work.

    partner_key, last_on. At work is a meaningful involvement in force, a registration that was
    accepted, or a touchpoint.
    """
    rows = ibis.union(
        _involved(facts, definitions, opens, closes),
        _registered(facts, opens, closes),
        _touched(facts, opens, closes),
    )
    return rows.group_by("partner_key").aggregate(last_on=rows.last_on.max())


def _involved(facts: Facts, definitions: Definitions, opens: date, closes: date) -> ir.Table:
    """Meaningful involvements in force on some day, by the definition of the workspace."""
    words = definitions.involvement
    rows = facts.table("involvement")
    since = ibis.date(closes - timedelta(days=words.minimum_days))
    rows = rows.filter(rows.role.isin(list(words.meaningful_roles)), rows.starts_on <= since)
    # The day it ends is no longer in force, so it must end after the first day looked at.
    ends_later = rows.ends_on.notnull() & (rows.ends_on > ibis.date(opens + timedelta(days=1)))
    still = rows.ends_on.isnull()
    if words.fresh_months:
        oldest = month_end(month_index(opens) - words.fresh_months)
        still &= rows.starts_on > ibis.date(oldest)
    rows = rows.filter(ends_later | still)
    day = ibis.date(closes)
    return rows.select("partner_key", last_on=ibis.least(ibis.coalesce(rows.ends_on, day), day))


def _registered(facts: Facts, opens: date, closes: date) -> ir.Table:
    rows = facts.table("registration")
    rows = rows.filter(rows.status.lower().isin(list(ACCEPTED)))
    dated = rows.select("partner_key", last_on=ibis.coalesce(rows.decided_on, rows.submitted_on))
    return _between(dated, opens, closes)


def _touched(facts: Facts, opens: date, closes: date) -> ir.Table:
    rows = facts.table("touchpoint")
    rows = rows.filter(rows.partner_key.notnull())
    return _between(rows.select("partner_key", last_on=rows.happened_on), opens, closes)


def _between(rows: ir.Table, opens: date, closes: date) -> ir.Table:
    return rows.filter(rows.last_on > ibis.date(opens), rows.last_on <= ibis.date(closes))
