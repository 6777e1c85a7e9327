"""Which entity a table holds, by its name and by the columns that it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lichen.ledger.suggest.assigning import Pair, assigned, coverage
from lichen.ledger.suggest.keys import IdColumn, Ids
from lichen.ledger.suggest.known import Known, Words, is_own_id
from lichen.ledger.suggest.names import column_words, table_words
from lichen.ledger.suggest.samples import TableSample
from lichen.ledger.suggest.suggestion import Confidence
from lichen.vocabulary.entities import ENTITIES, Entity

LEAST = 0.4
EXACT, ENDS, JUNCTION, BEGINS = 1.0, 0.8, 0.3, 0.15


@dataclass(frozen=True)
class Choice:
    """An entity for a table; `others` are names of entities that came next."""

    entity: Entity
    score: float
    named: float
    pairs: Mapping[str, Pair]
    is_history: bool
    others: tuple[str, ...] = ()

    @property
    def confidence(self) -> Confidence:
        """The word for the score."""
        if self.score >= 0.78:
            return Confidence.HIGH
        return Confidence.MEDIUM if self.score >= 0.55 else Confidence.LOW


def choose(table: TableSample, words: Words, ids: Ids, known: Known) -> tuple[Choice | None, str]:
    """The entity of a table, or the reason why there is none."""
    is_history = len(words) > 1 and words[-1] in known.history
    found = []
    for entity in ENTITIES.values():
        named = _named(words, entity.name, known)
        if is_history and named < EXACT:
            named = max(named, 0.95 * _named(words[:-1], entity.name, known))
        if _is_excluded(entity.name, table, known):
            continue
        choice = _choice(entity, table, named, ids, known, is_history=is_history)
        if choice is not None and choice.score >= LEAST:
            found.append(choice)
    found.sort(key=lambda choice: -choice.score)
    if found and (found[0].named >= ENDS or words not in known.nothing):
        others = tuple(f"{one.entity.name} ({one.score:.2f})" for one in found[1:3])
        best = found[0]
        return Choice(best.entity, best.score, best.named, best.pairs, is_history, others), ""
    return None, known.nothing.get(words, "no entity is near to its name and columns")


def id_columns(choices: Mapping[str, Choice], tables: Sequence[TableSample]) -> Ids:
    """The id columns of the tables whose entity is clear enough to be referred to."""
    found: dict[str, list[IdColumn]] = {}
    for table in tables:
        choice = choices.get(table.table)
        if choice is None or choice.confidence is Confidence.LOW:
            continue
        pair = choice.pairs.get(choice.entity.key[0])
        if pair is not None and is_own_id(choice.entity, pair.column):
            seen = table.columns[pair.best.raw]
            found.setdefault(choice.entity.name, []).append(
                IdColumn(table.table, pair.best.raw, seen)
            )
    return found


def _choice(
    entity: Entity, table: TableSample, named: float, ids: Ids, known: Known, *, is_history: bool
) -> Choice | None:
    if not named and not _has_its_key(entity, table, known):
        return None
    pairs = assigned(entity, table, ids, known)
    covered = coverage(entity, pairs)
    if not named:
        named = 0.35 if covered == 1.0 and _names_itself(entity, pairs, known) else 0.0
    elif named <= JUNCTION and covered < 1.0:
        return None
    if not named or not covered:
        return None
    return Choice(entity, round(0.6 * named + 0.4 * covered, 3), named, pairs, is_history)


def _has_its_key(entity: Entity, table: TableSample, known: Known) -> bool:
    """Whether a column is called after the entity, without which no other name tells of it."""
    nouns = known.nouns.get(entity.name, ())
    words = (column_words(name, known) for name in table.columns)
    return any(each[: len(noun)] == noun for each in words for noun in nouns if len(each) > 1)


def _names_itself(entity: Entity, pairs: Mapping[str, Pair], known: Known) -> bool:
    """Whether the id column says whose it is; a bare `id` could be anything's."""
    pair = pairs.get(entity.key[0])
    if pair is None or not is_own_id(entity, pair.column):
        return False
    words = column_words(pair.best.raw, known)
    return any(words[: len(noun)] == noun for noun in known.nouns.get(entity.name, ()))


def _named(words: Words, entity: str, known: Known) -> float:
    """How well a table's name says that it holds the entity."""
    nouns = known.nouns.get(entity, ())
    joined = "".join(words)
    if any(joined == "".join(noun) for noun in nouns):
        return EXACT
    best = 0.0
    for noun in nouns:
        if words[-len(noun) :] == noun:
            before = words[: -len(noun)]
            best = max(best, JUNCTION if _is_thing(before, known) else ENDS)
        elif words[: len(noun)] == noun:
            best = max(best, BEGINS)
    return best


def _is_thing(words: Words, known: Known) -> bool:
    """Whether the words are a table of their own, so that deal_company joins two."""
    listed = (*known.nothing, *(noun for nouns in known.nouns.values() for noun in nouns))
    return words in listed


def _is_excluded(entity: str, table: TableSample, known: Known) -> bool:
    """Whether a column shows that the table is something else of the same name."""
    marks = known.unless.get(entity, ())
    return any(column_words(name, known) in marks for name in table.columns)


def words_of_tables(
    tables: Sequence[TableSample], shared: Sequence[str], known: Known
) -> dict[str, Words]:
    """The words of each table's name that say what it holds."""
    return {table.table: table_words(table.table, known, shared) for table in tables}
