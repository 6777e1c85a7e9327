"""What the SQL in a mapping file may be, as far as it is known before there are tables."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.ledger.mapping.errors import error
from lichen.ledger.mapping.expression import SqlRefused, expression
from lichen.ledger.mapping.meaning import Draft
from lichen.vocabulary.problems import KeyPath, Problem


def sql_is_harmless(draft: Draft) -> Iterator[Problem]:
    """Expressions work on the cells of a row."""
    for place, row in draft.rows():
        written: dict[KeyPath, str | None] = {
            ("map", place, "columns", name, "sql"): how.sql for name, how in row.columns.items()
        }
        written |= {
            ("map", place, "where", name, "sql"): rule.sql for name, rule in row.where.items()
        }
        for key, sql in written.items():
            if sql is not None:
                yield from _refusal(key, sql)


def _refusal(key: KeyPath, sql: str) -> Iterator[Problem]:
    try:
        expression(sql)
    except SqlRefused as refusal:
        yield error(key, refusal.found, refusal.hint)
