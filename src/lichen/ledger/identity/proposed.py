"""Proposals for a ledger: which of its accounts and partners may still be one company."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from lichen.engines.embedded import Embedded
from lichen.engines.text import read_rows
from lichen.ledger.identity.decisions import ENTITIES, Decision
from lichen.ledger.identity.proposals import Proposed, propose
from lichen.ledger.ledger import Ledger


def propose_for(
    ledger: Ledger, decisions: Sequence[Decision], minimum_score: float
) -> list[Proposed]:
    """Pairs of different systems with names that are alike; a system is what its ids begin with."""
    found: list[Proposed] = []
    with TemporaryDirectory() as scratch, Embedded(Path(scratch)) as session:
        for entity in ENTITIES:
            if entity in ledger.mapped:
                rows = (
                    f"SELECT {entity}_id AS id, name, domain, CASE WHEN contains({entity}_id, ':') "
                    f"THEN split_part({entity}_id, ':', 1) ELSE '' END AS system "
                    f"FROM {read_rows(ledger.table_path(entity))}"
                )
                found.append(propose(session, entity, rows, decisions, minimum_score))
    return found
