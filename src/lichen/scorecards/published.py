"""The figures of one run, ready to be picked; nothing here computes one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from lichen.kernel.periods import Window
from lichen.vocabulary.figure import Figure, figures_of, groups_text, parse_groups
from lichen.vocabulary.metrics import Base

ROLLING_MONTHS = 12

TREND_POINTS = ROLLING_MONTHS + 1
"""Month ends of a trend, so that its ends are as far apart as those of the bridge: a year."""


@dataclass(frozen=True)
class Published:
    """The published figures table and the day its newest windows close on.

    Picks are of the rolling twelve-month window, so that all figures shown together share one;
    levels (ARR, accounts) mean the same at the close of any window and are picked at the longest.
    """

    table: pa.Table

    @cached_property
    def closes_on(self) -> date | None:
        """The last day of the newest windows; None where nothing was published."""
        closing: date | None = pc.max(self.table["window_to"]).as_py()
        return closing

    @cached_property
    def latest(self) -> Mapping[tuple[str, str, str], Figure]:
        """Figures of the newest window by (metric, groups, parameters)."""
        picked: dict[tuple[str, str, str], Figure] = {}
        newest = self.table.filter(pc.equal(self.table["window_to"], self.closes_on))
        for figure in figures_of(newest):
            if months(figure) != ROLLING_MONTHS and not _is_level(figure):
                continue
            key = (figure.metric, figure.groups, figure.parameters)
            if key not in picked or _prefer(figure, picked[key]):
                picked[key] = figure
        return picked

    def figure(
        self, metric: str, groups: Mapping[str, str] | str = "", parameters: str = ""
    ) -> Figure | None:
        """The newest figure of a metric for a group; None where the run has none."""
        text = groups if isinstance(groups, str) else groups_text(groups)
        return self.latest.get((metric, text, parameters))

    def parameters(self, metric: str, wanted: Mapping[str, str]) -> str:
        """The parameters of the metric's figures that hold what is `wanted`, where only one does.

        A workspace says once how many months of starts it follows, so nobody else has to.
        """
        every = sorted({each for name, _, each in self.latest if name == metric})
        held = [each for each in every if wanted.items() <= parse_groups(each).items()]
        asked = groups_text(wanted)
        return held[0] if len(held) == 1 and asked not in every else asked

    def all_parameters(self, metric: str) -> tuple[str, ...]:
        """Every combination of parameters that the run has figures of this metric for."""
        return tuple(sorted({each for name, _, each in self.latest if name == metric and each}))

    def in_window(
        self, metric: str, groups: Mapping[str, str], window: Window, parameters: str = ""
    ) -> Figure | None:
        """The figure of exactly this window; None where the run has none."""
        table = self._rows(metric, [groups_text(groups)], parameters)
        chosen = table.filter(
            pc.and_(
                pc.equal(table["window_from"], window.opens_on),
                pc.equal(table["window_to"], window.closes_on),
            )
        )
        return next(iter(figures_of(chosen)), None)

    def series(
        self, metric: str, groups: str = "", parameters: str = "", points: int = TREND_POINTS
    ) -> tuple[Figure, ...]:
        """The last rolling figures of a metric for a group, oldest first, one per month end."""
        newest: dict[date, Figure] = {}
        for figure in figures_of(self._rows(metric, [groups], parameters)):
            if months(figure) != ROLLING_MONTHS and not _is_level(figure):
                continue
            held = newest.get(figure.window_to)
            if held is None or _prefer(figure, held):
                newest[figure.window_to] = figure
        return tuple(newest[day] for day in sorted(newest)[-points:])

    def values(self, dimension: str) -> tuple[str, ...]:
        """Values of a dimension that have a figure of their own in the newest window, sorted."""
        found = {parsed.get(dimension) for parsed in self._single_groups}
        return tuple(sorted(value for value in found if value is not None))

    @cached_property
    def _single_groups(self) -> tuple[dict[str, str], ...]:
        texts = {groups for _, groups, _ in self.latest}
        parsed = (parse_groups(text) for text in texts)
        return tuple(groups for groups in parsed if len(groups) == 1)

    def _rows(self, metric: str, groups: Iterable[str], parameters: str) -> pa.Table:
        of_metric = self.table.filter(pc.equal(self.table["metric"], metric))
        wanted = pc.is_in(of_metric["groups"], value_set=pa.array(list(groups), pa.string()))
        return of_metric.filter(pc.and_(wanted, pc.equal(of_metric["parameters"], parameters)))


def months(figure: Figure) -> int:
    """Length of the figure's window in whole months."""
    return Window(figure.window_from, figure.window_to).months


def _is_level(figure: Figure) -> bool:
    return figure.base == Base.ACCOUNTS


def _prefer(candidate: Figure, held: Figure) -> bool:
    if months(held) == ROLLING_MONTHS:
        return False
    return months(candidate) == ROLLING_MONTHS or months(candidate) > months(held)
