"""Facts written out by hand in the ledger's shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from lichen.engines import Engine
from lichen.ledger.facts import Facts
from lichen.ledger.schema import KEYED, key_name, ledger_schema
from lichen.vocabulary.entities import ENTITIES

Rows = Sequence[Mapping[str, Any]]
MakeFacts = Callable[..., Facts]


def make_facts(
    engine: Engine,
    as_of: date = date(2025, 12, 31),
    unmapped: Sequence[str] = (),
    **entities: Rows,
) -> Facts:
    """Facts of these rows, written with ids as in a feed; `unmapped` lists `entity.column`s."""
    keys = {
        name: {row[f"{name}_id"]: place + 1 for place, row in enumerate(entities.get(name, ()))}
        for name in KEYED
    }
    tables, mapped = {}, {}
    for name, rows in entities.items():
        entity = ENTITIES[name]
        filled = []
        for row in rows:
            full = dict(row)
            if name in KEYED:
                full[f"{name}_key"] = keys[name][row[f"{name}_id"]]
            for column in entity.columns:
                key = key_name(column)
                if key is not None and row.get(column.name) is not None:
                    full[key] = keys[column.references].get(row[column.name])
            filled.append(full)
        schema = ledger_schema(entity)
        columns = {f.name: [row.get(f.name) for row in filled] for f in schema}
        tables[name] = engine.from_arrow(pa.table(columns, schema=schema))
        gone = {text.partition(".")[2] for text in unmapped if text.startswith(f"{name}.")}
        mapped[name] = frozenset({column.name for column in entity.columns} - gone)
    return Facts(as_of, engine, tables, mapped)


@pytest.fixture(scope="session")
def facts_of(duckdb_engine: Engine) -> MakeFacts:
    def build(*, engine: Engine = duckdb_engine, **arguments: Any) -> Facts:
        return make_facts(engine, **arguments)

    return build
