"""How deep partners are in an account: the classes, and what people take part in."""

from __future__ import annotations

from typing import Literal

JointKind = Literal["event", "training", "content", "programme", "portal"]

COMMUNITY = "community"
"""The kind of participation that is a tie of its own, with a partner or without."""

DEPTH_CLASSES = ("none", "light", "deep", "full")
"""From no tie to many; the definition says from how many ties on each begins."""
