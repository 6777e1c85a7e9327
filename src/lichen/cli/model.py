"""`lichen model`: comes later."""

from __future__ import annotations

from lichen.cli.later import later

model = later(
    "model",
    "What is a customer served with partners worth, against similar ones?",
    "comparison with similar accounts, and customer lifetime value",
)
