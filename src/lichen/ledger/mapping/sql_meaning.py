"""What the SQL in a mapping file may be, as far as it is known before there are tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lichen.ledger.mapping.errors import error
from lichen.ledger.mapping.expression import SqlRefused, expression
from lichen.ledger.mapping.meaning import Draft
from lichen.ledger.mapping.statement import statement
from lichen.vocabulary.problems import KeyPath, Problem


def sql_is_harmless(draft: Draft) -> Iterator[Problem]:
    """A SELECT reads raw tables, expressions work on the cells of a row."""
    for place, row in draft.rows():
        if row.sql is not None:
            yield from _refusal(("map", place, "sql"), row.sql, statement)
        written: dict[KeyPath, str | None] = {
            ("map", place, "columns", name, "sql"): how.sql for name, how in row.columns.items()
        }
        written |= {
            ("map", place, "where", name, "sql"): rule.sql for name, rule in row.where.items()
        }
        for key, sql in written.items():
            if sql is not None:
                yield from _refusal(key, sql, expression)


def _refusal(key: KeyPath, sql: str, check: Callable[[str], object]) -> Iterator[Problem]:
    try:
        check(sql)
    except SqlRefused as refusal:
        yield error(key, refusal.found, refusal.hint)
