"""The word lists name what the contracts have, and reach every required column."""

from __future__ import annotations

import tomllib
from collections import Counter

import pytest

from lichen.ledger.suggest.known import FOLDER, known
from lichen.vocabulary.entities import ENTITIES
from lichen.vocabulary.roles import ROLES

SYNONYMS = tomllib.loads((FOLDER / "synonyms.toml").read_text())


@pytest.mark.parametrize("entity", sorted(SYNONYMS))
def test_the_list_of_an_entity_names_columns_and_words_of_its_contract(entity: str) -> None:
    columns = ENTITIES[entity].by_name
    assert set(SYNONYMS[entity].get("columns", {})) - set(columns) == set()
    for column, words in SYNONYMS[entity].get("words", {}).items():
        assert set(words) - set(columns[column].values) == set()


@pytest.mark.parametrize("entity", sorted(SYNONYMS))
def test_every_required_column_is_known_by_some_name(entity: str) -> None:
    listed = known().columns[entity]
    assert [name for name in ENTITIES[entity].required if not listed.get(name)] == []


def test_no_noun_means_two_entities() -> None:
    nouns = Counter(noun for listed in known().nouns.values() for noun in set(listed))
    assert [noun for noun, count in nouns.items() if count > 1] == []


def test_no_spelling_means_two_words_of_one_column() -> None:
    for entity, columns in known().words.items():
        for column, words in columns.items():
            spelled = Counter(name for names in words.values() for name in names)
            twice = [name for name, count in spelled.items() if count > 1]
            assert twice == [], f"{entity}.{column}"


def test_roles_of_markers_are_roles() -> None:
    assert set(known().roles) <= set(ROLES)
