"""Which columns hold ids, and how the name of a system comes to stand in front of them."""

from __future__ import annotations

from lichen.engines.text import literal
from lichen.vocabulary.entities import ENTITIES, Column, Entity, Kind

NAMING_ANOTHER = {("attribute_change", "id")}
"""Columns that hold the id of an account or partner, though which of both is told in the row."""


def is_id(entity: Entity, column: Column) -> bool:
    """Whether the column holds the entity's own id or that of another row.

    A natural key has no own id, and the `key` of an alias is another system's, as it stands there.
    """
    own = entity.key == (column.name,) and column.name.endswith("_id")
    return own or column.references is not None or (entity.name, column.name) in NAMING_ANOTHER


def may_name_a_system(entity: str, column: str) -> bool:
    """Whether `system` may be declared of the column: ids, and free text that may hold one."""
    return ENTITIES[entity].by_name[column].kind is Kind.TEXT


def prefixed(cell: str, system: str) -> str:
    """SQL of the id with `<system>:` in front; empty stays empty, a prefixed one as it is."""
    prefix = literal(f"{system}:")
    return f"CASE WHEN starts_with({cell}, {prefix}) THEN {cell} ELSE {prefix} || {cell} END"
