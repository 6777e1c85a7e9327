"""From clean rows to the ledger's own tables: keys, reported money, local dates, references."""

from __future__ import annotations

from pathlib import Path

from lichen.engines.embedded import Embedded
from lichen.engines.text import local_date, quoted, words
from lichen.ledger.exchange import RATES, flows, rate_day, reported
from lichen.ledger.mapped import clean, required_references
from lichen.ledger.schema import KEYED, date_name, key_name, ledger_schema
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES, ClosingDate, Column, Entity, Kind


def ids(entity: str) -> str:
    """Name of the table of accepted ids: id, and the dense key where the entity carries one."""
    return f"ids_{entity}"


def id_column(entity: str) -> str:
    """The column that other entities refer to."""
    return ENTITIES[entity].key[0]


def number_ids(session: Embedded, entity: Entity) -> None:
    """Table `ids`: accepted ids, and for keyed entities a dense key in the order of the ids."""
    id_name = f"m.{quoted(id_column(entity.name))}"
    key = f", row_number() OVER (ORDER BY {id_name}) AS key" if entity.name in KEYED else ""
    session.table(
        ids(entity.name),
        f"SELECT {id_name} AS id{key} FROM {clean(entity.name)} m{_must_lead(entity)}",
    )


def _must_lead(entity: Entity) -> str:
    """Joins that keep only rows whose required references lead somewhere."""
    return "".join(
        f" JOIN {ids(str(column.references))} q{place} ON q{place}.id = m.{quoted(column.name)}"
        for place, column in enumerate(required_references(entity))
    )


def write_entity(
    session: Embedded,
    entity: Entity,
    provided: frozenset[str],
    path: Path,
    definitions: Definitions,
) -> int:
    """Write the accepted rows in the shape of `ledger_schema`; returns how many."""
    query = _query(entity, provided, clean(entity.name), definitions)
    return session.copy(query, path)


def earlier_path(tables: Path, entity: str) -> Path:
    """Where an entity's rows of earlier days are, beside its table; absent without any."""
    return tables / f"{entity}_earlier.parquet"


def write_earlier(
    session: Embedded,
    entity: Entity,
    provided: frozenset[str],
    rows: str,
    path: Path,
    definitions: Definitions,
) -> None:
    """Write rows as they stood from `told_on` up to `until_on`, in the shape of the entity."""
    days = ", m.told_on, m.until_on"
    session.copy(_query(entity, provided, rows, definitions, days), path)


def _query(
    entity: Entity,
    provided: frozenset[str],
    rows: str,
    definitions: Definitions,
    also: str = "",
) -> str:
    """SQL of the rows in the shape of `ledger_schema`."""
    joins = _must_lead(entity)
    own_key = ""
    if entity.name in KEYED:
        own_key = f" JOIN {ids(entity.name)} own ON own.id = m.{quoted(id_column(entity.name))}"
    for column in entity.columns:
        if not column.required and key_name(column) and column.references in provided:
            alias = quoted(f"o_{column.name}")
            joins += (
                f" LEFT JOIN {ids(str(column.references))} {alias} "
                f"ON {alias}.id = m.{quoted(column.name)}"
            )
    if flows(entity):
        day = rate_day(entity, definitions.workspace.time_zone)
        joins += f" LEFT JOIN {RATES} x ON x.currency = m.currency AND x.day = {day}"
    selected = ", ".join(_fields(entity, provided, definitions))
    return f"SELECT {selected}{also} FROM {rows} m{own_key}{joins}"


def _fields(entity: Entity, provided: frozenset[str], definitions: Definitions) -> list[str]:
    """The columns of `ledger_schema`, in its order, over row m and its joins."""
    expressions: dict[str, str] = {}
    if entity.name in KEYED:
        expressions[f"{entity.name}_key"] = "own.key"
    required = {column.name: place for place, column in enumerate(required_references(entity))}
    for column in entity.columns:
        value = _value(entity, column, definitions)
        key = key_name(column)
        if key is not None:
            expressions[key] = _key(column, required, provided)
        expressions[column.ledger_name] = value
        if column.reported_name is not None:
            expressions[column.reported_name] = reported(column, definitions.workspace.currency)
        local = date_name(column)
        if local is not None:
            expressions[local] = local_date(value, definitions.workspace.time_zone)
    return [f"{expressions[name]} AS {quoted(name)}" for name in ledger_schema(entity).names]


def _key(column: Column, required: dict[str, int], provided: frozenset[str]) -> str:
    if column.name in required:
        return f"q{required[column.name]}.key"
    if column.references in provided:
        return f"{quoted('o_' + column.name)}.key"
    return "CAST(NULL AS BIGINT)"


def _value(entity: Entity, column: Column, definitions: Definitions) -> str:
    name = f"m.{quoted(column.name)}"
    inclusive = definitions.feed(entity.name).inclusive_end
    if inclusive and column.name == entity.ends and column.kind is Kind.DATE:
        name = f"CAST({name} + 1 AS DATE)"
    for closing in entity.closing:
        if closing.date == column.name:
            return _closed(entity, closing, name, definitions)
    return name


def _closed(entity: Entity, closing: ClosingDate, name: str, definitions: Definitions) -> str:
    """A closing date, from its fallbacks where a decided row lacks it; never before its start."""
    zone = definitions.workspace.time_zone
    stand_ins = [
        local_date(f"m.{quoted(other)}", zone)
        if entity.by_name[other].kind is Kind.INSTANT
        else f"m.{quoted(other)}"
        for other in closing.fallbacks
    ]
    filled = f"coalesce({', '.join(stand_ins)})"
    if closing.date == entity.ends and entity.starts:
        filled = f"greatest({filled}, m.{quoted(entity.starts)})"
    decided = f"m.{quoted(closing.outcome)} IN {words(closing.decided)}"
    return f"CASE WHEN {name} IS NULL AND {decided} THEN {filled} ELSE {name} END"


def count_filled(session: Embedded, entity: Entity, closing: ClosingDate) -> int:
    """How many clean rows are decided without a date."""
    return session.count(
        f"{clean(entity.name)} m{_must_lead(entity)} WHERE m.{quoted(closing.date)} IS NULL "
        f"AND m.{quoted(closing.outcome)} IN {words(closing.decided)}"
    )
