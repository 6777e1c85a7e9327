"""How long customers stay, as curves by route, and how start cohorts held over their ages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lichen.scorecards.labels import group_label, groups_phrase
from lichen.vocabulary.figure import groups_text
from lichen.vocabulary.roles import ROUTES

CURVES, COHORTS = "survival_curves", "cohort_retention"
"""Tables of the run that the pictures are drawn from."""

READ_AT = (36, 24, 12, 6)
"""Months at which routes are set side by side: the latest that every route reaches."""


@dataclass(frozen=True)
class CurvePoint:
    """The share left after so many months, with its interval and how many were still watched."""

    month: int
    share: float
    low: float
    high: float
    at_risk: int


@dataclass(frozen=True)
class Curve:
    """The curve of one group, up to where enough accounts are watched to read it."""

    value: str
    label: str
    points: tuple[CurvePoint, ...]

    def at(self, month: int) -> CurvePoint | None:
        """The last step on or before this month; None past the end of the curve."""
        if month > self.points[-1].month:
            return None
        return next((point for point in reversed(self.points) if point.month <= month), None)


@dataclass(frozen=True)
class RetentionCurves:
    """Curves by one dimension; the title says what the ends bear."""

    dimension: str
    curves: tuple[Curve, ...]
    title: str


@dataclass(frozen=True)
class CohortCell:
    """What was left of one start cohort at one age."""

    cohort: str
    age_months: int
    accounts: int
    retained: int
    arr_opening_minor: int
    arr_now_minor: int
    arr_share: float | None


def retention_curves(
    tables: Mapping[str, pa.Table], minimum: int, dimension: str = "served_via"
) -> RetentionCurves:
    """The run's curves by route, each as long as at least `minimum` accounts are watched."""
    rows = _rows(tables.get(CURVES))
    curves = []
    for route in ROUTES:
        points = _points(rows.get(groups_text({dimension: route}), ()), minimum)
        if len(points) > 1:
            curves.append(Curve(route, group_label(dimension, route), points))
    return RetentionCurves(dimension, tuple(curves), _title(dimension, curves))


def cohort_cells(tables: Mapping[str, pa.Table]) -> tuple[CohortCell, ...]:
    """The run's start cohorts by age, the oldest cohort first; none where it keeps no table."""
    table = tables.get(COHORTS)
    names = tuple(CohortCell.__dataclass_fields__)
    if table is None or not set(names) <= set(table.column_names):
        return ()
    cells = [CohortCell(**row) for row in table.select(list(names)).to_pylist()]
    return tuple(sorted(cells, key=lambda cell: (cell.cohort, cell.age_months)))


def _rows(table: pa.Table | None) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist() if table is not None else ():
        found.setdefault(row["groups"], []).append(row)
    return found


def _points(rows: Sequence[Mapping[str, Any]], minimum: int) -> tuple[CurvePoint, ...]:
    ordered = sorted(rows, key=lambda row: row["month"])
    return tuple(
        CurvePoint(
            row["month"],
            row["survival"],
            row["survival"] if row["low"] is None else row["low"],
            row["survival"] if row["high"] is None else row["high"],
            row["at_risk"],
        )
        for row in ordered
        if row["at_risk"] >= minimum
    )


def _title(dimension: str, curves: Sequence[Curve]) -> str:
    if not curves:
        return "How long customers stay: not enough data yet"
    month = next((m for m in READ_AT if all(curve.at(m) for curve in curves)), None)
    if month is None:
        return "How long customers stay, by how they are served"
    parts = []
    for curve in sorted(curves, key=lambda each: -_share(each, month)):
        phrase = groups_phrase({dimension: curve.value})
        parts.append(f"{_share(curve, month):.0%} of {phrase}")
    said = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return f"After {month} months {said} are still customers"


def _share(curve: Curve, month: int) -> float:
    point = curve.at(month)
    assert point is not None
    return point.share
