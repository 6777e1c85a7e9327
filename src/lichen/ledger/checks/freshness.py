"""Feeds that stopped while others went on: their figures show the past as if it were today."""

from __future__ import annotations

from lichen.engines.text import quoted
from lichen.ledger.checks.evidence import RENEWALS, RETENTION, Evidence
from lichen.ledger.schema import date_name
from lichen.vocabulary.dimensions import DIMENSIONS
from lichen.vocabulary.entities import ENTITIES
from lichen.vocabulary.finding import Finding, Severity

_PARTNER_SIDE = tuple(name for name, each in DIMENSIONS.items() if each.partner_side)

STEADY: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    # entity: date by which it is new, what it ages, metrics, dimensions
    "subscription": ("starts_on", "new and renewed lines", (*RETENTION, "arr", "accounts"), ()),
    "renewal": ("due_on", "renewal rates", RENEWALS, ()),
    "opportunity": ("created_on", "how accounts were acquired", (), ("acquired_via",)),
    "involvement": ("starts_on", "groups by what partners do", (), _PARTNER_SIDE),
    "fx_rate": ("on", "amounts in other currencies", (), ()),
    "usage": ("month", "adoption", (), ()),
    "touchpoint": ("happened_at", "influence", (), ()),
    "ticket": ("opened_at", "support load", (), ()),
    "cost": ("month", "cost to serve", (), ()),
}
"""Entities that a living company adds to all the time; of others a long silence says little."""


def stale_feeds(evidence: Evidence) -> list[Finding]:
    """Steady feeds whose newest fact lies more than `stale_days` before the newest of all."""
    return [
        finding for entity in STEADY if evidence.has(entity) for finding in _stale(evidence, entity)
    ]


def _stale(evidence: Evidence, entity: str) -> list[Finding]:
    column, ages, metrics, dimensions = STEADY[entity]
    held = date_name(ENTITIES[entity].by_name[column]) or column
    newest = evidence.session.row(
        f"SELECT max({quoted(held)}) FROM {evidence.rows(entity)} "
        f"WHERE {quoted(held)} <= {evidence.today}"
    )[0]
    limit = evidence.definitions.feed(entity).stale_days
    if newest is None or (evidence.day - newest).days <= limit:
        return []
    behind = (evidence.day - newest).days
    return [
        Finding(
            f"stale_{entity}",
            entity,
            1,
            f"The newest {entity} is of {newest}, {behind:,} days before the newest fact of all "
            f"({evidence.day}); what it ages: {ages}. Export it again, or raise "
            f"feeds.{entity}.stale_days from {limit} if that is its pace.",
            Severity.WARNING if metrics or dimensions else Severity.NOTE,
            (str(newest),),
            metrics,
            dimensions,
        )
    ]
