"""Month indexes inside the engine; the same arithmetic as `kernel.periods`."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def month_of(day: ir.Value) -> ir.Value:
    """The month index of a date column, int64."""
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1


def whole(value: int) -> ir.Value:
    """An int64 literal: engines otherwise give small literals small types."""
    return ibis.literal(value, type="int64")
