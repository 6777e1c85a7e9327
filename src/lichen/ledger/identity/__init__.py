"""One id per company and partner across systems: by alias, by decision, by domain."""

from __future__ import annotations

from lichen.ledger.identity.applied import Identities
from lichen.ledger.identity.decisions import Decision, DecisionsUnusable, read_decisions
from lichen.ledger.identity.proposals import Proposal, Proposed, propose
from lichen.ledger.identity.registered import GivenIds, read_ids, write_ids
from lichen.ledger.identity.resolve import Resolution, resolve
from lichen.ledger.identity.review import apply_reviewed, write_proposals
from lichen.ledger.identity.strict_csv import ReviewUnusable
from lichen.ledger.identity.unify import Unified, unify

__all__ = [
    "Decision",
    "DecisionsUnusable",
    "GivenIds",
    "Identities",
    "Proposal",
    "Proposed",
    "Resolution",
    "ReviewUnusable",
    "Unified",
    "apply_reviewed",
    "propose",
    "read_decisions",
    "read_ids",
    "resolve",
    "unify",
    "write_ids",
    "write_proposals",
]
