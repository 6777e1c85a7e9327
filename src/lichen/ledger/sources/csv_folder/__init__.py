"""Any folder of files: the slice to copy for a system that has none."""

from __future__ import annotations

from lichen.ledger.sources.registered import source_in

SOURCE = source_in(__file__)
