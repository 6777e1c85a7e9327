"""Exposed accounts beside controls with almost the same propensity, and what differs between them.

`nearest` finds the matches, `att` the mean effect on those matched with its error,
`leave_one_out` how much of it hangs on single groups, `caliper_of` a caliper for `nearest`.
"""

from __future__ import annotations

from lichen.inference.matching.effect import att
from lichen.inference.matching.errors import BrokenMatch, NoMatching
from lichen.inference.matching.leave_out import LeftOut, leave_one_out
from lichen.inference.matching.match import Match, Pairs
from lichen.inference.matching.nearest import caliper_of, nearest

__all__ = [
    "BrokenMatch",
    "LeftOut",
    "Match",
    "NoMatching",
    "Pairs",
    "att",
    "caliper_of",
    "leave_one_out",
    "nearest",
]
