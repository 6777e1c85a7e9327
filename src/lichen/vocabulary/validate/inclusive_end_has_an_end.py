"""`inclusive_end` is set only for entities that have an end."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.vocabulary.draft import Draft
from lichen.vocabulary.entities import ENTITIES
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem


def inclusive_end_has_an_end(draft: Draft) -> Iterator[Problem]:
    """An entity without an end date has no last day to include."""
    for name, feed in draft.definitions.feeds.items():
        if feed.inclusive_end and name in ENTITIES and ENTITIES[name].ends is None:
            yield Problem(
                Severity.WARNING,
                ("feeds", name, "inclusive_end"),
                f"{name} has no end date, so this has no effect.",
                "Remove it.",
            )
