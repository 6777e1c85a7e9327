"""Salesforce: accounts, deals and their history, contracts, demand, and who was a partner in it."""

from __future__ import annotations

from lichen.ledger.sources.registered import source_in

SOURCE = source_in(__file__)
