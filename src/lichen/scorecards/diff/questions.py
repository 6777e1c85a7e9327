"""Questions that two runs answer: a figure without the days of its window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from lichen.kernel.periods import Window
from lichen.scorecards.published import months
from lichen.vocabulary.figure import Figure, figures_of, groups_text, parse_groups
from lichen.vocabulary.metrics import Base

LEVEL, MONTH = "level", "month"
"""Kinds beside those of `WindowKind`: a level on the closing day, and the closing month alone."""


@dataclass(frozen=True, order=True)
class Question:
    """What a figure answers, whatever day its run ends on.

    `window` is the kind of a window that closes with the run: 12m, quarter, fiscal_year, `month`,
    `level` where the window has no meaning, or its length such as `24m`. The length of a movement's
    window stands in no parameter.
    """

    metric: str
    base: str
    groups: str
    parameters: str
    window: str


def answers(figures: pa.Table, windows: Mapping[str, Window]) -> dict[Question, Figure]:
    """Figures of the windows that close with the run, by question.

    Args:
        figures: columns as in `vocabulary.figure.figure_schema`, of one run.
        windows: the run's windows by kind; all close on one day.
    """
    closes_on = next(iter(windows.values())).closes_on
    closing = figures.filter(pc.equal(figures["window_to"], closes_on))
    found: dict[Question, Figure] = {}
    for figure in figures_of(closing):
        for question in _questions(figure, windows):
            # A level is published under every window that closes there, with one value.
            found.setdefault(question, figure)
    return found


def _questions(figure: Figure, windows: Mapping[str, Window]) -> Iterator[Question]:
    for kind in _kinds(figure, windows):
        yield Question(
            figure.metric,
            figure.base,
            figure.groups,
            _parameters(figure),
            kind,
        )


def _kinds(figure: Figure, windows: Mapping[str, Window]) -> list[str]:
    if figure.base == Base.ACCOUNTS:
        return [LEVEL]
    span = Window(figure.window_from, figure.window_to)
    named = [kind for kind, window in windows.items() if window == span]
    if span.months == 1:
        named.append(MONTH)
    return named or [f"{span.months}m"]


def _parameters(figure: Figure) -> str:
    """The parameters, of a movement less `months=N`, which only repeats its window's length."""
    if figure.base != Base.MOVEMENTS:
        return figure.parameters
    held = parse_groups(figure.parameters)
    if held.get("months") == str(months(figure)):
        del held["months"]
    return groups_text(held)
