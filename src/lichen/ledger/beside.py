"""Rows that a ledger keeps beside an entity's own: as they stood earlier, and whose parent was who.

See `write` and `links`. They are facts like others, so two ledgers may differ in them too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lichen.engines.text import quoted, read_rows
from lichen.ledger.ledger import Ledger
from lichen.ledger.links import FILE as PARENTS
from lichen.ledger.links import SCHEMA as PARENT_SCHEMA
from lichen.ledger.rows_by_id import content_columns, scan
from lichen.ledger.write import earlier_path
from lichen.vocabulary.entities import Entity

EARLIER = ("told_on", "until_on")
"""From when on and until when a row stood so; columns after those of the entity."""


def beside(ledger: Ledger, entity: Entity) -> tuple[Path, ...]:
    """The files that a ledger has beside the rows of an entity."""
    return tuple(path for path in _paths(ledger.folder / "tables", entity) if path.exists())


def differing_beside(before: Ledger, after: Ledger, entity: Entity) -> Iterator[str]:
    """Queries for `id` of rows that both ledgers know and that stood in another way before."""
    for path, other, id_name, columns in _kinds(before, after, entity):
        if not path.exists() and not other.exists():
            continue
        named = ", ".join(map(quoted, columns))
        sides = [_rows(each, path if path.exists() else other, named) for each in (path, other)]
        yield (
            f"SELECT DISTINCT {quoted(id_name)} AS id FROM "
            f"(({sides[0]} EXCEPT {sides[1]}) UNION ALL ({sides[1]} EXCEPT {sides[0]})) "
            f"WHERE {quoted(id_name)} IN (SELECT {quoted(entity.key[0])} "
            f"FROM {scan(before, entity.name)}) AND {quoted(id_name)} IN "
            f"(SELECT {quoted(entity.key[0])} FROM {scan(after, entity.name)})"
        )


def known_beside(
    ledger: Ledger, entity: Entity, known: str, fields: Sequence[str], tables: Path
) -> Iterator[tuple[str, Path]]:
    """Queries for the rows beside that concern the rows of `known` only, each with its place.

    `fields` are the columns of the entity over a row r.
    """
    key = quoted(f"{entity.name}_key")
    for path in beside(ledger, entity):
        inside = f"IN (SELECT {key} FROM {known})"
        if path.name == PARENTS:
            query = (
                f"SELECT * FROM {read_rows(path)} WHERE low_key {inside} AND parent_key {inside}"
            )
        else:
            named = ", ".join([*fields, *EARLIER])
            query = f"SELECT {named} FROM {read_rows(path)} r WHERE r.{key} {inside}"
        yield query, tables / path.name


def _paths(tables: Path, entity: Entity) -> tuple[Path, ...]:
    parents = (tables / PARENTS,) if entity.name == "account" else ()
    return (earlier_path(tables, entity.name), *parents)


def _kinds(
    before: Ledger, after: Ledger, entity: Entity
) -> Iterator[tuple[Path, Path, str, Sequence[str]]]:
    """Each kind of file in both ledgers, with its id column and the columns to compare."""
    sides = (_paths(each.folder / "tables", entity) for each in (before, after))
    for path, other in zip(*sides, strict=True):
        if path.name == PARENTS:
            yield path, other, "low", PARENT_SCHEMA.names
        else:
            yield path, other, entity.key[0], [*content_columns(entity), *EARLIER]


def _rows(path: Path, shape: Path, named: str) -> str:
    """The rows of a file, or none in the shape of another where it is absent."""
    empty = "" if path.exists() else " WHERE false"
    return f"SELECT {named} FROM {read_rows(path if path.exists() else shape)}{empty}"
