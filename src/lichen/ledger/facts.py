"""The facts as seen on one day: what every measure reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from lichen.ledger.schema import ledger_schema
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES
from lichen.vocabulary.finding import Finding
from lichen.vocabulary.grouping import Grouping

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from lichen.engines import Engine
    from lichen.kernel.periods import Window
    from lichen.kernel.progress import Progress
    from lichen.vocabulary.figure import Figure


@dataclass(frozen=True)
class Facts:
    """Every entity as known, or as effective, on `as_of`.

    `tables` holds entities in the shape of `ledger_schema`; `mapped` the columns that some feed
    provides. Tables are expressions of `engine`. `set_aside` holds rows that the ledger accepted
    and this day's view does not, in the shape of the quarantine; None where there are none.
    """

    as_of: date
    engine: Engine
    tables: Mapping[str, ir.Table]
    mapped: Mapping[str, frozenset[str]]
    findings: tuple[Finding, ...] = ()
    set_aside: pa.Table | None = None

    def table(self, entity: str) -> ir.Table:
        """The rows of an entity; no rows where no feed provides it."""
        if entity in self.tables:
            return self.tables[entity]
        empty = ledger_schema(ENTITIES[entity]).empty_table()
        return self.engine.from_arrow(empty)

    def is_mapped(self, entity: str, column: str | None = None) -> bool:
        """Whether a feed provides the entity (and this column of it)."""
        columns = self.mapped.get(entity, frozenset())
        return bool(columns) if column is None else column in columns


@dataclass(frozen=True)
class MeasureRequest:
    """All that a measure may read; the signature that `lichen.measures` plugins take."""

    facts: Facts
    definitions: Definitions
    groupings: Sequence[Grouping]
    windows: Sequence[Window]
    run_id: str
    progress: Progress


@dataclass(frozen=True)
class Measured:
    """What a measure gives back: figures, tables for the run's folder, and findings."""

    figures: Sequence[Figure]
    tables: Mapping[str, pa.Table | ir.Table]
    findings: Sequence[Finding] = ()
