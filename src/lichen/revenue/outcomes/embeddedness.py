"""Embeddedness as an outcome: how many ties accounts have with partners at a close."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.revenue.calendar import month_of, whole
from lichen.revenue.outcomes.family import Asked, Family, Share
from lichen.vocabulary.embeddedness import COMMUNITY
from lichen.vocabulary.roles import SERVICE_ROLES

KEYS = ("account_key", "month")
TECHNOLOGY, SERVICE, JOINT, COMMUNITY_TIE = range(4)


def features(asked: Asked) -> ir.Table:
    """Ties of every account with ARR at the close of each window; 0 where it has none."""
    parts = [
        part
        for place, (_, closes) in enumerate(asked.ends)
        for part in (*_involved(asked, place, closes), *_took_part(asked, place, closes))
    ]
    ties = ibis.union(*parts).distinct()
    counted = ties.group_by(list(KEYS)).aggregate(ties=ties.count().cast("int64"))
    alive = asked.served.filter(asked.served.closing > 0).select(*KEYS)
    rows = left_join(alive, counted, KEYS)
    return rows.select(*KEYS, depth=ibis.coalesce(rows.ties, whole(0)), depth_n=whole(1))


def _involved(asked: Asked, place: int, closes: int) -> tuple[ir.Table, ir.Table]:
    """Technologies and service roles active at a month end, each once."""
    rows = asked.facts.table("involvement")
    ends = month_of(rows.ends_on)
    active = rows.filter(
        rows.account_key.notnull(),
        month_of(rows.starts_on) <= closes,
        ends.isnull() | (ends > closes),
    )
    technologies = active.filter(active.role == "integrated")
    services = active.filter(active.role.isin(list(SERVICE_ROLES)))
    numbered = enumerate(SERVICE_ROLES)
    role = ibis.cases(*((services.role == name, whole(at)) for at, name in numbered))
    return (
        _tie(technologies, place, TECHNOLOGY, technologies.partner_key),
        _tie(services, place, SERVICE, role),
    )


def _took_part(asked: Asked, place: int, closes: int) -> list[ir.Table]:
    """Joint events and the community in the months before a month end, each once."""
    if not asked.facts.is_mapped("participation"):
        return []
    words = asked.definitions.embeddedness
    rows = asked.facts.table("participation")
    month = month_of(rows.happened_on)
    rows = rows.filter(rows.account_key.notnull(), month <= closes, month > closes - words.months)
    joint = rows.filter(rows.kind.isin(list(words.joint_kinds)), rows.partner_key.notnull())
    community = rows.filter(rows.kind == COMMUNITY)
    return [
        _tie(joint, place, JOINT, whole(0)),
        _tie(community, place, COMMUNITY_TIE, whole(0)),
    ]


def _tie(rows: ir.Table, place: int, kind: int, tie: ir.Value) -> ir.Table:
    return rows.select("account_key", month=whole(place), kind=whole(kind), tie=tie.cast("int64"))


FAMILY = Family(
    "embeddedness",
    needs=(("involvement", "role"),),
    features=features,
    figures=(Share("embeddedness", "depth", "depth_n", "depth_n"),),
)
