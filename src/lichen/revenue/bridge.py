"""What moved ARR in each month, line by line, and the proof that the lines close the bridge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np

from lichen.kernel.errors import LichenError
from lichen.kernel.periods import month_end
from lichen.revenue.calendar import whole
from lichen.revenue.gather import Gatherer, GroupSums, Integers
from lichen.revenue.levels import Levels
from lichen.revenue.spans import end_points, standing
from lichen.vocabulary.metrics import MOVEMENT_LINES

MOVES = tuple(line for line in MOVEMENT_LINES if line not in ("opening", "regrouped", "closing"))
"""Lines that an account makes by itself; `regrouped` is made by its groups."""


class BridgeOpen(LichenError):
    """Opening ARR and the lines of a month do not add up to its closing ARR: a fault in Lichen."""

    def __init__(self, groups: str, month: int, difference: int) -> None:
        self.groups = groups
        self.month = month
        self.difference = difference
        super().__init__(
            f"The ARR bridge of '{groups or 'the whole base'}' for {month_end(month):%B %Y} is "
            f"open by {difference} minor units.",
            "Please report this with the run's manifest; no figure was published.",
        )


def changes(levels: Levels) -> ir.Table:
    """Accounts in months in which their ARR, or its exchange rate, moved.

    account_key, month, opening and closing (at the rate of the month before, where there was
    opening ARR), booked (closing at the month's own rate), is_new (no ARR at any month end
    before), group_month (the month before; the month itself for a new account).
    """
    steps = levels.steps
    names = ("account_key", "month", "opening", "closing", "booked", "is_new")
    moved = steps.mutate(booked=steps.closing).select(*names)
    if levels.foreign is not None:
        monthly = levels.foreign.lagged(1)
        monthly = monthly.filter((monthly.opening > 0) | (monthly.booked > 0))
        joined = monthly.inner_join(levels.arrivals, "account_key")
        named = joined.mutate(is_new=joined.since == joined.month).select(*names)
        moved = moved.union(named)
    return moved.mutate(group_month=moved.month - ibis.ifelse(moved.is_new, whole(0), whole(1)))


def line_measures(rows: ir.Table) -> Mapping[str, ir.Value]:
    """One account's change as lines, and the accounts that each line counts (`…_n`).

    Growth and loss are in constant currency, so `fx` is the rest of the change as booked. ARR that
    was not there at the opening had no exchange rate to suffer from.
    """
    x, y, b = rows.opening, rows.closing, rows.booked
    zero = whole(0)
    had = x > 0
    amounts = {
        "new": ibis.ifelse(~had & rows.is_new, b, zero),
        "reactivation": ibis.ifelse(~had & ~rows.is_new, b, zero),
        "expansion": ibis.ifelse(had & (y > x), y - x, zero),
        "contraction": ibis.ifelse(had & (y > 0) & (y < x), y - x, zero),
        "churn": ibis.ifelse(had & (y <= 0), y - x, zero),
        "fx": ibis.ifelse(had, b - y, zero),
    }
    counts = {
        f"{line}_n": ibis.ifelse(amount != 0, whole(1), zero) for line, amount in amounts.items()
    }
    return {**amounts, **counts}


@dataclass(frozen=True, eq=False)
class Bridges:
    """Every line by group and month, `lines[line][group, month]`, with accounts beside them.

    The accounts of `regrouped` are those that came to the group less those that left it.
    """

    groups: tuple[str, ...]
    months: range
    lines: Mapping[str, Integers]
    accounts: Mapping[str, Integers]


@dataclass(frozen=True, eq=False)
class Moves:
    """What every grouping's bridges are made of, computed once."""

    standing: ir.Table
    changes: ir.Table
    arrivals: ir.Table


def moves_of(levels: Levels) -> Moves:
    """The moves of all accounts."""
    engine = levels.facts.engine
    return Moves(
        engine.materialise(standing(levels)), engine.materialise(changes(levels)), levels.arrivals
    )


def bridges(moves: Moves, gatherer: Gatherer, months: range) -> Bridges:
    """The bridges of all months; every one closes.

    Raises:
        BridgeOpen: a bridge does not close.
    """
    levels_held = gatherer.over_spans(
        moves.standing, lambda rows: {"arr": rows.arr, "accounts": whole(1)}, months, lag=0
    )
    moved = gatherer.at_points(moves.changes, line_measures, months)
    regrouped = _regrouped(moves, gatherer, months)
    lines = {
        "opening": _month_before(levels_held["arr"]),
        **{line: moved[line] for line in MOVES},
        "regrouped": regrouped["arr"],
        "closing": levels_held["arr"],
    }
    accounts = {
        "opening": _month_before(levels_held["accounts"]),
        **{line: moved[f"{line}_n"] for line in MOVES},
        "regrouped": regrouped["accounts"],
        "closing": levels_held["accounts"],
    }
    found = Bridges(gatherer.groups, months, lines, accounts)
    _require_closed(found)
    return found


def window_changes(levels: Levels, opens: int, closes: int) -> ir.Table:
    """Changes as `changes` has them, but between the end points of one window alone.

    An account without ARR at the opening takes its groups when it first had ARR after it.
    """
    points = end_points(levels, opens, closes).inner_join(levels.arrivals, "account_key")
    is_new = (points.opening <= 0) & (points.since > opens)
    placed = points.select(
        "account_key",
        "opening",
        "closing",
        "booked",
        is_new=is_new,
        group_month=ibis.ifelse(is_new, points.since, whole(opens)),
        month=whole(closes),
    )
    return levels.facts.engine.materialise(placed)


def _regrouped(moves: Moves, gatherer: Gatherer, months: range) -> GroupSums:
    """ARR that changed its group: in where a membership begins, out where one ends.

    New accounts bring their ARR to the group they are in at once, so they are not regrouped.
    """
    cells = gatherer.grouping.cells
    if not gatherer.grouping.dated:
        cells = cells.limit(0)
    joins = cells.select("account_key", "cell", month=cells.from_month, sign=whole(1))
    leaves = cells.select("account_key", "cell", month=cells.to_month, sign=whole(-1))
    borders = joins.union(leaves)
    borders = borders.filter(borders.month >= months.start, borders.month < months.stop)
    spans = moves.standing.rename(owner="account_key")
    standing_there = borders.inner_join(
        spans,
        [
            borders.account_key == spans.owner,
            spans.from_month <= borders.month,
            borders.month < spans.to_month,
        ],
    ).select("account_key", "cell", "month", "sign", "arr")
    with_since = standing_there.inner_join(moves.arrivals, "account_key")
    moving = with_since.filter(with_since.since < with_since.month)
    return gatherer.of_cells(
        moving, lambda rows: {"arr": rows.sign * rows.arr, "accounts": rows.sign}, months
    )


def _month_before(level: Integers) -> Integers:
    earlier = np.roll(level, 1, axis=1)
    earlier[:, 0] = 0
    return earlier


def _require_closed(found: Bridges) -> None:
    total = sum(found.lines[line] for line in MOVEMENT_LINES if line != "closing")
    difference = np.asarray(total - found.lines["closing"])
    for row, column in np.argwhere(difference != 0)[:1]:
        raise BridgeOpen(found.groups[row], found.months[column], int(difference[row, column]))
