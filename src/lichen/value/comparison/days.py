"""Days as whole numbers, alone or packed with a partner, so that the first of several is a minimum.

A day is the number of days since 1970-01-01 (int64). A *packed* day holds a partner's key in its
lower bits: the least of several is the earliest day and on it the lowest key, on every engine and
in any order of rows, for which engines' own "value at the minimum" makes no promise.
"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from lichen.value.comparison.panel import NOBODY

EPOCH = date(1970, 1, 1)
KEY_BITS = 40
"""Dense keys stay far below 2^40, and days below 2^22, so that both fit into an int64."""

NO_KEY = 2**KEY_BITS - 1
"""Stands for no partner: it loses every tie against one."""


def day_number(day: date) -> int:
    """The number of a day."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The day with this number."""
    return EPOCH + timedelta(days=number)


def numbered(day: ir.Value) -> ir.Value:
    """A date column as day numbers."""
    return day.delta(ibis.date(EPOCH), unit="day").cast("int64")


def packed(day: ir.Value, partner_key: ir.Value) -> ir.Value:
    """A day number with a partner's key; a null key is nobody."""
    key = partner_key.fill_null(ibis.literal(NO_KEY, "int64"))
    return day * ibis.literal(2**KEY_BITS, "int64") + key


def packed_day(both: ir.Value) -> ir.Value:
    """The day number in a packed day."""
    # Whole division goes through floating point; a shift does not.
    return (both >> KEY_BITS).cast("int64")


def packed_key(both: ir.Value) -> ir.Value:
    """The partner's key in a packed day, NOBODY where it has none."""
    key = (both & ibis.literal(NO_KEY, "int64")).cast("int64")
    return ibis.ifelse(key == NO_KEY, ibis.literal(NOBODY, "int64"), key)
