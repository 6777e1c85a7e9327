"""An ecosystem whose true partner effects are known: feeds to load, and the truth beside them."""

from __future__ import annotations

from lichen.simulation.effects import CHANNELS, Effects
from lichen.simulation.run import simulate
from lichen.simulation.settings import FEEDS, Settings

__all__ = ["CHANNELS", "FEEDS", "Effects", "Settings", "simulate"]
