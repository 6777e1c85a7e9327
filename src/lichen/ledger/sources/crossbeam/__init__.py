"""Crossbeam: partners, our records that overlap with theirs, and events at partners."""

from __future__ import annotations

from lichen.ledger.sources.registered import source_in

SOURCE = source_in(__file__)
