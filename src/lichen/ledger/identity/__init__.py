"""One id per company and partner across systems: by alias, by decision, by domain."""

from __future__ import annotations

from lichen.ledger.identity.applied import Identities
from lichen.ledger.identity.decisions import Decision, DecisionsUnusable, read_decisions
from lichen.ledger.identity.resolve import Resolution, resolve
from lichen.ledger.identity.unify import Unified, unify

__all__ = [
    "Decision",
    "DecisionsUnusable",
    "Identities",
    "Resolution",
    "Unified",
    "read_decisions",
    "resolve",
    "unify",
]
