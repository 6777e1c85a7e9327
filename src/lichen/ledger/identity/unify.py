"""Rows of one company from several systems become one row: per column, the first that speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from lichen.engines.embedded import Embedded
from lichen.engines.text import local_date, quoted
from lichen.ledger.identity.domains import registrable
from lichen.ledger.identity.names import plain_name
from lichen.vocabulary.entities import Entity
from lichen.vocabulary.finding import Finding, Severity

EXAMPLES = 5
TIMES = {
    # A row without the time was always there, and so is the company that it speaks of.
    "recorded_at": "CASE WHEN count(*) = count({0}) THEN min({0}) END",
    "updated_at": "max({0})",
}
"""A day's view must see a company as soon as one system had it."""


@dataclass(frozen=True)
class Unified:
    """`relation` holds one row per canonical id; `given_up` are (file, record) of the others.

    `earlier` are united rows as they stood before a row of another system was recorded: the
    entity's columns, and the days from `told_on` (empty = always) up to, not including, `until_on`.
    """

    relation: str
    given_up: tuple[tuple[int, int], ...]
    findings: tuple[Finding, ...]
    earlier: str | None = None

    def places(self) -> pa.Table:
        """The rows given up, as places: file and record."""
        return pa.table(
            {
                "file": pa.array([file for file, _ in self.given_up], pa.int32()),
                "record": pa.array([record for _, record in self.given_up], pa.int64()),
            }
        )


def unify(
    session: Embedded,
    entity: Entity,
    rows: str,
    renamed: str,
    ranks: Sequence[int],
    zone: str = "UTC",
) -> Unified:
    """Unite the rows whose ids have one canonical id.

    `rows` has file, record and the entity's columns, one row per id; `renamed` is a table of id
    and canonical; `ranks` gives the rank of each file's source. The row of the most trusted
    source stays, and is filled up from the others in the order of trust, then of ids. It was
    recorded when the first of them was, and updated when the last was. What it said before others
    were recorded is kept, by days of the time `zone`.
    """
    key = quoted(entity.key[0])
    cases = " ".join(f"WHEN {place} THEN {rank}" for place, rank in enumerate(ranks))
    session.table(
        f"ranked_{entity.name}",
        f"SELECT r.*, coalesce(i.canonical, r.{key}) AS _id, CASE r.file {cases} END AS _rank "
        f"FROM ({rows}) r LEFT JOIN {renamed} i ON i.id = r.{key}",
    )
    ranked = f"ranked_{entity.name}"
    # The canonical row itself comes first among rows of its source.
    order = f"_rank, {key} <> _id, {key}"
    others = [column.name for column in entity.columns if column.name != entity.key[0]]
    first = ", ".join(f"{_of_many(name, order)} AS {quoted(name)}" for name in others)
    relation = f"whole_{entity.name}"
    columns = ", ".join(quoted(name) for name in ("file", "record", *entity.by_name))
    session.table(
        relation,
        f"WITH many AS (SELECT _id FROM {ranked} GROUP BY _id HAVING count(*) > 1) "
        f"SELECT {columns} FROM (SELECT * REPLACE (_id AS {key}) FROM {ranked} "
        "WHERE _id NOT IN (SELECT _id FROM many)) UNION ALL "
        f"SELECT {columns} FROM (SELECT first(file ORDER BY {order}) AS file, "
        f"first(record ORDER BY {order}) AS record, _id AS {key}, {first} FROM {ranked} "
        "WHERE _id IN (SELECT _id FROM many) GROUP BY _id)",
    )
    given_up = session.rows(
        f"SELECT file, record FROM {ranked} r WHERE NOT EXISTS (SELECT 1 FROM {relation} w "
        "WHERE w.file = r.file AND w.record = r.record) ORDER BY ALL"
    )
    found = tuple(_disagreements(session, entity, ranked, others)) if given_up else ()
    earlier = _earlier(session, entity, ranked, order, zone) if given_up else None
    return Unified(relation, tuple(given_up), found, earlier)


