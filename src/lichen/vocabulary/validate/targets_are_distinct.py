"""No two targets promise something about the same figure."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.vocabulary.draft import Draft
from lichen.vocabulary.figure import groups_text
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem

IDENTIFYING = ("metric", "groups", "parameters", "period")
"""Entries that say which figure a target speaks of: a row without one has no equal."""


def targets_are_distinct(draft: Draft) -> Iterator[Problem]:
    """A figure has one target; with two, it could be met and missed at once."""
    first: dict[tuple[str, ...], int] = {}
    for row, target in draft.targets:
        if not all(draft.as_written("target", row, name) for name in IDENTIFYING):
            continue
        asked = (groups_text(target.groups), groups_text(target.parameters))
        figure = (target.metric, *asked, target.period.value)
        if figure in first:
            yield Problem(
                Severity.ERROR,
                ("target", row),
                f"target[{first[figure] + 1}] has the same metric, groups, parameters and period.",
                "Keep one.",
            )
        first.setdefault(figure, row)
