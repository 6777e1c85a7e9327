"""A SELECT of a mapping held against the raw tables: tried on empty ones before any row is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Named

from lichen.engines.sandbox import Sandbox, SelectFailed
from lichen.kernel.errors import did_you_mean
from lichen.ledger.mapping.errors import error
from lichen.ledger.mapping.select import no_row_number
from lichen.ledger.mapping.spec import EntityMap
from lichen.ledger.mapping.statement import statement
from lichen.ledger.mapping.tables import FILE, ROW, RawTable
from lichen.vocabulary.entities import ENTITIES
from lichen.vocabulary.problems import KeyPath, Problem

NO_COLUMN = re.compile(
    r'Referenced column "(?P<one>[^"]+)" not found'
    r'|does not have a column named "(?P<other>[^"]+)"'
)


class Trial:
    """Empty tables of the right shape, on which SELECTs are tried."""

    def __init__(self, tables: Named[str, RawTable]) -> None:
        self._tables = tables
        self._sandbox = Sandbox()
        for table in tables.values():
            types = {FILE: "INTEGER", ROW: "BIGINT"}
            types |= dict.fromkeys(table.columns, "VARCHAR")
            self._sandbox.put_empty(table.name, types)
        self._sandbox.lock()

    def returned(self, key: KeyPath, row: EntityMap) -> tuple[tuple[str, ...], list[Problem]]:
        """The columns that a map's SELECT gives beside `_row`, and what is wrong with it."""
        select, place = statement(str(row.sql)), (*key, "sql")
        if unknown := list(self._unknown_tables(place, select.tables)):
            return (), unknown
        if row.table not in select.tables:
            found = f"does not read '{row.table}', its driving table."
            return (), [error(place, found, f"It reads {', '.join(select.tables) or 'none'}.")]
        try:
            types = self._sandbox.types(select.sql)
        except SelectFailed as failure:
            return (), [self._failed(place, failure.reason, select.tables)]
        if (refusal := no_row_number(types, row.table)) is not None:
            return (), [error(place, refusal)]
        columns = tuple(name for name in types if name not in (FILE, ROW))
        return columns, [*_unknown_outputs(place, row, columns), *_missing(place, row, columns)]

    def close(self) -> None:
        """Give back memory."""
        self._sandbox.close()

    def _unknown_tables(self, place: KeyPath, names: tuple[str, ...]) -> Iterator[Problem]:
        for name in names:
            if name not in self._tables:
                hint = did_you_mean(name, self._tables)
                yield error(place, f"there is no raw table '{name}'.", hint)

    def _failed(self, place: KeyPath, reason: str, names: tuple[str, ...]) -> Problem:
        found = NO_COLUMN.search(reason)
        if found is None:
            return error(place, f"fails: {reason}")
        column = str(found["one"] or found["other"])
        known = {each for name in names for each in self._tables[name].columns}
        tables = f"none of {', '.join(names)} has" if len(names) > 1 else f"{names[0]} has no"
        sentence = f"{tables} {'a ' if len(names) > 1 else ''}column '{column}'."
        return error(place, sentence, did_you_mean(column, known))


def _unknown_outputs(place: KeyPath, row: EntityMap, columns: tuple[str, ...]) -> Iterator[Problem]:
    """Columns that are returned, and neither the entity's nor read by the map."""
    known = ENTITIES[str(row.entity)].by_name
    read = {column for name, how in row.columns.items() for column in how.raw_columns(name)}
    read |= {str(rule.column) for rule in row.where.values()}
    in_sql = any(how.sql is not None for how in row.columns.values())
    in_sql = in_sql or any(rule.sql is not None for rule in row.where.values())
    for column in columns:
        if column not in known and column not in read and not in_sql:
            found = f"returns '{column}', which {row.entity} does not have."
            yield error(place, found, did_you_mean(column, known))


def _missing(place: KeyPath, row: EntityMap, columns: tuple[str, ...]) -> Iterator[Problem]:
    """Required columns that are neither returned nor mapped."""
    for name in ENTITIES[str(row.entity)].required:
        if name not in columns and name not in row.columns:
            yield error(
                place,
                f"{row.entity}.{name} is required and not returned.",
                f"Return it as {name}, or map it in [map.columns].",
            )
