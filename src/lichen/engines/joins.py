"""Joins that can be chained: Ibis keeps the right-hand key, and a second join then collides."""

from __future__ import annotations

import ibis.expr.types as ir

RIGHT_KEY = "__right_key"


def left_join(left: ir.Table, right: ir.Table, key: str) -> ir.Table:
    """All rows of `left` with the other columns of `right` where `key` is equal, else nulls.

    Apart from the key, the two tables share no column.
    """
    renamed = right.rename({RIGHT_KEY: key})
    return left.left_join(renamed, [(key, RIGHT_KEY)]).drop(RIGHT_KEY)
