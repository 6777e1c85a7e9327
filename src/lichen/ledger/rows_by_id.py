"""SQL over the rows of two ledgers by their ids, since dense keys hold inside one ledger only."""

from __future__ import annotations

from lichen.engines.text import literal, quoted, read_rows
from lichen.ledger.ledger import Ledger
from lichen.ledger.schema import key_name, ledger_schema
from lichen.vocabulary.entities import ENTITIES, Entity

CORRECTED, GONE, ADDED = "corrected", "gone", "added"
"""Sorts of rows that differ: known to both with other content, only before, only after."""


def scan(ledger: Ledger, name: str) -> str:
    """The rows of an entity of a ledger as they are kept."""
    return read_rows(ledger.table_path(name))


def rows_by_id(ledger: Ledger, entity: Entity) -> str:
    """The entity's rows with an id beside each required key, as a parenthesised query."""
    ids, joins = "", ""
    for place, column in enumerate(each for each in entity.columns if each.required):
        key, target = key_name(column), str(column.references)
        if key is None:
            continue
        ids += f", k{place}.{quoted(ENTITIES[target].key[0])} AS {quoted(column.name)}"
        joins += (
            f" JOIN {scan(ledger, target)} k{place} "
            f"ON k{place}.{quoted(f'{target}_key')} = t.{quoted(key)}"
        )
    return f"(SELECT t.*{ids} FROM {scan(ledger, entity.name)} t{joins})"


def content_columns(entity: Entity) -> list[str]:
    """Columns that make up a row whatever ledger it stands in: ids, no dense keys."""
    keys = {key_name(column) for column in entity.columns} | {f"{entity.name}_key"}
    named = [name for name in ledger_schema(entity).names if name not in keys]
    led = [column.name for column in entity.columns if column.required and key_name(column)]
    return [*named, *led]


def differing_rows(entity: Entity, before: str, after: str) -> str:
    """Keys of rows that differ, with `sort`: corrected, gone or added."""
    keys = [quoted(name) for name in entity.key]
    other = [quoted(name) for name in content_columns(entity) if name not in entity.key]
    differs = " OR ".join(f"a.{name} IS DISTINCT FROM b.{name}" for name in other) or "false"
    on_key = " AND ".join(f"a.{same(name)} b.{quoted(name)}" for name in entity.key)
    shown = ", ".join(
        f"CASE WHEN a.in_before THEN a.{name} ELSE b.{name} END AS {name}" for name in keys
    )
    return (
        f"SELECT {shown}, CASE WHEN a.in_before IS NULL THEN {literal(ADDED)} "
        f"WHEN b.in_after IS NULL THEN {literal(GONE)} ELSE {literal(CORRECTED)} END AS sort "
        f"FROM (SELECT *, true AS in_before FROM {before}) a "
        f"FULL JOIN (SELECT *, true AS in_after FROM {after}) b ON {on_key} "
        f"WHERE a.in_before IS NULL OR b.in_after IS NULL OR {differs}"
    )


def every_row(ledger: Ledger, entity: Entity, sort: str) -> str:
    """Keys of all rows of an entity, each of this sort."""
    keys = ", ".join(map(quoted, entity.key))
    return f"SELECT {keys}, {literal(sort)} AS sort FROM {rows_by_id(ledger, entity)}"


def same(name: str) -> str:
    """The left side of an equality that also holds between two absent values."""
    return f"{quoted(name)} IS NOT DISTINCT FROM"
