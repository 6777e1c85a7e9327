"""What is proposed: maps of tables to entities, each column with how sure it is and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Confidence(StrEnum):
    """How far a proposal may be taken without looking: low ones are only comments."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


def confidence_of(score: float) -> Confidence:
    """The word for a score from 0 to 1."""
    if score >= 0.84:
        return Confidence.HIGH
    return Confidence.MEDIUM if score >= 0.6 else Confidence.LOW


@dataclass(frozen=True)
class ColumnSuggestion:
    """How a column of an entity may come about; `others` are the raw columns that came next."""

    column: str
    how: Mapping[str, Any]
    confidence: Confidence
    reason: str
    samples: str = ""
    others: tuple[str, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether the file says it, rather than only mentions it."""
        return self.confidence is not Confidence.LOW


@dataclass(frozen=True)
class MapSuggestion:
    """Rows of an entity from a table.

    `missing` are required columns without a proposal, and what each needs. `where` are filters,
    `notes` what a person should know. With `sql`, the table is `driving`.
    """

    entity: str
    table: str
    confidence: Confidence
    reason: str
    columns: tuple[ColumnSuggestion, ...]
    missing: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()
    name: str | None = None
    sql: str | None = None
    is_history: bool = False

    @property
    def is_active(self) -> bool:
        """Whether the map can be loaded as proposed; others stand in the file as comments."""
        return not self.missing and self.confidence is not Confidence.LOW

    def column(self, name: str) -> ColumnSuggestion | None:
        """The proposal for a column of the entity."""
        return next((each for each in self.columns if each.column == name), None)


@dataclass(frozen=True)
class Unmapped:
    """A table that no entity is proposed for, and why."""

    table: str
    rows: int
    columns: int
    reason: str


@dataclass(frozen=True)
class Suggestion:
    """A mapping file as proposed for a source."""

    source: str
    maps: tuple[MapSuggestion, ...]
    unmapped: tuple[Unmapped, ...] = ()

    def as_toml(self) -> str:
        """The proposal as a mapping file: sure lines active, all others as comments."""
        from lichen.ledger.suggest.writing import written

        return written(self)

    def of(self, table: str, entity: str | None = None) -> MapSuggestion | None:
        """The map of a table, of this entity where one is named; its own before others."""
        fitting = [m for m in self.maps if m.table == table and entity in (None, m.entity)]
        return min(fitting, key=lambda row: row.name is not None, default=None)
