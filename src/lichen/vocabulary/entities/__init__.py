"""The entities of the ledger, by name; DESIGN words, one declaration each."""

from __future__ import annotations

from lichen.kernel.errors import UnknownName
from lichen.vocabulary.entities import customers, partners, pipeline, revenue
from lichen.vocabulary.entities.spec import ClosingDate, Column, Entity, Kind

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        *customers.ENTITIES,
        *revenue.ENTITIES,
        *partners.ENTITIES,
        *pipeline.ENTITIES,
    )
}


def entity(name: str) -> Entity:
    """The entity with this name.

    Raises:
        UnknownName: no entity has it; near misses are listed.
    """
    try:
        return ENTITIES[name]
    except KeyError:
        raise UnknownName("entity", name, ENTITIES) from None


__all__ = ["ENTITIES", "ClosingDate", "Column", "Entity", "Kind", "entity"]
