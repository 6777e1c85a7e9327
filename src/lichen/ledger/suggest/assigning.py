"""One raw column for each column of an entity: the best pairs first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lichen.ledger.suggest.candidates import Candidate, candidates
from lichen.ledger.suggest.keys import Ids
from lichen.ledger.suggest.known import Known, is_own_id
from lichen.ledger.suggest.samples import TableSample
from lichen.vocabulary.entities import Column, Entity

MEDIUM = 0.6


@dataclass(frozen=True)
class Pair:
    """A raw column for a column of an entity, and the raw columns that came next."""

    column: Column
    best: Candidate
    others: tuple[Candidate, ...]


def assigned(entity: Entity, table: TableSample, ids: Ids, known: Known) -> dict[str, Pair]:
    """The pairs of a table, by column of the entity.

    A raw column stands for one column; only closed lists and names may share it, since a stage
    tells an outcome too and a name may be the key.
    """
    found = {
        column.name: candidates(entity, column, table, ids, known) for column in entity.columns
    }
    open_pairs = sorted(
        (
            (candidate.score, column.required, column, candidate)
            for column in entity.columns
            for candidate in found[column.name]
        ),
        key=lambda pair: (-pair[0], not pair[1]),
    )
    taken: dict[str, str] = {}
    pairs: dict[str, Pair] = {}
    for _, _, column, candidate in open_pairs:
        shares = bool(column.values) or _is_key_by_name(entity, column, candidate)
        if column.name in pairs or (candidate.raw in taken and not shares):
            continue
        rest = tuple(each for each in found[column.name] if each.raw != candidate.raw)
        pairs[column.name] = Pair(column, candidate, rest)
        if not shares:
            taken[candidate.raw] = column.name
    _key_by_name(entity, table, pairs)
    return {column.name: pairs[column.name] for column in entity.columns if column.name in pairs}


def _key_by_name(entity: Entity, table: TableSample, pairs: dict[str, Pair]) -> None:
    """Companies without any id column are told apart by their names, where no name comes twice."""
    own, named = entity.by_name[entity.key[0]], pairs.get("name")
    if entity.name not in ("account", "partner") or own.name in pairs or named is None:
        return
    if table.columns[named.best.raw].is_unique and named.best.score >= MEDIUM:
        told = Candidate(named.best.raw, 0.7, "no id column, so the name is the key")
        pairs[own.name] = Pair(own, told, ())


def _is_key_by_name(entity: Entity, column: Column, candidate: Candidate) -> bool:
    return is_own_id(entity, column) and candidate.reason.startswith("no id column")


def coverage(entity: Entity, pairs: Mapping[str, Pair]) -> float:
    """The share of required columns that were found with some confidence."""
    found = [name for name in entity.required if name in pairs and pairs[name].best.score >= MEDIUM]
    return len(found) / len(entity.required)
