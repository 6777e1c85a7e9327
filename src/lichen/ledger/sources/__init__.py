"""Where facts come from: canonical feeds, whose columns are the contract's own, and systems.

A source turns files into *mapped* rows of entities and accounts for every row on the way
(input + fanned_out = mapped + filtered). In the canonical form a row of a file is a row of its
entity, so nothing fans out and nothing is filtered. Each folder beside this file is the source of
one system: what to export, the mapping that reads it, and a sample.
"""

from __future__ import annotations

from lichen.ledger.sources.registered import GROUP, Source, SourceBroken, ready, source_in

__all__ = ["GROUP", "Source", "SourceBroken", "ready", "source_in"]
