"""The plan: targets on what a fiscal year or quarter is to bring, beside what it brought so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lichen.kernel.periods import WindowKind
from lichen.scorecards.targets import FLOWS, TargetReading, promised
from lichen.vocabulary.definitions import Target
from lichen.vocabulary.roles import ROUTES

PLANNED = FLOWS | {"arr", "accounts"}
"""Flows, and levels that a year is to reach."""

ROUTE_DIMENSIONS = ("acquired_via", "served_via")


@dataclass(frozen=True)
class PlanLine:
    """One planned amount in the unit of its figure, minor units for money.

    `attained` is None where the run has no such figure; `pace` is where a flow would end along a
    straight line, None for levels and for periods that are over.
    """

    reading: TargetReading
    route: str
    planned: float
    attained: float | None
    pace: float | None

    @property
    def target(self) -> Target:
        """The target that the plan is."""
        return self.reading.target

    @property
    def gap(self) -> float | None:
        """What is still missing; below 0 where the plan is exceeded."""
        return None if self.attained is None else self.planned - self.attained


def plan(readings: Sequence[TargetReading], currency: str) -> tuple[PlanLine, ...]:
    """Planned amounts by route, direct first and those for all accounts last of each metric."""
    lines = [_line(reading, currency) for reading in readings if _is_planned(reading.target)]
    metrics = list(dict.fromkeys(line.target.metric for line in lines))
    return tuple(sorted(lines, key=lambda line: (metrics.index(line.target.metric), _rank(line))))


def _is_planned(target: Target) -> bool:
    return target.metric in PLANNED and target.period is not WindowKind.ROLLING_12M


def _line(reading: TargetReading, currency: str) -> PlanLine:
    groups = reading.target.groups
    route = next((groups[name] for name in ROUTE_DIMENSIONS if name in groups), "")
    figure = reading.figure
    return PlanLine(
        reading,
        route,
        promised(reading.target, currency),
        None if figure is None else figure.value,
        reading.pace,
    )


def _rank(line: PlanLine) -> int:
    return ROUTES.index(line.route) if line.route in ROUTES else len(ROUTES)
