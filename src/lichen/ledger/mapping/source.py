"""The rows that a map starts from, ready to be observed and mapped."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Named

from lichen.engines.embedded import Embedded, QueryFailed
from lichen.ledger.mapping.errors import MappingUnusable, error
from lichen.ledger.mapping.rows import Source, expressions, source_of_table
from lichen.ledger.mapping.spec import EntityMap
from lichen.ledger.mapping.tables import RawTable
from lichen.vocabulary.problems import Problem

FAILS = "TRY_CAST and try_strptime give an empty cell where the text does not fit."


def source_of(session: Embedded, entity_map: EntityMap, tables: Named[str, RawTable]) -> Source:
    """The rows of a map's table, its SQL tried on all of them.

    Raises:
        MappingUnusable: an expression fails on some row.
    """
    source = source_of_table(tables[entity_map.table])
    _try_expressions(session, entity_map, source)
    return source


def _try_expressions(session: Embedded, entity_map: EntityMap, source: Source) -> None:
    """Work the expressions out once on all rows, so that one which fails is told by its name."""
    relation, found = expressions(entity_map, source)
    if not found:
        return
    try:
        _work_out(session, relation, list(found.values()))
    except QueryFailed as failure:
        problems = list(_failing(session, relation, found))
        if not problems:
            raise
        raise MappingUnusable(f"The map '{entity_map.title}'", problems) from failure


def _failing(
    session: Embedded, relation: str, found: Named[tuple[str, str], str]
) -> Iterator[Problem]:
    for (part, name), sql in found.items():
        try:
            _work_out(session, relation, [sql])
        except QueryFailed as failure:
            yield error((part, name, "sql"), f"fails: {failure.reason}.", FAILS)


def _work_out(session: Embedded, relation: str, expressions: list[str]) -> None:
    counts = ", ".join(f"count({sql})" for sql in expressions)
    session.row(f"SELECT {counts} FROM ({relation})")