def _earlier(session: Embedded, entity: Entity, ranked: str, order: str, zone: str) -> str | None:
    """The table of united rows as they stood before all of their rows were recorded, if any were.

    A figure of a day in between must not see what a system recorded later.
    """
    key, relation = quoted(entity.key[0]), f"earlier_{entity.name}"
    others = ", ".join(
        f"{_of_many(name, order)} AS {quoted(name)}"
        for name in entity.by_name
        if name != entity.key[0]
    )
    session.table(
        relation,
        f"WITH many AS (SELECT _id FROM {ranked} GROUP BY _id HAVING count(*) > 1), "
        f"told AS (SELECT *, {local_date('recorded_at', zone)} AS _on FROM {ranked} "
        "WHERE _id IN (SELECT _id FROM many)), steps AS "
        "(SELECT _id, _on AS told_on, lead(_on) OVER (PARTITION BY _id ORDER BY _on NULLS FIRST) "
        "AS until_on FROM (SELECT DISTINCT _id, _on FROM told)) "
        f"SELECT _id AS {key}, told_on, until_on, {others} FROM steps JOIN told t USING (_id) "
        "WHERE until_on IS NOT NULL AND (t._on IS NULL OR t._on <= told_on) "
        "GROUP BY _id, told_on, until_on",
    )
    return relation if session.count(relation) else None


def _of_many(name: str, order: str) -> str:
    """SQL of what the rows of one company together say of a column."""
    if name in TIMES:
        return TIMES[name].format(quoted(name))
    return f"first({quoted(name)} ORDER BY {order}) FILTER ({quoted(name)} IS NOT NULL)"


def _alike(name: str) -> str:
    """SQL of what is compared of a column: sites by their domain, names in their one form."""
    if name == "domain":
        return "_domain"
    return plain_name(quoted(name)) if name == "name" else quoted(name)


def _domains(session: Embedded, ranked: str, several: str) -> str:
    """Table of the registrable domain of every site of these companies."""
    found = session.arrow(
        f"SELECT DISTINCT domain FROM {ranked} SEMI JOIN {several} USING (_id) "
        "WHERE domain IS NOT NULL"
    )
    sites = found["domain"].to_pylist()
    domains = pa.array([registrable(site) for site in sites], pa.string())
    table = pa.table({"site": pa.array(sites, pa.string()), "domain": domains})
    return session.keep(table, "domains")


def _disagreements(
    session: Embedded, entity: Entity, ranked: str, others: Sequence[str]
) -> list[Finding]:
    """One finding a column in which rows of one id say different things."""
    told = [name for name in others if name not in TIMES]
    counts = ", ".join(f"count(DISTINCT {_alike(name)}) > 1 AS {quoted(name)}" for name in told)
    sums = ", ".join(
        f"count(*) FILTER ({quoted(name)}), min(_id, {EXAMPLES}) FILTER ({quoted(name)})"
        for name in told
    )
    several = f"(SELECT _id FROM {ranked} GROUP BY _id HAVING count(*) > 1)"
    rows = (
        f"SELECT r.*, d.domain AS _domain FROM {ranked} r SEMI JOIN {several} USING (_id) "
        f"LEFT JOIN {_domains(session, ranked, several)} d ON d.site = r.domain"
    )
    row = session.row(f"SELECT {sums} FROM (SELECT _id, {counts} FROM ({rows}) GROUP BY _id)")
    found = []
    for place, name in enumerate(told):
        count, examples = row[2 * place], row[2 * place + 1]
        if count:
            sentence = (
                f"Systems say different things of {name} for {count} {entity.name} rows, such as "
                f"{', '.join(examples)}; the first of the sources in lichen.toml that says "
                "something is believed. Correct the others, or change the order of [sources]."
            )
            code, severity = "sources_disagree", Severity.NOTE
            found.append(Finding(code, entity.name, count, sentence, severity, tuple(examples)))
    return found
