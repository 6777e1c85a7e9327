"""HubSpot: companies, deals and their history, contacts, tickets, and who was a partner in it."""

from __future__ import annotations

from lichen.ledger.sources.registered import source_in

SOURCE = source_in(__file__)
