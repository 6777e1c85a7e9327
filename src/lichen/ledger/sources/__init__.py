"""Where facts come from. Here, the canonical form: feeds whose columns are the contract's own.

A source turns files into *mapped* rows of entities and accounts for every row on the way
(input + fanned_out = mapped + filtered). In the canonical form a row of a file is a row of its
entity, so nothing fans out and nothing is filtered. Sources of other systems stand beside this
one as packages of the same shape and hand the same `Parsed` files to `ledger.build`.
"""

from __future__ import annotations

CANONICAL = "canonical"
"""The name of the mapping that changes nothing."""
