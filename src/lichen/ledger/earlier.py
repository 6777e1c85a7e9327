"""Rows of accounts and partners as they stood before another system told more of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.ledger.schema import ledger_schema
from lichen.ledger.write import earlier_path
from lichen.vocabulary.entities import Entity


def as_told_by(engine: Engine, tables: Path, entity: Entity, rows: ir.Table, day: date) -> ir.Table:
    """The rows of an entity, united of what the systems had recorded by `day`."""
    path = earlier_path(tables, entity.name)
    if not path.exists():
        return rows
    key, then = f"{entity.name}_key", ibis.date(day)
    earlier = engine.read_parquet([path])
    stood = earlier.filter(
        earlier.told_on.isnull() | (earlier.told_on <= then), earlier.until_on > then
    )
    stood = stood.select(*ledger_schema(entity).names)
    return rows.anti_join(stood, key).select(*stood.columns).union(stood)
