"""What the two word lists of this package say, ready to be compared."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lichen.vocabulary.entities import ENTITIES, Column, Entity, Kind

Words = tuple[str, ...]
FOLDER = Path(__file__).parent
KEYS = ("id", "key", "no", "number", "num", "code", "uuid", "ref", "sfid")
"""What stands behind the noun of an entity in the names of its ids."""


BARE_KEYS: tuple[Words, ...] = (
    ("record", "id"),
    ("object", "id"),
    ("gsid",),
    ("key",),
    ("uuid",),
)
"""Names of ids that do not say whose they are."""


@dataclass(frozen=True, eq=False)
class Known:
    """Synonyms as tuples of words.

    `nouns` are what tables of an entity are called, `columns` what its columns are called, best
    first, `words` what the words of a closed list are called. `filters`, `amounts`, `flags` and
    `markers` are names of columns by what they tell, `nothing` tables without facts and why.
    """

    nouns: Mapping[str, tuple[Words, ...]]
    columns: Mapping[str, Mapping[str, tuple[Words, ...]]]
    words: Mapping[str, Mapping[str, Mapping[str, frozenset[str]]]]
    noise: frozenset[str]
    history: frozenset[str]
    beginnings: tuple[Words, ...]
    ends: frozenset[str]
    technical: frozenset[str]
    filters: Mapping[str, tuple[Words, ...]]
    amounts: Mapping[str, tuple[Words, ...]]
    flags: Mapping[str, tuple[Words, ...]]
    markers: Mapping[str, tuple[Words, ...]]
    roles: Mapping[str, tuple[Words, ...]]
    personal: tuple[Words, ...]
    personal_tables: frozenset[str]
    nothing: Mapping[Words, str]
    unless: Mapping[str, tuple[Words, ...]]
    churned: tuple[Words, ...]
    accepted: frozenset[str]
    partner_words: tuple[str, ...]


@cache
def known() -> Known:
    """The word lists, read once."""
    synonyms = tomllib.loads((FOLDER / "synonyms.toml").read_text(encoding="utf-8"))
    marks = tomllib.loads((FOLDER / "marks.toml").read_text(encoding="utf-8"))
    nouns = {entity: _split(told["tables"]) for entity, told in synonyms.items()}
    roles = marks["markers"].pop("roles")
    return Known(
        nouns=nouns,
        columns={
            entity: _columns(ENTITIES[entity], told.get("columns", {}), nouns)
            for entity, told in synonyms.items()
        },
        words={entity: _meanings(told.get("words", {})) for entity, told in synonyms.items()},
        noise=frozenset(marks["table_names"]["noise"].split()),
        history=frozenset(marks["table_names"]["history"].split()),
        beginnings=_split(marks["column_names"]["beginnings"]),
        ends=frozenset(marks["column_names"]["ends"].split()),
        technical=frozenset(marks["column_names"]["technical"].split()),
        filters=_lists(marks["filters"]),
        amounts=_lists(marks["amounts"]),
        flags=_lists(marks["flags"]),
        markers=_lists(marks["markers"]),
        roles=_lists(roles),
        personal=_split(marks["personal"]["names"]),
        personal_tables=frozenset(marks["personal"]["tables"].split()),
        nothing={tuple(name.split("_")): why for name, why in marks["nothing"].items()},
        unless=_lists(marks["unless"]),
        churned=_split(marks["flags"]["churned"]),
        accepted=frozenset(map(bare, marks["markers"]["accepted"].split())),
        partner_words=tuple(marks["markers"]["partner_words"].split()),
    )


def is_own_id(entity: Entity, column: Column) -> bool:
    """Whether the column is the id of the entity's own rows."""
    return entity.key == (column.name,) and column.references is None


def _split(names: str) -> tuple[Words, ...]:
    return tuple(tuple(word for word in name.split("_") if word) for name in names.split())


def _lists(table: Mapping[str, str]) -> dict[str, tuple[Words, ...]]:
    return {name: _split(names) for name, names in table.items()}


def _columns(
    entity: Entity, told: Mapping[str, str], nouns: Mapping[str, tuple[Words, ...]]
) -> dict[str, tuple[Words, ...]]:
    """Synonyms of each column: its own name, keys made of nouns, and those that are listed."""
    found = {}
    for column in entity.columns:
        own = (tuple(column.name.split("_")),)
        listed = _split(told.get(column.name, ""))
        if is_own_id(entity, column):
            found[column.name] = (*own, ("id",), *_keys(nouns[entity.name]), *BARE_KEYS)
        elif column.references is not None:
            of = () if _is_special(column) else nouns.get(column.references, ())
            found[column.name] = (*own, *_keys(of), *listed, *of)
        elif listed or column.kind is not Kind.INSTANT:
            found[column.name] = (*own, *listed)
    return {name: tuple(dict.fromkeys(names)) for name, names in found.items()}


def _is_special(column: Column) -> bool:
    """A reference in one part of many, such as the parent or the partner who sold."""
    return column.name != f"{column.references}_id"


def _keys(nouns: tuple[Words, ...]) -> tuple[Words, ...]:
    return tuple((*noun, key) for key in KEYS for noun in nouns)


def _meanings(told: Mapping[str, Any]) -> dict[str, dict[str, frozenset[str]]]:
    """Words of a closed list with all spellings of each, letters and digits only."""
    return {
        column: {word: frozenset(map(bare, names.split())) for word, names in words.items()}
        for column, words in told.items()
    }


def bare(text: str) -> str:
    """Only the letters and digits of a text, in small letters."""
    return re.sub(r"[\W_]+", "", text.lower())
