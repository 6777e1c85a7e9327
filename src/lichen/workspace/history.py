"""One figure as every kept run published it: what was restated, and how the question went on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from lichen.kernel.errors import LichenError
from lichen.runs import Run, list_runs, open_run
from lichen.scorecards.diff import Question, answers, exactly, measure_of
from lichen.vocabulary.figure import Figure, figures_of
from lichen.vocabulary.format import format_difference
from lichen.workspace.explaining import find_figure
from lichen.workspace.selecting import as_table

COLUMNS = (
    "run_id",
    "as_of",
    "definitions",
    "value",
    "verdict",
    "restated",
    "n",
    "closing_with_the_run",
)
"""Columns of a history, in order."""

FIRST, SAME, WITHOUT = "first published", "as before", "not in this run"


@dataclass(frozen=True)
class Published:
    """What one run published for a figure, and for the same question at its own as-of day.

    `figure` has the same window in every run, so that a difference to the run before is a
    restatement; `newest` has the window of the same kind that closes with the run. Either may be
    None.
    """

    run: Run
    figure: Figure | None
    newest: Figure | None


@dataclass(frozen=True)
class History:
    """A figure in every run that is kept, oldest first; `unread` are runs that are damaged."""

    figure: Figure
    entries: tuple[Published, ...]
    unread: tuple[str, ...]

    def rows(self) -> list[dict[str, Any]]:
        """A row a run under `COLUMNS`, values as published."""
        return [
            {
                "run_id": each.run.run_id,
                "as_of": each.run.as_of.isoformat(),
                "definitions": each.run.manifest["definitions"]["version"],
                "value": each.figure.value if each.figure else None,
                "verdict": each.figure.verdict if each.figure else None,
                "restated": restated,
                "n": each.figure.n if each.figure else None,
                "closing_with_the_run": each.newest.value if each.newest else None,
            }
            for each, restated in zip(self.entries, self._restatements(), strict=True)
        ]

    def shown(self) -> list[dict[str, Any]]:
        """The same rows with values as people read them."""
        rows = self.rows()
        for row, each in zip(rows, self.entries, strict=True):
            row["value"] = _shown(each.run, each.figure)
            row["closing_with_the_run"] = _shown(each.run, each.newest)
        return rows

    def _restatements(self) -> Iterator[str]:
        held: Figure | None = None
        for each in self.entries:
            yield _restated(held, each)
            held = each.figure or held


def history(run: Run, figure_id: str) -> History:
    """What every kept run published for this figure of this run.

    Raises:
        UnknownFigure: the run has no figure with this id.
    """
    figure, _ = find_figure(run, figure_id)
    runs, unread = _readable(run)
    questions = (_question(each, figure_id) for each in (run, *runs))
    question = next((found for found in questions if found), None)
    entries = tuple(_entry(each, figure_id, question) for each in runs)
    return History(figure, entries, unread)


def _readable(run: Run) -> tuple[list[Run], tuple[str, ...]]:
    """Every run that can be read, oldest first, and why others cannot."""
    runs, unread = [], []
    for run_id in reversed(list_runs(run.root)):
        try:
            runs.append(open_run(run.root, run_id))
        except LichenError as error:
            # One damaged run hides nothing of the others; it is named.
            unread.append(str(error))
    return runs, tuple(unread)


def _question(run: Run, figure_id: str) -> Question | None:
    """What the figure answers in this run, if its window closes with it."""
    found = answers(run.figures(), run.windows)
    return next((q for q, figure in found.items() if figure.figure_id == figure_id), None)


def _entry(run: Run, figure_id: str, question: Question | None) -> Published:
    figures = run.figures()
    same = figures.filter(pc.equal(figures["figure_id"], figure_id))
    newest = answers(figures, run.windows).get(question) if question else None
    return Published(run, next(iter(figures_of(same)), None), newest)


def _restated(held: Figure | None, entry: Published) -> str:
    now = entry.figure
    if now is None:
        return WITHOUT
    if held is None:
        return FIRST
    if now.value is None or held.value is None:
        return SAME if now.verdict == held.verdict else f"was {held.verdict}"
    measure = measure_of(held, now)
    before, after = exactly(held, measure), exactly(now, measure)
    if before == after or before is None or after is None:
        return SAME
    return format_difference(
        float(after - before), now.unit, currency=entry.run.currency, decimals=2
    )


def _shown(run: Run, figure: Figure | None) -> str:
    if figure is None:
        return ""
    figures = run.figures()
    chosen = figures.filter(pc.equal(figures["figure_id"], figure.figure_id))
    return as_table(run, chosen).format(figure)
