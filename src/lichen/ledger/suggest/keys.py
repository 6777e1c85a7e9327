"""Which columns hold the ids of which rows, told from values rather than names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lichen.ledger.suggest.samples import ColumnSample

LEAST_FOUND = 3
"""Values that must be found in another column before their share says anything."""


@dataclass(frozen=True)
class IdColumn:
    """The id column of the rows of an entity."""

    table: str
    column: str
    seen: ColumnSample

    @property
    def name(self) -> str:
        """The column in its table."""
        return f"{self.table}.{self.column}"


Ids = Mapping[str, Sequence[IdColumn]]
"""The id columns of a source's tables, by entity."""


def share_within(values: Sequence[str], owner: ColumnSample) -> float:
    """The share of a column's values that are among the ids of another, as samples can tell.

    Samples hold the values with the smallest hashes, in their order; so what comes after the last
    value that both have may have been cut off in the owner, and says nothing.
    """
    held = set(owner.values)
    places = [place for place, value in enumerate(values) if value in held]
    if len(places) < min(LEAST_FOUND, len(values)) or not places:
        return 0.0
    compared = places[-1] + 1 if owner.distinct > len(owner.values) else len(values)
    return len(places) / compared


def best_owner(values: Sequence[str], owners: Sequence[IdColumn]) -> tuple[float, IdColumn | None]:
    """The id column that most of the values are in, and their share."""
    found = [(share_within(values, owner.seen), owner) for owner in owners]
    return max(found, key=lambda one: one[0], default=(0.0, None))
