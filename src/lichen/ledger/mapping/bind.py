"""A mapping held against the raw tables that are there: what it names and they lack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Named
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace

from lichen.kernel.errors import did_you_mean
from lichen.ledger.mapping.bind_select import Trial
from lichen.ledger.mapping.errors import error
from lichen.ledger.mapping.expression import SqlRefused, expression_columns
from lichen.ledger.mapping.listed import lists_that_are_not_there
from lichen.ledger.mapping.spec import EntityMap, Mapping
from lichen.ledger.mapping.tables import RawTable, fitted
from lichen.vocabulary.problems import KeyPath, Problem, in_order


@dataclass(frozen=True)
class Bound:
    """A mapping with its tables: `maps` to carry out, in order, unless there are `problems`.

    `tables` are called, and have the columns, as the mapping says.
    """

    tables: Named[str, RawTable]
    maps: tuple[EntityMap, ...]
    problems: tuple[Problem, ...]


def bind(mapping: Mapping, tables: Named[str, RawTable], others: Sequence[str] = ()) -> Bound:
    """Find the tables and columns that a mapping names, and tell which are not there.

    `others` are further tables of the source, which the mapping may have meant. A map of an
    optional table without files is left out.
    """
    found = fitted(mapping, tables)
    there = [
        (place, row)
        for place, row in enumerate(mapping.maps)
        if not _is_absent(mapping, row, found)
    ]
    problems = [*_needed(mapping, found), *_of_maps(there, found, others)]
    placed = (replace(each, line=mapping.line(each.key)) for each in problems)
    return Bound(found, tuple(row for _, row in there), in_order(tuple(placed)))


def _is_absent(mapping: Mapping, row: EntityMap, tables: Named[str, RawTable]) -> bool:
    """Whether the table of a map is optional and has no file."""
    table = tables.get(row.table)
    return table is not None and not table.files and mapping.spec(row.table).optional


def _needed(mapping: Mapping, tables: Named[str, RawTable]) -> Iterator[Problem]:
    """Columns without which a table is not what the mapping takes it for, or that it misspells."""
    for name, spec in mapping.tables.items():
        if name not in tables or not tables[name].files:
            continue
        table = tables[name]
        for column in spec.read_as:
            key: KeyPath = ("tables", name, "read_as", column)
            yield from _unknown(key, column, name, table.columns, in_sql=False)
        there = set(table.columns) - set(table.absent)
        for needed in spec.needs:
            if needed not in there:
                spelled = ", ".join(f"'{one}'" for one in (needed, *spec.names.get(needed, ())))
                yield error(
                    ("tables", name, "needs"),
                    f"{table.files[0]} has no column {spelled}.",
                    did_you_mean(needed, [column for column in table.columns if column in there]),
                )


def _of_maps(
    maps: Sequence[tuple[int, EntityMap]], tables: Named[str, RawTable], others: Sequence[str]
) -> Iterator[Problem]:
    """What is wrong with each map; SELECTs are tried on empty tables."""
    with ExitStack() as stack:
        trial: Trial | None = None
        for place, row in maps:
            key: KeyPath = ("map", place)
            yield from lists_that_are_not_there(key, row, tables)
            if row.table not in tables:
                way = "driving" if row.sql is not None else "from"
                hint = did_you_mean(row.table, [*tables, *others])
                yield error((*key, way), f"there is no raw table '{row.table}'.", hint)
            elif row.sql is None:
                yield from _unknown_columns(key, row, row.table, tables[row.table].columns)
            else:
                trial = trial or stack.enter_context(closing(Trial(tables)))
                columns, problems = trial.returned(key, row)
                yield from problems or _unknown_columns(key, row, "the SELECT", columns)


def _unknown_columns(
    key: KeyPath, row: EntityMap, table: str, columns: tuple[str, ...]
) -> Iterator[Problem]:
    """Columns that a map reads and that are not among these."""
    for name, how in row.columns.items():
        place = (*key, "columns", name)
        for column in (*how.raw_columns(name), *_named(how.sql)):
            yield from _unknown(place, column, table, columns, in_sql=how.sql is not None)
    for name, rule in row.where.items():
        place = (*key, "where", name)
        asked = _named(rule.sql) if rule.column is None else (rule.column,)
        for column in asked:
            yield from _unknown(place, column, table, columns, in_sql=rule.sql is not None)


def _named(sql: str | None) -> tuple[str, ...]:
    try:
        return () if sql is None else expression_columns(sql)
    except SqlRefused:
        # Told when the file was read.
        return ()


def _unknown(
    key: KeyPath, column: str, table: str, columns: tuple[str, ...], *, in_sql: bool
) -> Iterator[Problem]:
    """A column that is not there; SQL does not look at the case of names."""
    known = {each.lower() for each in columns} if in_sql else set(columns)
    if (column.lower() if in_sql else column) not in known:
        yield error(key, f"{table} has no column '{column}'.", did_you_mean(column, columns))
