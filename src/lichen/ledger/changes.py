"""Which rows differ between two ledgers, and the earlier one with the later one's corrections.

Dense keys are valid inside one ledger only, so rows are compared by ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from filecmp import cmp
from functools import cached_property
from pathlib import Path

from lichen.engines.embedded import Embedded
from lichen.engines.text import literal, quoted, read_rows
from lichen.ledger.beside import beside, differing_beside, known_beside
from lichen.ledger.ledger import Ledger
from lichen.ledger.mapped import in_order, required_references
from lichen.ledger.rows_by_id import (
    ADDED,
    CORRECTED,
    GONE,
    differing_rows,
    every_row,
    rows_by_id,
    same,
    scan,
)
from lichen.ledger.schema import KEYED, key_name, ledger_schema
from lichen.vocabulary.entities import ENTITIES, Entity

EXAMPLES = 5


@dataclass(frozen=True)
class EntityChange:
    """Rows of an entity that differ, by number, with the first few ids of each sort.

    `corrected` rows have a key that both ledgers know and other content, `gone` rows only the
    earlier one has, `added` rows only the later one. Ids never hold personal columns.
    """

    entity: str
    corrected: int = 0
    gone: int = 0
    added: int = 0
    corrected_ids: tuple[str, ...] = ()
    gone_ids: tuple[str, ...] = ()
    added_ids: tuple[str, ...] = ()


class Comparison:
    """Two ledgers side by side in one session; made by `compared`."""

    def __init__(self, session: Embedded, before: Ledger, after: Ledger) -> None:
        self._session = session
        self._before = before
        self._after = after

    @cached_property
    def entities(self) -> tuple[EntityChange, ...]:
        """Entities with at least one row that differs, in the order of a load."""
        names = in_order(list({*self._before.mapped, *self._after.mapped}))
        found = (self._compare(ENTITIES[name]) for name in names)
        return tuple(each for each in found if each.corrected or each.gone or each.added)

    @property
    def corrects(self) -> bool:
        """Whether any row known before has other content now, or is gone."""
        return any(each.corrected or each.gone for each in self.entities)

    @property
    def adds(self) -> bool:
        """Whether there are rows that the earlier ledger did not have, or feeds or columns."""
        provided = self._before.mapped != self._after.mapped
        return provided or any(each.added for each in self.entities)

    def corrected(self, folder: Path) -> Ledger:
        """The earlier ledger with its rows as the later one has them, written to `folder`.

        Rows that are gone are left out, and so are rows that the later ledger ties to one that is
        new. It keeps the dense keys of the later ledger.
        """
        (folder / "tables").mkdir(parents=True)
        both = in_order([name for name in self._after.mapped if name in self._before.mapped])
        added = {each.entity for each in self.entities if each.added}
        for name in both:
            if added & _reached(name):
                self._write_known(ENTITIES[name], folder, frozenset(both))
            else:
                self._link(name, folder)
            self._write_beside(ENTITIES[name], folder, frozenset(both))
        mapped = {name: self._after.mapped[name] for name in both}
        return replace(self._after, folder=folder, mapped=mapped)

    def _compare(self, entity: Entity) -> EntityChange:
        if self._is_same_file(entity):
            return EntityChange(entity.name)
        held = [ledger for ledger in (self._before, self._after) if entity.name in ledger.mapped]
        if len(held) == 1:
            sort = GONE if held[0] is self._before else ADDED
            self._session.view(_differing(entity), every_row(held[0], entity, sort))
        else:
            query = differing_rows(entity, rows_by_id(held[0], entity), rows_by_id(held[1], entity))
            self._session.table(_differing(entity), query)
            self._add_beside(entity)
        counts = dict.fromkeys((CORRECTED, GONE, ADDED), 0)
        counted = f"SELECT sort, count(*) FROM {_differing(entity)} GROUP BY sort"
        counts |= {str(sort): int(count) for sort, count in self._session.rows(counted)}
        ids = {f"{sort}_ids": self._examples(entity, sort) for sort in counts}
        return EntityChange(entity.name, **counts, **ids)  # type: ignore[arg-type]

    def _add_beside(self, entity: Entity) -> None:
        """Count rows as corrected, too, that only stood in another way before."""
        table, key = _differing(entity), quoted(entity.key[0])
        for query in differing_beside(self._before, self._after, entity):
            self._session.run(
                f"INSERT INTO {quoted(table)} SELECT id, {literal(CORRECTED)} FROM ({query}) "
                f"WHERE id NOT IN (SELECT {key} FROM {table})"
            )

    def _is_same_file(self, entity: Entity) -> bool:
        """Whether both ledgers name this entity, and all that it is keyed by, by equal bytes."""
        names = {entity.name, *(each for each in KEYED if each in self._before.mapped)}
        before, after = self._before, self._after
        if not all(name in before.mapped and name in after.mapped for name in names):
            return False
        sides = [
            [path for name in names for path in _files(each, name)] for each in (before, after)
        ]
        if [path.name for path in sides[0]] != [path.name for path in sides[1]]:
            return False
        return all(cmp(one, other, shallow=False) for one, other in zip(*sides, strict=True))

    def _examples(self, entity: Entity, sort: str) -> tuple[str, ...]:
        shown = [name for name in entity.key if not entity.by_name[name].personal]
        text = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in shown)
        rows = self._session.rows(
            f"SELECT concat_ws(' ', {text}) AS id FROM {_differing(entity)} "
            f"WHERE sort = {literal(sort)} ORDER BY id LIMIT {EXAMPLES}"
        )
        return tuple(str(row[0]) for row in rows)

    def _write_known(self, entity: Entity, folder: Path, provided: frozenset[str]) -> None:
        """Rows of the later ledger whose key the earlier one has, led only to such rows."""
        path = folder / "tables" / f"{entity.name}.parquet"
        known = " AND ".join(f"r.{same(name)} a.{quoted(name)}" for name in entity.key)
        query = (
            f"SELECT {', '.join(self._known_fields(entity, provided))} "
            f"FROM {rows_by_id(self._after, entity)} r "
            f"SEMI JOIN {rows_by_id(self._before, entity)} a ON {known}"
        )
        for column in required_references(entity):
            target = str(column.references)
            held = key_name(column) or column.name
            own = f"{target}_key" if key_name(column) else ENTITIES[target].key[0]
            query += f" SEMI JOIN {_known(target)} {_alias(held)} ON r.{quoted(held)} = "
            query += f"{_alias(held)}.{quoted(own)}"
        self._session.copy(query, path)
        self._session.view(_known(entity.name), f"SELECT * FROM {read_rows(path)}")

    def _write_beside(self, entity: Entity, folder: Path, provided: frozenset[str]) -> None:
        """What is kept beside these rows, as far as it concerns rows that are known."""
        if not beside(self._after, entity):
            return
        fields, known = self._known_fields(entity, provided), _known(entity.name)
        for query, path in known_beside(self._after, entity, known, fields, folder / "tables"):
            self._session.copy(query, path)

    def _link(self, name: str, folder: Path) -> None:
        """Rows that are all known, and lead to known ones only, stay where they are."""
        path = self._after.table_path(name)
        (folder / "tables" / path.name).symlink_to(path.resolve())
        self._session.view(_known(name), f"SELECT * FROM {read_rows(path)}")

    def _known_fields(self, entity: Entity, provided: frozenset[str]) -> list[str]:
        """Columns of `ledger_schema`; keys of optional references that lead nowhere are null."""
        optional = {
            key: str(column.references)
            for column in entity.columns
            if not column.required and (key := key_name(column))
        }
        fields = []
        for name in ledger_schema(entity).names:
            target = optional.get(name)
            value = f"r.{quoted(name)}"
            if target == entity.name or (target and target not in provided):
                value = self._own_or_null(entity, name, target)
            elif target:
                inside = f"SELECT {quoted(f'{target}_key')} FROM {_known(target)}"
                value = f"CASE WHEN {value} IN ({inside}) THEN {value} END"
            fields.append(f"{value} AS {quoted(name)}")
        return fields

    def _own_or_null(self, entity: Entity, name: str, target: str) -> str:
        """A key of the entity's own kind, such as a parent, where the earlier ledger knows it."""
        if target != entity.name:
            return "CAST(NULL AS BIGINT)"
        own, key = quoted(f"{entity.name}_key"), quoted(entity.key[0])
        inside = (
            f"SELECT b.{own} FROM {scan(self._after, entity.name)} b "
            f"SEMI JOIN {scan(self._before, entity.name)} a ON a.{key} = b.{key}"
        )
        return f"CASE WHEN r.{quoted(name)} IN ({inside}) THEN r.{quoted(name)} END"


@contextmanager
def compared(before: Ledger, after: Ledger, scratch: Path) -> Iterator[Comparison]:
    """A comparison of two ledgers; its session spills into `scratch`."""
    with Embedded(scratch) as session:
        yield Comparison(session, before, after)


def _reached(name: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """The entity and all that its rows lead to, directly or not."""
    seen |= {name}
    for column in ENTITIES[name].columns:
        if column.references and column.references not in seen:
            seen |= _reached(column.references, seen)
    return seen


def _files(ledger: Ledger, name: str) -> tuple[Path, ...]:
    """The file of an entity, and those beside it."""
    return (ledger.table_path(name), *beside(ledger, ENTITIES[name]))


def _differing(entity: Entity) -> str:
    return f"differing_{entity.name}"


def _known(name: str) -> str:
    return f"known_{name}"


def _alias(name: str) -> str:
    return quoted(f"in_{name}")
