"""`lichen act`: comes later."""

from __future__ import annotations

from lichen.cli.later import later

act = later("act", "Where should the next hour or dollar go?", "risks, next plays and fund mix")
