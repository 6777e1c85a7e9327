"""The rows that a map makes of a table: one SQL relation, and an account of every record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Named
from dataclasses import dataclass, field

from lichen.engines.embedded import Embedded
from lichen.engines.text import quoted, trimmed
from lichen.ledger.accounting import Account, check
from lichen.ledger.formats import Format
from lichen.ledger.mapping.cells import final_text, found_text, keeps, meant_text, read_text
from lichen.ledger.mapping.expression import columns_in, expression
from lichen.ledger.mapping.spec import ColumnMap, EntityMap
from lichen.ledger.mapping.tables import FILE, ROW, ROWS_PER_FILE, Discard, RawTable
from lichen.vocabulary.entities import ENTITIES, Kind

PASSED_ON = frozenset({Kind.TEXT, Kind.CURRENCY, Kind.ENUM, Kind.ENUM_LIST})
"""Kinds whose text has no formats."""


@dataclass(frozen=True)
class Source:
    """Rows that a map starts from: its table's own, or those that its SELECT gave.

    `relation` is a SELECT of `_file`, `_row`, `__copy` and text columns. `input` counts the
    records of the table, `fanned_out` rows beyond one per record, `left_out` records that gave no
    row, by rule. `discards` are still to be asked. `is_trimmed` where the cells are so
    already.
    """

    relation: str
    columns: tuple[str, ...]
    input: int
    fanned_out: int = 0
    left_out: Named[str, int] = field(default_factory=dict)
    discards: tuple[Discard, ...] = ()
    is_trimmed: bool = False


@dataclass(frozen=True)
class Mapped:
    """Rows of an entity: input + fanned_out = mapped + all of `filtered`.

    `relation` is a SELECT of `_file`, `record` in it, `copy` (0, 1, … where one record gave several
    rows) and a column of canonical text per name of `columns`.
    """

    relation: str
    columns: tuple[str, ...]
    input: int
    fanned_out: int
    mapped: int
    filtered: Named[str, int]


@dataclass(frozen=True)
class Wanted:
    """Cells whose format must be known: SQL over `relation` and kind, by column of the entity."""

    relation: str
    cells: Named[str, tuple[str, Kind]]


def source_of_table(table: RawTable) -> Source:
    """The rows of a raw table."""
    names = ", ".join([FILE, ROW, *map(quoted, table.columns)])
    relation = f"SELECT {names}, 0 AS __copy FROM ({table.relation})"
    return Source(
        relation,
        table.columns,
        table.rows,
        discards=table.discards,
        is_trimmed=table.is_trimmed,
    )


def wanted(entity_map: EntityMap, source: Source) -> Wanted:
    """What must be observed before the map's rows are read; all rows count, filtered ones too."""
    known = ENTITIES[str(entity_map.entity)].by_name
    cells = {
        name: (_meant(name, how), known[name].kind)
        for name, how in _columns(entity_map, source).items()
        if known[name].kind not in PASSED_ON and how.constant is None
    }
    return Wanted(_trimmed(entity_map, source), cells)


def kept_cells(entity_map: EntityMap, source: Source, names: tuple[str, ...]) -> Wanted:
    """What some columns of the rows that the filters keep mean, as text."""
    columns, known = _columns(entity_map, source), ENTITIES[str(entity_map.entity)].by_name
    cells = {name: (_meant(name, columns[name]), known[name].kind) for name in names}
    failing = _first_failing(_rules(entity_map, source))
    trim = _trimmed(entity_map, source)
    return Wanted(f"SELECT * FROM ({trim}) WHERE ({failing}) IS NULL", cells)


def expressions(entity_map: EntityMap, source: Source) -> tuple[str, dict[tuple[str, str], str]]:
    """The trimmed rows, and the SQL of every expression over them by its place in the map."""
    written = {("columns", name): how.sql for name, how in _columns(entity_map, source).items()}
    written |= {("where", name): rule.sql for name, rule in entity_map.where.items()}
    checked = {place: expression(sql) for place, sql in written.items() if sql is not None}
    return _trimmed(entity_map, source), checked


