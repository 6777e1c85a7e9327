"""`lichen attribute`: comes later."""

from __future__ import annotations

from lichen.cli.later import later

attribute = later(
    "attribute", "Who took part, and what share is theirs?", "shares of pipeline by rule"
)
