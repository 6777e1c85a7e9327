"""One SELECT over raw tables: looked through before it runs in a locked session.

The session is what keeps it harmless; this tells a person what is wrong with it, and refuses what
would give another answer on another day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lichen.ledger.mapping.expression import SqlRefused, check_functions, parsed
from lichen.ledger.mapping.functions import ROWS

if TYPE_CHECKING:
    from sqlglot import exp

HINT = "Write one SELECT over raw tables."
PATH = re.compile(r"[/\\*?:]|\.\w+$")
ORDERED = ("row_number", "lag", "lead", "first_value", "last_value", "nth_value", "ntile")
"""Functions over windows whose answer hangs on an order."""

COLLECTED = ("string_agg", "listagg", "group_concat", "list", "array_agg")
"""Aggregates that keep the order in which rows come."""


@dataclass(frozen=True)
class Statement:
    """A SELECT that may run: its text, the tables it reads, and every name in it, in small letters.

    `everything` says that a star asks for all columns.
    """

    sql: str
    tables: tuple[str, ...]
    names: frozenset[str]
    everything: bool


@lru_cache(maxsize=128)
def statement(sql: str) -> Statement:
    """Look through a SELECT.

    Raises:
        SqlRefused: it is no SELECT, reaches beyond raw tables, or has no certain answer.
    """
    from sqlglot import exp

    tree = parsed(sql)
    if not isinstance(tree, exp.Query):
        raise SqlRefused(
            f"begins with {sql.split(maxsplit=1)[0].upper()}, which is no SELECT.", HINT
        )
    for node in tree.walk():
        _refuse_part(node)
    check_functions(tree, ROWS)
    for doubt in _doubts(tree):
        raise SqlRefused(doubt, "Else its rows would not be the same each time.")
    named = {part.name.lower() for part in tree.find_all(exp.Identifier)}
    text = sql.strip().rstrip(";").rstrip()
    star = next((each for each in tree.find_all(exp.Star) if not _counts(each)), None)
    return Statement(text, tuple(_tables(tree)), frozenset(named), star is not None)


def _counts(star: exp.Expr) -> bool:
    """Whether a star stands in a function, as in count(*)."""
    from sqlglot import exp

    return isinstance(star.parent, exp.Func)


def _refuse_part(node: exp.Expr) -> None:
    from sqlglot import exp

    beyond: dict[str, tuple[type[exp.Expr], ...]] = {
        "a statement that changes something": (exp.DDL, exp.DML, exp.Into),
        "a command": (exp.Command, exp.Set, exp.Pragma, exp.Copy, exp.Use, exp.Attach, exp.Install),
        "a placeholder": (exp.Placeholder, exp.Parameter, exp.SessionParameter),
        "a sample": (exp.TableSample,),
    }
    if isinstance(node, exp.Query):
        return
    for what, kinds in beyond.items():
        if isinstance(node, kinds):
            raise SqlRefused(f"holds {what}.", HINT)
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        if PATH.search(node.name):
            found = f"reads '{node.name}', which is a path."
            raise SqlRefused(found, "Name raw tables; files are read before.")
        if node.db or node.catalog:
            found = f"reads {node.sql(dialect='duckdb')}."
            raise SqlRefused(found, "Name raw tables alone, without a schema.")


def _tables(tree: exp.Expr) -> list[str]:
    """Tables that it reads, less those that it names itself."""
    from sqlglot import exp

    own = {each.alias.lower() for each in tree.find_all(exp.CTE)}
    read = (each.name for each in tree.find_all(exp.Table) if isinstance(each.this, exp.Identifier))
    return list(dict.fromkeys(name for name in read if name.lower() not in own))


def _doubts(tree: exp.Expr) -> Iterator[str]:
    """What leaves the answer to the order in which rows happen to come."""
    from sqlglot import exp

    from lichen.ledger.mapping.dialect import called

    for select in tree.find_all(exp.Query):
        if select.args.get("limit") and not select.args.get("order"):
            yield "has LIMIT without ORDER BY."
        distinct = select.args.get("distinct")
        on = isinstance(distinct, exp.Distinct) and distinct.args.get("on")
        if on and not select.args.get("order"):
            yield "has DISTINCT ON without ORDER BY."
    for window in tree.find_all(exp.Window):
        name = called(window.this)
        if name in ORDERED and not (window.args.get("order") or window.args.get("alias")):
            yield f"calls {name} over a window without ORDER BY."
    for function in tree.find_all(exp.Func):
        name = called(function)
        if name in COLLECTED and function.find(exp.Order) is None:
            yield f"calls {name} without ORDER BY in it."
