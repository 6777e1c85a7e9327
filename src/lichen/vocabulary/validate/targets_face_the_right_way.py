"""A target asks for more of what is good and less of what is bad."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.metrics import METRICS, Direction
from lichen.vocabulary.problems import Problem

MEANT = {Direction.HIGHER: "at_least", Direction.LOWER: "at_most"}


def targets_face_the_right_way(draft: Draft) -> Iterator[Problem]:
    """`at_least` is the default, so a target on churn is easily left facing the wrong way."""
    for row, target in draft.targets:
        metric = METRICS.get(target.metric)
        meant = MEANT.get(metric.direction) if metric else None
        written = draft.as_written("target", row, "direction")
        if metric and meant and written and target.direction != meant:
            better = "lower" if meant == "at_most" else "higher"
            yield Problem(
                Severity.WARNING,
                ("target", row, "direction"),
                f"{better} {metric.name} is better, yet the target asks for {target.direction}.",
                f'Write direction = "{meant}".',
            )
