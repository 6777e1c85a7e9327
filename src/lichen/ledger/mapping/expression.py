"""SQL expressions over the cells of one row: checked, and written anew from what was checked.

They run in the session that reads the feeds, so nothing of their own text is passed on: the text
is parsed, every part must be known and harmless, and the SQL is written from the parsed parts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

from lichen.engines.text import quoted
from lichen.kernel.errors import LichenError

if TYPE_CHECKING:
    from sqlglot import exp

HINT = "An expression works on the cells of one row."
LISTED = "docs/mapping.md lists those that may be called."


class SqlRefused(LichenError):
    """SQL of a mapping that is not carried out."""

    def __init__(self, found: str, hint: str = "") -> None:
        self.found, self.hint = found, hint
        super().__init__(found, hint)


@lru_cache(maxsize=512)
def expression(sql: str) -> str:
    """The expression, written anew with every name quoted.

    Raises:
        SqlRefused: it is not one expression over cells.
    """
    from sqlglot.errors import UnsupportedError

    from lichen.ledger.mapping.dialect import written

    try:
        return written(_checked(sql))
    except UnsupportedError as error:
        raise SqlRefused(f"cannot be written anew ({error}).", HINT) from error


def expression_columns(sql: str) -> tuple[str, ...]:
    """The columns that an expression names, as it spells them.

    Raises:
        SqlRefused: it is not one expression over cells.
    """
    from sqlglot import exp

    return tuple(dict.fromkeys(column.name for column in _checked(sql).find_all(exp.Column)))


def columns_in(sql: str, known: Iterable[str]) -> Iterator[str]:
    """Those of the known columns that an expression names, in any case as SQL has it."""
    named = {name.lower() for name in expression_columns(sql)}
    return (column for column in known if column.lower() in named)


def parsed(sql: str) -> exp.Expr:
    """The one statement or expression of a text.

    Raises:
        SqlRefused: it cannot be understood, or there are several.
    """
    import sqlglot
    from sqlglot.errors import SqlglotError

    from lichen.ledger.mapping.dialect import AsWritten

    log = logging.getLogger("sqlglot")
    level = log.level
    # It warns of what it keeps as a bare command; such a command is refused here.
    log.setLevel(logging.ERROR)
    try:
        found = [part for part in sqlglot.parse(sql, dialect=AsWritten) if part is not None]
    except (SqlglotError, RecursionError) as error:
        reason = " ".join(str(error).split("\n", maxsplit=1)[0].split())
        raise SqlRefused(f"is not SQL that can be understood ({reason[:160]}).") from error
    finally:
        log.setLevel(level)
    if len(found) != 1:
        several = f"holds {len(found)} statements." if found else "is empty."
        raise SqlRefused(several, "Write exactly one.")
    return found[0]


def _checked(sql: str) -> exp.Expr:
    from lichen.ledger.mapping.functions import CELLS

    tree = parsed(sql)
    for node in tree.walk():
        _refuse_part(node)
    check_functions(tree, CELLS)
    return tree


def _refuse_part(node: exp.Expr) -> None:
    """Refuse what reaches beyond the cells of a row."""
    from sqlglot import exp

    beyond: dict[str, tuple[type[exp.Expr], ...]] = {
        "a SELECT": (exp.Query, exp.Table, exp.Values),
        "a function over many rows": (exp.AggFunc, exp.Window),
        "a statement": (exp.DDL, exp.DML, exp.Command, exp.Set, exp.Pragma, exp.Copy, exp.Use),
        "a placeholder": (exp.Placeholder, exp.Parameter),
        "a lambda": (exp.Lambda,),
        "*": (exp.Star,),
        "a part of a name": (exp.Dot,),
    }
    for what, kinds in beyond.items():
        if isinstance(node, kinds):
            raise SqlRefused(f"holds {what}.", HINT)
    if isinstance(node, exp.Column) and node.table:
        found = node.sql(dialect="duckdb")
        raise SqlRefused(f"names {found}.", f"Name the column alone: {quoted(node.name)}.")


def check_functions(tree: exp.Expr, known: frozenset[str]) -> None:
    """Refuse functions that are not known, under the names that the engine would see.

    Raises:
        SqlRefused: names the first one.
    """
    from sqlglot import exp

    from lichen.ledger.mapping.dialect import called

    chosen, within = (exp.Connector, exp.Case, exp.If), (exp.JSONExtract, exp.JSONExtractScalar)
    syntax = (*chosen, *within, exp.Array, exp.Struct)
    for node in tree.find_all(exp.Func):
        name = called(node)
        if name in known or (isinstance(node, syntax) and not isinstance(node, exp.Anonymous)):
            continue
        shown = name or node.sql(dialect="duckdb")[:60]
        near = get_close_matches(shown, known, n=1, cutoff=0.75) if name else []
        hint = f"Did you mean '{near[0]}'?" if near else LISTED
        raise SqlRefused(f"calls {shown}, which a mapping may not.", hint)