def map_rows(
    session: Embedded,
    entity_map: EntityMap,
    system: str,
    source: Source,
    formats: Named[str, Format],
) -> Mapped:
    """The map's rows; `system` stands in front of ids, `formats` tell how its cells are read.

    Raises:
        NotAccountedFor: records were lost or made up.
    """
    columns = _columns(entity_map, source)
    rules = _rules(entity_map, source)
    cells = [f"{_meant(name, how)} AS {quoted(name)}" for name, how in columns.items()]
    place = f"CAST({_first_failing(rules)} AS INTEGER) AS __rule"
    trim = _trimmed(entity_map, source)
    meant = f"SELECT {FILE}, {ROW}, __copy, {', '.join([*cells, place])} FROM ({trim})"
    read = [
        f"{read_text(quoted(name), how, formats.get(name))} AS {quoted(name)}"
        for name, how in columns.items()
    ]
    kept = f"SELECT {FILE}, {ROW}, __copy, {', '.join(read)} FROM ({meant}) WHERE __rule IS NULL"
    final = [
        f"{final_text(quoted(name), name, entity_map, system)} AS {quoted(name)}"
        for name in columns
    ]
    record = f"{ROW} - CAST({FILE} AS BIGINT) * {ROWS_PER_FILE} AS record"
    relation = f"SELECT {FILE}, {record}, __copy AS copy, {', '.join(final)} FROM ({kept})"
    asked = f"SELECT {place} FROM ({trim})"
    kept_rows, filtered = _counted(session, asked, source, [name for name, _ in rules])
    mapped = Mapped(relation, tuple(columns), source.input, source.fanned_out, kept_rows, filtered)
    check([account_of(mapped, entity_map)])
    return mapped


def account_of(mapped: Mapped, entity_map: EntityMap) -> Account:
    """The map's row of the accounting."""
    return Account(
        "mapping",
        entity_map.title,
        str(entity_map.entity),
        input=mapped.input,
        fanned_out=mapped.fanned_out,
        mapped=mapped.mapped,
        filtered=sum(mapped.filtered.values()),
    )


def _columns(entity_map: EntityMap, source: Source) -> dict[str, ColumnMap]:
    """How each column of the entity comes about, in the entity's order.

    Columns that a SELECT returns under the entity's names need no entry.
    """
    returned = source.columns if entity_map.sql is not None else ()
    names = {*entity_map.columns, *returned}
    known = ENTITIES[str(entity_map.entity)].by_name
    return {name: entity_map.columns.get(name, ColumnMap()) for name in known if name in names}


def _trimmed(entity_map: EntityMap, source: Source) -> str:
    """The rows with every raw cell that is read, trimmed, under its own name."""
    used = set(_used(entity_map, source))
    cells = [
        quoted(column) if source.is_trimmed else f"{trimmed(quoted(column))} AS {quoted(column)}"
        for column in source.columns
        if column in used
    ]
    return f"SELECT {', '.join([FILE, ROW, '__copy', *cells])} FROM ({source.relation})"


def _used(entity_map: EntityMap, source: Source) -> Iterator[str]:
    """Raw columns that a map reads."""
    for name, how in _columns(entity_map, source).items():
        yield from how.raw_columns(name)
        yield from _in_sql(how.sql, source)
    for rule in entity_map.where.values():
        yield from (rule.column,) if rule.column is not None else ()
        yield from _in_sql(rule.sql, source)
    for discard in source.discards:
        yield from discard.columns


def _in_sql(sql: str | None, source: Source) -> Iterable[str]:
    return columns_in(sql, source.columns) if sql is not None else ()


def _meant(name: str, how: ColumnMap) -> str:
    checked = expression(how.sql) if how.sql is not None else None
    return meant_text(found_text(how, name, checked), how)


def _rules(entity_map: EntityMap, source: Source) -> list[tuple[str, str]]:
    """Filters in order, by name: the condition under which each keeps a row."""
    own = [
        (name, keeps(rule, expression(rule.sql) if rule.sql is not None else None))
        for name, rule in entity_map.where.items()
    ]
    return [*((discard.rule, discard.keeps) for discard in source.discards), *own]


def _first_failing(rules: list[tuple[str, str]]) -> str:
    """SQL of the place of the first rule that does not keep a row, null where all do."""
    cases = " ".join(
        f"WHEN ({condition}) IS NOT TRUE THEN {place}" for place, (_, condition) in enumerate(rules)
    )
    return f"CASE {cases} END" if rules else "NULL"


def _counted(
    session: Embedded, asked: str, source: Source, rules: list[str]
) -> tuple[int, dict[str, int]]:
    """Rows kept, and rows left out by rule; the table is read only when there is a rule to ask."""
    gone = dict(source.left_out)
    if not rules:
        return source.input + source.fanned_out - sum(gone.values()), gone
    found = session.rows(f"SELECT __rule, count(*) FROM ({asked}) GROUP BY __rule ORDER BY __rule")
    counts = {rules[place]: int(rows) for place, rows in found if place is not None}
    kept = sum(int(rows) for place, rows in found if place is None)
    return kept, gone | counts
