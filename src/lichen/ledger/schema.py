"""The ledger's own shape of each entity: typed, in minor units, with dense keys for joins."""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa

from lichen.vocabulary.entities import Column, Entity, Kind

KEYED = ("account", "partner", "opportunity")
"""Entities that carry a dense int64 key, assigned after identity, valid inside one ledger."""

ARROW_TYPES: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.MONTH: pa.date32(),
    Kind.INSTANT: pa.timestamp("us"),
    Kind.AMOUNT: pa.int64(),
    Kind.CURRENCY: pa.string(),
    Kind.RATE: pa.decimal128(18, 8),
    Kind.ENUM: pa.string(),
    Kind.ENUM_LIST: pa.string(),
}


def key_name(column: Column) -> str | None:
    """The dense key that stands for a reference: account_id -> account_key."""
    if column.references not in KEYED:
        return None
    return column.name.removesuffix("_id") + "_key"


def date_name(column: Column) -> str | None:
    """The local date cut from an instant: opened_at -> opened_on."""
    if column.kind is not Kind.INSTANT or not column.name.endswith("_at"):
        return None
    return column.name.removesuffix("_at") + "_on"


@lru_cache(maxsize=64)
def ledger_schema(entity: Entity) -> pa.Schema:
    """The Arrow schema of an entity in the ledger.

    Own key first (account, partner, opportunity). A required reference to one of these is held as
    its key only, an optional one as text and key (null where it leads nowhere). Lists of words are
    one text, sorted and joined by `|`. Instants are naive UTC, with their local date beside them.
    """
    fields: list[pa.Field] = []
    if entity.name in KEYED:
        fields.append(pa.field(f"{entity.name}_key", pa.int64()))
    for column in entity.columns:
        key = key_name(column)
        if key is not None:
            fields.append(pa.field(key, pa.int64()))
        if key is None or not column.required:
            fields.append(pa.field(column.ledger_name, ARROW_TYPES[column.kind]))
        if column.reported_name is not None:
            fields.append(pa.field(column.reported_name, pa.int64()))
        local = date_name(column)
        if local is not None:
            fields.append(pa.field(local, pa.date32()))
    return pa.schema(fields)
