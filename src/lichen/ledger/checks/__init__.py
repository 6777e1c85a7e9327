"""Findings over the written tables: what contradicts, overlaps, is missing or has grown old."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from lichen.engines.embedded import Embedded
from lichen.ledger.checks.contradictions import (
    CONTRADICTIONS,
    CONTRADICTIONS_SCHEMA,
    contradictions,
)
from lichen.ledger.checks.evidence import Evidence
from lichen.ledger.checks.filled import partly_filled
from lichen.ledger.checks.freshness import stale_feeds
from lichen.ledger.checks.gaps import gone_and_back
from lichen.ledger.checks.orphans import orphans
from lichen.ledger.checks.overlaps import overlaps
from lichen.ledger.checks.partner_ids import partner_ids
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.finding import Finding

CHECKS: tuple[Callable[[Evidence], list[Finding]], ...] = (
    overlaps,
    contradictions,
    gone_and_back,
    orphans,
    stale_feeds,
    partner_ids,
    partly_filled,
)

VERSION = 3
"""Part of a ledger's key; one more whenever the same files would give other findings or tables."""

__all__ = ["CONTRADICTIONS", "CONTRADICTIONS_SCHEMA", "VERSION", "check_tables"]


def check_tables(
    session: Embedded,
    folder: Path,
    mapped: Mapping[str, frozenset[str]],
    definitions: Definitions,
    newest: date | None,
) -> list[Finding]:
    """What every check finds in the tables of a load; nothing where nothing is dated.

    Where systems say what was lost, the table `CONTRADICTIONS` is written beside the tables.
    """
    if newest is None or "account" not in mapped:
        return []
    evidence = Evidence(session, folder, mapped, definitions, newest)
    evidence.prepare()
    return [finding for check in CHECKS for finding in check(evidence)]
