"""Raw columns that may be a column of an entity, with a score and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lichen.ledger.suggest.fitting import fit
from lichen.ledger.suggest.keys import Ids, best_owner
from lichen.ledger.suggest.known import Known, Words, is_own_id
from lichen.ledger.suggest.names import column_words, likeness
from lichen.ledger.suggest.samples import ColumnSample, TableSample
from lichen.vocabulary.entities import ENTITIES, Column, Entity, Kind

LEAST = 0.4
SURE_NOUN = 0.85
"""A noun alone is the name of a key only where its values fit this well."""

BY_VALUES = 0.8
"""The score of a name that says nothing, where the values lead to the ids of another table."""


@dataclass(frozen=True)
class Candidate:
    """A raw column for a column of an entity."""

    raw: str
    score: float
    reason: str


def candidates(
    entity: Entity, column: Column, table: TableSample, ids: Ids, known: Known
) -> list[Candidate]:
    """Every raw column that may be it, best first."""
    others = {
        name: [id_column for id_column in listed if id_column.table != table.table]
        for name, listed in ids.items()
    }
    found = [
        candidate
        for raw, seen in table.columns.items()
        if (candidate := _candidate(entity, column, raw, seen, others, known)).score >= LEAST
    ]
    return sorted(found, key=lambda one: -one.score)


def _candidate(
    entity: Entity, column: Column, raw: str, seen: ColumnSample, ids: Ids, known: Known
) -> Candidate:
    words = column_words(raw, known)
    if not words or (words[0] in known.technical and column.name not in ("changed_at",)):
        return Candidate(raw, 0.0, "")
    named, told = _named(entity.name, column.name, words, known)
    if not named:
        return _by_values(column, raw, seen, ids)
    factor, reason = fit(entity, column, seen, ids, known)
    if factor < SURE_NOUN and words in known.nouns.get(column.references or "", ()):
        # `company` on a lead is what somebody typed, not a key, unless its values say otherwise.
        factor, reason = 0.5 * factor, f"{reason}; it seems to hold a name"
    return Candidate(raw, round(named * factor, 3), "; ".join(filter(None, (told, reason))))


@lru_cache(maxsize=1 << 17)
def _named(of: str, name: str, words: Words, known: Known) -> tuple[float, str]:
    """How well the name fits a column of an entity, and how that is told."""
    entity = ENTITIES[of]
    column = entity.by_name[name]
    if is_own_id(entity, column) and words in known.nouns.get(of, ()):
        return 0.8, "no id column, and its name is that of the table"
    synonyms = known.columns.get(of, {}).get(name, ())
    best, told = 0.0, ""
    for shape in _shapes(entity, words, known):
        for place, synonym in enumerate(synonyms):
            alike = likeness(shape, synonym)
            if alike < 1.0 and not _may_be_part(column, shape):
                continue
            score = alike * (1 - 0.01 * min(place, 12))
            if score > best:
                best = score
                told = "name" if alike == 1.0 else f"name like {'_'.join(synonym)}"
    return best, told


def _shapes(entity: Entity, words: Words, known: Known) -> Iterator[Words]:
    """The name, and the name without the noun of its table: account_industry as industry."""
    yield words
    for noun in known.nouns.get(entity.name, ()):
        if words[: len(noun)] == noun and len(words) > len(noun):
            rest = words[len(noun) :]
            if rest[-1] not in ("id", "key", "code"):
                yield rest


def _may_be_part(column: Column, words: Words) -> bool:
    """Names that only resemble a synonym must at least end as a column of that kind would."""
    ends_as_key = words[-1] in ("id", "ids", "key", "uuid", "url")
    if column.references is not None or column.name.endswith("_id"):
        return ends_as_key and column.references is not None
    if words[0] in ("is", "has") and column.kind is not Kind.BOOLEAN:
        return False
    return not ends_as_key


def _by_values(column: Column, raw: str, seen: ColumnSample, ids: Ids) -> Candidate:
    """A reference that only its values give away."""
    target = column.references
    if target is None or column.name != f"{target}_id" or not _tells_apart(seen.values):
        return Candidate(raw, 0.0, "")
    found, owner = best_owner(seen.values, ids.get(target, ()))
    if owner is None or found < 0.8:
        return Candidate(raw, 0.0, "")
    told = f"its name says nothing, but {found:.0%} of sample values are in {owner.name}"
    return Candidate(raw, round(BY_VALUES * found, 3), told)


def _tells_apart(values: Sequence[str]) -> bool:
    """Whether equal values are more than chance: several, and longer than a count would be."""
    return len(values) >= 4 and all(len(value) >= 4 for value in values)
