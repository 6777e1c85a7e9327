"""One division for every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


def ratio(numerator: ir.Value, denominator: ir.Value) -> ir.Value:
    """`numerator / denominator` as float64, null where the denominator is zero or null.

    Engines differ on x/0 (infinity, error) and on decimal division; this is the same on all.
    """
    return numerator.cast("float64") / denominator.cast("float64").nullif(0.0)
