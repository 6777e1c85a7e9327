"""Pilots: a play held out from accounts or partners drawn by lot, and what it changed."""

from lichen.value.pilots.assign import assign
from lichen.value.pilots.reading import analyse
from lichen.value.pilots.result import Compliance, PilotOutcome, PilotReading

__all__ = ["Compliance", "PilotOutcome", "PilotReading", "analyse", "assign"]
