"""The catalogue: every metric that a run may publish, with its base, unit and direction."""

from __future__ import annotations

from lichen.kernel.errors import UnknownName
from lichen.vocabulary.metrics.adoption import ADOPTION
from lichen.vocabulary.metrics.cost import COST
from lichen.vocabulary.metrics.retention import MOVEMENT_LINES, RETENTION
from lichen.vocabulary.metrics.spec import Base, Direction, Interval, Metric, Unit
from lichen.vocabulary.metrics.waiting import WAITING

__all__ = [
    "METRICS",
    "MOVEMENT_LINES",
    "Base",
    "Direction",
    "Interval",
    "Metric",
    "Unit",
    "metric",
]

METRICS: dict[str, Metric] = {each.name: each for each in (*RETENTION, *WAITING, *ADOPTION, *COST)}
"""Entries by name, in the order in which they are read."""


def metric(name: str) -> Metric:
    """The metric with this name.

    Raises:
        UnknownName: the catalogue has none; near misses are listed.
    """
    try:
        return METRICS[name]
    except KeyError:
        raise UnknownName("metric", name, METRICS) from None
