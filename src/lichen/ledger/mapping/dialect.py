"""SQL of the embedded engine, parsed and written so that every function stays what it was.

The parser knows many functions by their meaning and writes them as other engines have them; here a
call stays a call, by its own name. This module imports the parser: import it where SQL is met.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.parsers.duckdb import DuckDBParser


class AsWritten(DuckDB):
    """The engine's dialect without meanings of functions."""

    class Parser(DuckDBParser):
        """Every call is read as a name and its arguments."""

        FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}


def written(node: exp.Expr) -> str:
    """The SQL of a part, every name quoted and no comment in it.

    Raises:
        UnsupportedError: it cannot be written as it was read.
    """
    return node.sql(
        dialect=AsWritten, identify=True, comments=False, unsupported_level=ErrorLevel.RAISE
    )


def called(function: exp.Expr) -> str | None:
    """The name under which the engine sees a function, in small letters; None for other syntax."""
    text = function.sql(dialect=AsWritten, comments=False, unsupported_level=ErrorLevel.IGNORE)
    name, opened, _ = text.partition("(")
    bare = name.strip().strip('"').lower()
    return bare if opened and bare.isidentifier() else None
