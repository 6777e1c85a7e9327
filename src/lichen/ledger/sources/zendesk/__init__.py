"""Zendesk: organizations, their tickets and how satisfied they were."""

from __future__ import annotations

from lichen.ledger.sources.registered import source_in

SOURCE = source_in(__file__)
