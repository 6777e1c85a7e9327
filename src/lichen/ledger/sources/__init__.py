"""Where facts come from: the exports of other systems, and the mappings that ship for them.

A source turns files into *mapped* rows of entities and accounts for every row on the way
(input + fanned_out = mapped + filtered).
"""

from __future__ import annotations
