"""The catalogue: every metric that a run may publish, with its base, unit and direction."""

from __future__ import annotations

from lichen.kernel.errors import UnknownName
from lichen.vocabulary.metrics.adoption import ADOPTION
from lichen.vocabulary.metrics.advocacy import ADVOCACY
from lichen.vocabulary.metrics.cost import COST
from lichen.vocabulary.metrics.embeddedness import EMBEDDEDNESS
from lichen.vocabulary.metrics.goals import GOALS
from lichen.vocabulary.metrics.portfolio import PORTFOLIO
from lichen.vocabulary.metrics.retention import MOVEMENT_LINES, RETENTION
from lichen.vocabulary.metrics.sentiment import SENTIMENT
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

METRICS: dict[str, Metric] = {
    each.name: each
    for family in (
        RETENTION,
        WAITING,
        ADOPTION,
        COST,
        GOALS,
        SENTIMENT,
        ADVOCACY,
        EMBEDDEDNESS,
        PORTFOLIO,
    )
    for each in family
}
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
