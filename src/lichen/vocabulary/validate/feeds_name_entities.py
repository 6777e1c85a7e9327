"""Every `[feeds.X]` names an entity."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.kernel.errors import did_you_mean
from lichen.vocabulary.draft import Draft
from lichen.vocabulary.entities import ENTITIES
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem


def feeds_name_entities(draft: Draft) -> Iterator[Problem]:
    """Settings for a feed that does not exist would be silently without effect."""
    for name in draft.definitions.feeds:
        if name not in ENTITIES:
            yield Problem(
                Severity.ERROR,
                ("feeds", name),
                f"there is no entity '{name}'.",
                did_you_mean(name, ENTITIES),
            )
