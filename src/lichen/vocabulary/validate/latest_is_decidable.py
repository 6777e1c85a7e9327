"""`keep_latest_by` is a column of the entity, of a kind that says which row is later."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.kernel.errors import did_you_mean
from lichen.vocabulary.draft import Draft
from lichen.vocabulary.entities import ENTITIES, Kind
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem

ORDERED = (Kind.DATE, Kind.INSTANT, Kind.MONTH, Kind.INTEGER)


def latest_is_decidable(draft: Draft) -> Iterator[Problem]:
    """Rows with the same key are decided by this column, so it must exist and have an order."""
    for name, feed in draft.definitions.feeds.items():
        if feed.keep_latest_by is None or name not in ENTITIES:
            continue
        key, columns = ("feeds", name, "keep_latest_by"), ENTITIES[name].by_name
        if feed.keep_latest_by not in columns:
            yield Problem(
                Severity.ERROR,
                key,
                f"{name} has no column '{feed.keep_latest_by}'.",
                did_you_mean(feed.keep_latest_by, columns),
            )
        elif columns[feed.keep_latest_by].kind not in ORDERED:
            ordered = [column.name for column in columns.values() if column.kind in ORDERED]
            kind = columns[feed.keep_latest_by].kind.value
            yield Problem(
                Severity.WARNING,
                key,
                f"'{feed.keep_latest_by}' holds {kind}, whose order is not one of time.",
                f"Columns that say when: {', '.join(ordered)}.",
            )
