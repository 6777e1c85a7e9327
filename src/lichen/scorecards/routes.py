"""Rolling retention by route: one series per way of serving, with what it may be said to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lichen.scorecards.headlines import metric_short
from lichen.scorecards.labels import groups_phrase
from lichen.scorecards.published import TREND_POINTS, Published
from lichen.vocabulary.figure import Figure, Verdict
from lichen.vocabulary.format import format_difference
from lichen.vocabulary.roles import ROUTES

_KEPT = frozenset({"grr", "logo_retention"})
"""Metrics that say what accounts keep; of others a title says above or below."""


@dataclass(frozen=True)
class RouteSeries:
    """The rolling figures of one route, oldest first."""

    route: str
    points: tuple[Figure, ...]

    @property
    def latest(self) -> Figure | None:
        """The newest point that has a number."""
        return next((point for point in reversed(self.points) if point.value is not None), None)


@dataclass(frozen=True)
class RollingRoutes:
    """One metric over time by route; the title says what the newest points bear, no more."""

    metric: str
    dimension: str
    series: tuple[RouteSeries, ...]
    title: str

    @property
    def measured(self) -> tuple[str, ...]:
        """Routes with a number at some point; without any there is nothing to draw."""
        return tuple(
            each.route
            for each in self.series
            if any(point.value is not None for point in each.points)
        )

    @property
    def is_split(self) -> bool:
        """Whether routes with partners stand beside others, so that a reader may compare them."""
        return len(self.measured) > 1 and not {"partner", "hybrid"}.isdisjoint(self.measured)


def rolling_routes(
    published: Published, metric: str, dimension: str = "served_via", points: int = TREND_POINTS
) -> RollingRoutes:
    """Series of every route that has figures in the run, in the order of the routes."""
    found = (
        RouteSeries(route, published.series(metric, f"{dimension}={route}", points=points))
        for route in ROUTES
    )
    series = tuple(each for each in found if each.points)
    return RollingRoutes(metric, dimension, series, _title(metric, dimension, series))


def _title(metric: str, dimension: str, series: Sequence[RouteSeries]) -> str:
    name = metric_short(metric)
    ends = {each.route: each.points[-1] for each in series}
    measured = {route: end for route, end in ends.items() if end.value is not None}
    if not measured:
        unreadable = any(end.verdict == Verdict.NOT_READABLE for end in ends.values())
        why = "not readable, see its findings" if unreadable else "no route has enough data yet"
        return f"{name} by route: {why}"
    direct = measured.get("direct")
    other = next((route for route in ("partner", "hybrid") if route in measured), None)
    if direct is None or other is None:
        only = " and ".join(groups_phrase({dimension: route}) for route in measured)
        return f"{name}: only {only} have enough data, so routes cannot be set side by side"
    return compared(metric, {dimension: other}, measured[other], direct)


def compared(metric: str, groups: dict[str, str], one: Figure, other: Figure) -> str:
    """`Accounts served by partners keep 4.0 points more than direct; the intervals overlap`.

    The difference of two published values; overlapping intervals are said to overlap.
    """
    assert one.value is not None
    assert other.value is not None
    subject = groups_phrase(groups)
    difference = format_difference(one.value - other.value, one.unit).lstrip("+\N{MINUS SIGN}")
    if difference.startswith("0.0 "):
        return f"{metric_short(metric)} of {subject} and of direct ones is the same"
    higher = one.value > other.value
    if metric in _KEPT:
        said = f"{subject} keep {difference} {'more' if higher else 'less'} than direct ones"
    else:
        side = "above" if higher else "below"
        said = f"{metric_short(metric)} of {subject} is {difference} {side} direct ones"
    return f"{said[:1].upper()}{said[1:]}; {_overlap(one, other)}"


def _overlap(one: Figure, other: Figure) -> str:
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return "without intervals to compare"
    apart = one.low > other.high or one.high < other.low
    return "the intervals do not overlap" if apart else "the intervals overlap"
