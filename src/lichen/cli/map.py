"""`lichen map`: comes later."""

from __future__ import annotations

from lichen.cli.later import later

map = later(
    "map",
    "Where in the customer journey can a partner help?",
    "coverage and friction of the customer journey",
)
