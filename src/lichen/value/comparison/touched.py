"""Exposures that are something done with an account: a play, a campaign, a programme."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.ledger.facts import Facts
from lichen.value.comparison.days import numbered


def play_rows(facts: Facts) -> ir.Table:
    """account_key, partner_key, day, word: every run of a play that names an account."""
    return _told(facts.table("play_run"), "play", "starts_on")


def programme_rows(facts: Facts) -> ir.Table:
    """account_key, partner_key, day, word: every participation in a programme."""
    rows = facts.table("participation")
    return _told(rows.filter(rows.kind == "programme"), "name", "happened_on")


def campaign_rows(facts: Facts) -> ir.Table:
    """account_key, partner_key, day, word: leads and touchpoints of campaigns.

    One that names no account is of the account of its opportunity.
    """
    owners = facts.table("opportunity").select("opportunity_key", owner="account_key")
    parts = []
    for entity, day in (("lead", "created_on"), ("touchpoint", "happened_on")):
        rows = facts.table(entity)
        rows = rows.filter(rows.campaign_id.notnull())
        rows = left_join(rows, owners, "opportunity_key")
        rows = rows.mutate(account_key=ibis.coalesce(rows.account_key, rows.owner))
        parts.append(_told(rows, "campaign_id", day))
    return ibis.union(*parts)


def _told(rows: ir.Table, word: str, day: str) -> ir.Table:
    rows = rows.filter(rows.account_key.notnull(), rows[day].notnull())
    return rows.select("account_key", "partner_key", day=numbered(rows[day]), word=rows[word])
