"""Recurly: accounts, subscriptions and what was paid back."""

from __future__ import annotations

from lichen.ledger.sources.registered import source_in

SOURCE = source_in(__file__)
