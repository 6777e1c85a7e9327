"""Joins that can be chained: Ibis keeps the right-hand key, and a second join then collides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

RIGHT_KEY = "__right_key"


def left_join(left: ir.Table, right: ir.Table, key: str | Sequence[str]) -> ir.Table:
    """All rows of `left` with the other columns of `right` where `key` is equal, else nulls.

    Apart from the key, or the keys, the two tables share no column.
    """
    keys = {name: f"{RIGHT_KEY}_{name}" for name in ([key] if isinstance(key, str) else key)}
    renamed = right.rename({theirs: ours for ours, theirs in keys.items()})
    return left.left_join(renamed, list(keys.items())).drop(*keys.values())
