"""All files of an entity as one relation: every declared column, typed, with defaults filled in."""

from __future__ import annotations

from collections.abc import Sequence

from lichen.engines.embedded import Embedded
from lichen.engines.text import literal, quoted
from lichen.ledger.arrived import Arrived
from lichen.ledger.contracts import SQL_TYPES
from lichen.ledger.errors import FeedProblem, FeedsUnusable
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES, Column, Entity, Kind


def mapped(entity: str) -> str:
    """Name of the relation of sound rows: file (its place in the entity), record, columns."""
    return f"mapped_{entity}"


def clean(entity: str) -> str:
    """Name of the relation of mapped rows that were not dropped."""
    return f"clean_{entity}"


def dropped(entity: str) -> str:
    """Name of the table of dropped rows: file, record."""
    return f"dropped_{entity}"


def map_entity(
    session: Embedded, entity: Entity, files: Sequence[Arrived], definitions: Definitions
) -> None:
    """Create the relations `mapped` and `clean` of an entity, nothing dropped yet."""
    selects = [
        f"SELECT {place} AS file, record, {_columns(entity, file, definitions)} "
        f"FROM ({file.relation})"
        for place, file in enumerate(files)
    ]
    session.view(mapped(entity.name), " UNION ALL ".join(selects))
    session.run(f"CREATE TEMP TABLE {dropped(entity.name)} (file INTEGER, record BIGINT)")
    session.view(clean(entity.name), f"SELECT * FROM {mapped(entity.name)}")


def replace_rows(session: Embedded, entity: str, rows: str) -> None:
    """Let these rows, SQL of file, record and columns, stand for the mapped ones from now on."""
    table = f"standing_{entity}"
    session.table(table, rows)
    session.view(mapped(entity), f"SELECT * FROM {table}")
    session.view(clean(entity), f"SELECT * FROM {mapped(entity)}")


def leave_out_dropped(session: Embedded, entity: str) -> int:
    """Renew `clean` after rows were dropped; returns how many are dropped so far."""
    count = session.count(dropped(entity))
    if count:
        session.view(
            clean(entity),
            f"SELECT * FROM {mapped(entity)} m WHERE NOT EXISTS (SELECT 1 FROM {dropped(entity)} d "
            "WHERE d.file = m.file AND d.record = m.record)",
        )
    return count


def _columns(entity: Entity, file: Arrived, definitions: Definitions) -> str:
    return ", ".join(
        f"{_value(column, file, definitions)} AS {quoted(column.name)}" for column in entity.columns
    )


def _value(column: Column, file: Arrived, definitions: Definitions) -> str:
    default = column.default
    if column.kind is Kind.CURRENCY and not column.required:
        default = definitions.workspace.currency
    if column.name not in file.columns:
        if default is not None:
            return literal(default)
        return f"CAST(NULL AS {SQL_TYPES[column.kind]})"
    name = quoted(column.name)
    return f"coalesce({name}, {literal(default)})" if default is not None else name


def required_references(entity: Entity) -> list[Column]:
    """Columns that must lead to a row of another entity."""
    return [column for column in entity.columns if column.required and column.references]


def optional_references(entity: Entity) -> list[Column]:
    """Columns that may lead nowhere."""
    return [column for column in entity.columns if not column.required and column.references]


def in_order(names: Sequence[str]) -> list[str]:
    """Provided entities, each after those it must refer to; exchange rates first.

    Raises:
        FeedsUnusable: an entity must refer to one that no feed provides.
    """
    problems = []
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name in ordered:
            return
        for column in required_references(ENTITIES[name]):
            target = str(column.references)
            if target not in names:
                found = f"its {column.name} needs the entity '{target}', which has no feed."
                step = f"Add feeds/{target}.csv or feeds/{target}.parquet."
                problems.append(FeedProblem(f"feeds/{name}", found, step))
            elif target != name:
                visit(target)
        ordered.append(name)

    for name in ("fx_rate", "account", "partner", "opportunity", *names):
        if name in names:
            visit(name)
    if problems:
        raise FeedsUnusable(problems)
    return ordered
