"""The entity contracts hold together."""

from __future__ import annotations

import pytest

from lichen.vocabulary.entities import ENTITIES, Entity


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
def test_an_entity_names_only_columns_and_entities_that_exist(entity: Entity) -> None:
    dates = (entity.happened, entity.starts, entity.ends, entity.rate_on)
    for name in (*entity.key, *(name for name in dates if name)):
        assert name in entity.by_name, name
    for column in entity.columns:
        assert column.references is None or column.references in ENTITIES
        assert column.opens_with is None or column.opens_with in entity.by_name
    for closing in entity.closing:
        assert {closing.outcome, closing.date, *closing.fallbacks} <= set(entity.by_name)


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
def test_a_date_the_past_cannot_know_is_never_required(entity: Entity) -> None:
    assert not [c.name for c in entity.columns if c.hidden_after_as_of and c.required]
