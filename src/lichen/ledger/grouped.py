"""Accounts of a group as of a day: each counts as the highest parent that was known by then."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from lichen.engines import Engine
from lichen.engines.joins import left_join
from lichen.ledger.identity.parents import Link, is_rolled_up, tops_of
from lichen.ledger.links import FILE, SCHEMA
from lichen.ledger.schema import key_name
from lichen.vocabulary.entities import Entity


def ultimate_parents(engine: Engine, tables: Path, day: date) -> ir.Table | None:
    """account, top and top_id of the accounts that count as a parent known by `day`.

    None where every group was known from the start, so that the ledger's rows name its top.
    """
    path = tables / FILE
    if not path.exists():
        return None
    rows = pq.read_table(path).to_pylist()
    keys = {row["low"]: row["low_key"] for row in rows}
    keys |= {row["parent"]: row["parent_key"] for row in rows}
    links = (Link(**{name: row[name] for name in SCHEMA.names}) for row in rows)
    tops = tops_of({one.low: one.parent for one in links if one.holds_on(day)}).tops
    columns = {
        "account": pa.array([keys[low] for low in tops], pa.int64()),
        "top": pa.array([keys[top] for top in tops.values()], pa.int64()),
        "top_id": pa.array(list(tops.values()), pa.string()),
    }
    return engine.from_arrow(pa.table(columns))


def counted_as(rows: ir.Table, entity: Entity, tops: ir.Table | None) -> ir.Table:
    """The rows of an entity, referring to the ultimate parents of the accounts they name."""
    if tops is None or not is_rolled_up(entity):
        return rows
    names = rows.columns
    for column in entity.columns:
        key = key_name(column)
        if column.references != "account" or key is None:
            continue
        joined = left_join(rows, tops.rename({key: "account"}), key)
        changes = {key: ibis.coalesce(joined.top, joined[key])}
        if not column.required:
            held = joined[column.ledger_name]
            changes[column.ledger_name] = ibis.coalesce(joined.top_id, held)
        rows = joined.mutate(**changes).select(*names)
    return rows
