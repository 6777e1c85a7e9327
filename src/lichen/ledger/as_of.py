"""The past as it could be seen: rows not there yet, dates not known, lines that do not add up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.ledger.attributes import without_later_values
from lichen.ledger.continuity import close_gaps
from lichen.ledger.doubled import lines_of_several_systems
from lichen.ledger.earlier import as_told_by
from lichen.ledger.facts import Facts
from lichen.ledger.grouped import counted_as, ultimate_parents
from lichen.ledger.schema import date_name, key_name
from lichen.ledger.stacked import stacked_lines
from lichen.ledger.totals import set_aside_negative
from lichen.ledger.valued import latest_rates
from lichen.vocabulary.entities import ENTITIES, Column, Entity
from lichen.vocabulary.finding import Finding, Severity

if TYPE_CHECKING:
    from lichen.ledger.ledger import Ledger


def facts_as_of(ledger: Ledger, day: date, engine: Engine) -> Facts:
    """Every entity of the ledger on `day`, as tables of `engine`, with that view's findings."""
    tables = {}
    tops = ultimate_parents(engine, ledger.folder / "tables", day)
    for name in ledger.mapped:
        rows = engine.read_parquet([ledger.table_path(name)])
        rows = as_told_by(engine, ledger.folder / "tables", ENTITIES[name], rows, day)
        recorded = "recorded_at" in ledger.mapped[name]
        rows = entity_as_of(rows, ENTITIES[name], day, recorded=recorded)
        tables[name] = counted_as(rows, ENTITIES[name], tops)
    findings = list(ledger.findings)
    for name in ledger.mapped:
        for column in _waiting(ENTITIES[name], ledger):
            tables[name], early = known_owners(engine, tables, name, column, day)
            findings += early
    if {"account", "attribute_change"} <= tables.keys():
        changes = engine.read_parquet([ledger.table_path("attribute_change")])
        seen = tables["attribute_change"]
        tables["account"] = without_later_values(engine, tables["account"], changes, seen)
    set_aside = None
    if "subscription" in tables:
        lines = engine.materialise(tables["subscription"])
        lines, late = close_gaps(engine, lines, ledger.grace_days)
        sound = set_aside_negative(engine, lines, tables["account"])
        tables["subscription"] = sound.lines
        set_aside = sound.set_aside
        rates = latest_rates(engine, tables.get("fx_rate"), ledger.currency)
        stacked = stacked_lines(engine, sound.lines, day, ledger.overlap_share, rates)
        several = lines_of_several_systems(
            engine, sound.lines, tables["account"], day, ledger.overlap_share, rates
        )
        findings += [*late, *sound.findings, *stacked, *several]
    return Facts(day, engine, tables, ledger.mapped, tuple(findings), set_aside)


def entity_as_of(rows: ir.Table, entity: Entity, day: date, *, recorded: bool) -> ir.Table:
    """The rows of one entity that were there on `day`, with what was not known then emptied.

    A row is there when it had happened and, where `recorded`, had been recorded.
    """
    seen = [ledger_date(entity.by_name[entity.happened])] if entity.happened else []
    if recorded:
        seen.append("recorded_on")
    # Dates are compared as dates; a row without the date is always there.
    for name in seen:
        rows = rows.filter(rows[name].isnull() | (rows[name] <= ibis.date(day)))
    hidden = {c.name: _is_later(rows, c, day) for c in entity.columns if c.hidden_after_as_of}
    changes: dict[str, ir.Value] = {}
    for column in entity.columns:
        if column.name in hidden:
            changes.update(_emptied(rows, column, hidden[column.name]))
        if column.opens_with in hidden:
            changes.update(_opened(rows, column, hidden[str(column.opens_with)]))
    return rows.mutate(**changes) if changes else rows


def _waiting(entity: Entity, ledger: Ledger) -> list[Column]:
    """Required references to rows that become visible only when they were recorded."""
    return [
        column
        for column in entity.columns
        if column.required
        and key_name(column)
        and "recorded_at" in ledger.mapped.get(str(column.references), frozenset())
    ]


def known_owners(
    engine: Engine, tables: Mapping[str, ir.Table], name: str, column: Column, day: date
) -> tuple[ir.Table, list[Finding]]:
    """The rows of an entity whose `column` leads to a row that is there, and how many do not."""
    rows, target, key = tables[name], str(column.references), str(key_name(column))
    there = tables[target].select(f"{target}_key").rename({key: f"{target}_key"})
    early = rows.anti_join(there, key)
    count = engine.to_arrow(early.aggregate(n=early.count()))["n"][0].as_py()
    if not count:
        return rows, []
    finding = Finding(
        "recorded_before_owner",
        name,
        count,
        f"{count} rows are left out as of {day}: their {target} was recorded only later. Correct "
        f"{target}.recorded_at if it was known before, or leave that column out.",
        Severity.WARNING,
    )
    return rows.semi_join(there, key), [finding]


def ledger_date(column: Column) -> str:
    """The date column of the ledger that stands for a date or an instant."""
    return date_name(column) or column.name


def _is_later(rows: ir.Table, column: Column, day: date) -> ir.BooleanValue:
    """Whether the date lies after `day`; false where there is none."""
    held = rows[ledger_date(column)]
    return held.notnull() & (held > ibis.date(day))


def _emptied(rows: ir.Table, column: Column, later: ir.BooleanValue) -> dict[str, ir.Value]:
    names = {column.ledger_name, ledger_date(column)}
    return {name: _null_where(later, rows[name]) for name in names}


def _opened(rows: ir.Table, column: Column, later: ir.BooleanValue) -> dict[str, ir.Value]:
    names = [column.ledger_name, column.reported_name, key_name(column)]
    present = [name for name in names if name and name in rows.columns]
    if column.open_value is None:
        return {name: _null_where(later, rows[name]) for name in present}
    held = rows[column.ledger_name]
    return {column.ledger_name: ibis.ifelse(later, ibis.literal(column.open_value), held)}


def _null_where(condition: ir.BooleanValue, value: ir.Value) -> ir.Value:
    return ibis.ifelse(condition, ibis.null(value.type()), value)
