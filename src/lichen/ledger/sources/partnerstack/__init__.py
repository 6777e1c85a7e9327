"""PartnerStack: partners, the customers they brought, their leads, deals and rewards."""

from __future__ import annotations

from lichen.ledger.sources.registered import source_in

SOURCE = source_in(__file__)
