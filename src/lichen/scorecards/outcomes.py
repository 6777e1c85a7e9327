"""What customers got beside revenue: each outcome for all accounts, a year ago, and by route."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lichen.kernel.periods import Window, month_end, month_index
from lichen.scorecards.published import ROLLING_MONTHS, Published
from lichen.vocabulary.figure import Figure, parse_groups
from lichen.vocabulary.format import format_words
from lichen.vocabulary.metrics import METRICS, Base, Metric
from lichen.vocabulary.roles import ROUTES

OUTCOME_BASES = frozenset({Base.SERVED, Base.STARTS, Base.LIFETIMES})
"""Bases of metrics about what customers got; retention and levels have sections of their own."""

BY = "served_via"

STARTS = "starts"
"""The parameter that all figures of one page share; said once above them."""

_PARAMETERS = {"months": "{} months", "days": "within {} days"}


@dataclass(frozen=True)
class Outcome:
    """One outcome: of all accounts now and a year ago, and by route; absent where unpublished."""

    metric: Metric
    parameters: str
    total: Figure
    before: Figure | None
    by_route: Mapping[str, Figure]

    @property
    def title(self) -> str:
        """`Usage trend, 12 months`."""
        words = parameters_phrase(self.parameters)
        return f"{self.metric.title}, {words}" if words else self.metric.title

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures that share a scale: all accounts, then routes."""
        return (self.total, *self.by_route.values())


@dataclass(frozen=True)
class OutcomeGroup:
    """Outcomes that one algorithm page defines, in the order of the catalogue."""

    page: str
    outcomes: tuple[Outcome, ...]

    @property
    def title(self) -> str:
        """The page's name in words."""
        words = format_words(self.page)
        return words[:1].upper() + words[1:]

    @property
    def note(self) -> str:
        """Which accounts all of them are about, where that is not every account served."""
        starts = parse_groups(self.outcomes[0].parameters).get(STARTS)
        return f"accounts that started in the {starts} months before the close" if starts else ""


def outcome_groups(published: Published) -> tuple[OutcomeGroup, ...]:
    """Every outcome that the run published for the whole base, if anybody is in its base."""
    pages: dict[str, list[Outcome]] = {}
    for outcome in _outcomes(published):
        pages.setdefault(outcome.metric.page, []).append(outcome)
    return tuple(OutcomeGroup(page, tuple(found)) for page, found in pages.items())


def parameters_phrase(parameters: str) -> str:
    """`months=12` as `12 months`; unknown parameters as `name value`."""
    return ", ".join(
        _PARAMETERS.get(key, f"{format_words(key)} {{}}").format(format_words(value))
        for key, value in parse_groups(parameters).items()
        if key != STARTS
    )


def _outcomes(published: Published) -> Iterator[Outcome]:
    asked = {(metric, parameters) for metric, groups, parameters in published.latest if not groups}
    for name, known in METRICS.items():
        if known.base not in OUTCOME_BASES:
            continue
        for parameters in sorted((p for m, p in asked if m == name), key=_by_number):
            total = published.figure(name, "", parameters)
            if total is None or not total.n:
                continue
            yield Outcome(
                known,
                parameters,
                total,
                _year_before(published, total),
                dict(_by_route(published, name, parameters)),
            )


def _by_route(published: Published, name: str, parameters: str) -> Iterator[tuple[str, Figure]]:
    for route in ROUTES:
        figure = published.figure(name, {BY: route}, parameters)
        if figure is not None:
            yield route, figure


def _year_before(published: Published, figure: Figure) -> Figure | None:
    window = Window(_earlier(figure.window_from), _earlier(figure.window_to))
    return published.in_window(figure.metric, {}, window, figure.parameters)


def _earlier(day: date) -> date:
    return month_end(month_index(day) - ROLLING_MONTHS)


def _by_number(parameters: str) -> tuple[int, str]:
    digits = "".join(letter for letter in parameters if letter.isdigit())
    return (int(digits) if digits else 0, parameters)
