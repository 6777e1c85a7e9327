"""Retention of a cohort: what its opening ARR became, as sums that groups can add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import ibis
import ibis.expr.types as ir

from lichen.revenue.calendar import whole
from lichen.revenue.gather import GroupSums, product


def cohort_measures(rows: ir.Table, *, booked: bool = True) -> Mapping[str, ir.Value]:
    """What one account with opening ARR adds to its groups.

    `booked` False leaves out what equals its twin in constant currency where no line is foreign.

    In the letters of the algorithm page: x opening, y closing, b closing as booked, kept =
    min(x, y), z = y - kept; xx, xy, … are products for the intervals.
    """
    x, y = rows.opening, rows.closing
    kept = ibis.least(x, y)
    grown = y - kept
    gone = y <= 0
    as_booked = _as_booked(x, rows.booked) if booked else {}
    return {
        "n": whole(1),
        "retained": ibis.ifelse(gone, whole(0), whole(1)),
        "x": x,
        "y": y,
        "kept": kept,
        "churned": ibis.ifelse(gone, x, whole(0)),
        "xx": product(x, x),
        "xy": product(x, y),
        "yy": product(y, y),
        "xz": product(x, grown),
        "zz": product(grown, grown),
        **as_booked,
    }


def _as_booked(x: ir.Value, b: ir.Value) -> Mapping[str, ir.Value]:
    return {"b": b, "xb": product(x, b), "bb": product(b, b)}


def complete(sums: GroupSums) -> GroupSums:
    """The sums with what follows from them: growth, contraction and, without fx, as booked."""
    more = dict(sums.sums)
    more["z"] = more["y"] - more["kept"]
    more["contracted"] = more["x"] - more["kept"] - more["churned"]
    for name, twin in (("b", "y"), ("xb", "xy"), ("bb", "yy")):
        more.setdefault(name, more[twin])
    return replace(sums, sums=more)
