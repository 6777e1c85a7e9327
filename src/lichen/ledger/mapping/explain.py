"""What a load would do by a mapping, in lines that a person reads before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Named

from lichen.ledger.mapping.bind import Bound
from lichen.ledger.mapping.expression import expression_columns
from lichen.ledger.mapping.ids import is_id
from lichen.ledger.mapping.spec import ColumnMap, EntityMap, Mapping, Rule
from lichen.ledger.mapping.statement import statement
from lichen.ledger.mapping.tables import RawTable
from lichen.vocabulary.entities import ENTITIES


def explain(mapping: Mapping, bound: Bound, system: str) -> list[str]:
    """Per map its table, files, columns and filters, and what stays unread or empty."""
    lines = [f"{mapping.shown}: {len(bound.maps)} of {len(mapping.maps)} maps, ids as {system}:…"]
    for row in mapping.maps:
        if row in bound.maps:
            lines += ["", *_of_map(row, bound.tables, system)]
        else:
            lines += ["", f"{row.title}: left out, '{row.table}' has no file."]
    return [*lines, *_unread(bound)]


def _of_map(row: EntityMap, tables: Named[str, RawTable], system: str) -> Iterator[str]:
    table = tables[row.table]
    files = ", ".join(table.files)
    records = "1 record" if table.rows == 1 else f"{table.rows:,} records"
    yield f"{row.title}: rows of {row.entity} from {table.name} ({files}; {records})"
    if row.sql is not None:
        read = ", ".join(statement(row.sql).tables)
        yield f"  a SELECT over {read} gives {'the other' if row.columns else 'all'} columns"
    width = max((len(name) for name in row.columns), default=0)
    entity = ENTITIES[str(row.entity)]
    for column in entity.columns:
        if column.name in row.columns:
            how = row.columns[column.name]
            own = how.system if how.system is not None else system
            id_of = f", as {own}:…" if own and (how.system or is_id(entity, column)) else ""
            yield f"  {column.name:<{width}}  {_how(column.name, how, table)}{id_of}"
    if row.inclusive_end and entity.ends is not None:
        yield f"  {entity.ends} is the last day served; the day after is kept"
    for name, rule in row.where.items():
        yield f"  kept only where {_condition(rule)} (else counted as '{name}')"
    if row.sql is None:
        empty = [column.name for column in entity.columns if column.name not in row.columns]
        yield f"  left empty: {', '.join(empty) or 'nothing'}"


def _how(name: str, how: ColumnMap, table: RawTable) -> str:
    """How a column comes about, as a phrase."""
    spelled = dict(table.renamed)
    parts = [_origin(name, how, spelled, table.absent)]
    if how.values:
        parts.append(
            ", ".join(f"{word} = {meant or 'empty'}" for word, meant in how.values.items())
        )
    if how.other is not None:
        parts.append(f"anything else = {how.other or 'empty'}")
    if how.default is not None:
        parts.append(f"empty = {how.default}")
    if how.format is not None:
        parts.append(f"read as {how.format}")
    return "; ".join(parts)


def _origin(name: str, how: ColumnMap, spelled: Named[str, str], absent: tuple[str, ...]) -> str:
    if how.constant is not None:
        return f"always {how.constant}"
    if how.sql is not None:
        return f"by SQL: {' '.join(how.sql.split())}"
    read = [
        f"{column} (in no file)" if column in absent else spelled.get(column, column)
        for column in how.raw_columns(name)
    ]
    return f"from {' + '.join(read)}"


def _condition(rule: Rule) -> str:
    if rule.sql is not None:
        return " ".join(rule.sql.split())
    if rule.filled is not None:
        return f"{rule.column} is {'filled' if rule.filled else 'empty'}"
    listed = ", ".join(word or "empty" for word in rule.one_of or rule.not_in or ())
    return f"{rule.column} is {'' if rule.one_of is not None else 'not '}one of: {listed or 'none'}"


def _unread(bound: Bound) -> Iterator[str]:
    """Raw columns that no map reads, by table."""
    used: dict[str, set[str]] = {name: set() for name in bound.tables}
    for row in bound.maps:
        for table, column in _columns_of(row, bound.tables):
            used[table].add(column)
    for name, held in bound.tables.items():
        rest = [column for column in held.columns if column not in used[name] | {*held.absent}]
        if held.files and rest:
            yield ""
            yield f"not read of {name}: {', '.join(rest)}"


def _columns_of(row: EntityMap, tables: Named[str, RawTable]) -> Iterator[tuple[str, str]]:
    if row.sql is not None:
        select = statement(row.sql)
        for name in select.tables:
            for column in tables[name].columns:
                if select.everything or column.lower() in select.names:
                    yield name, column
        return
    named = {column for name, how in row.columns.items() for column in how.raw_columns(name)}
    named |= {str(rule.column) for rule in row.where.values() if rule.column is not None}
    in_sql = [how.sql for how in row.columns.values()]
    in_sql += [rule.sql for rule in row.where.values()]
    lowered = {each.lower() for sql in in_sql if sql for each in expression_columns(sql)}
    for column in tables[row.table].columns:
        if column in named or column.lower() in lowered:
            yield row.table, column
