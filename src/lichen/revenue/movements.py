"""ARR and accounts at every month end, and what moved ARR between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.kernel.periods import Window, month_end, month_index
from lichen.ledger.facts import Facts, Measured, MeasureRequest
from lichen.revenue.bridge import (
    MOVES,
    Bridges,
    Moves,
    bridges,
    line_measures,
    moves_of,
    window_changes,
)
from lichen.revenue.gather import Gatherer, GroupSums, Integers
from lichen.revenue.levels import levels_of
from lichen.revenue.publish import Publisher, windows_of
from lichen.revenue.reconciliation import Reconciled, reconciliation_table
from lichen.vocabulary.figure import Figure, parse_groups
from lichen.vocabulary.metrics import MOVEMENT_LINES

MONTHS = 12
MONTHLY_LINES = 24
"""Month ends for which the lines of the month are published; levels are for all."""

UNBRIDGED = frozenset({"partner", "integration_stack", "services_pattern"})
"""Dimensions with so many groups that their bridges would drown the others."""


def measure(request: MeasureRequest) -> Measured:
    """ARR and account levels, monthly movement lines and the bridge of each window.

    Tables: `movements`, one row for each account, month and line of the latest 12 months;
    `reconciliation_movements`, monthly lines against the same lines from end points.

    Raises:
        RateMissing: ARR in a foreign currency meets a month end without a fresh rate.
        BridgeOpen: the lines do not close a bridge.
    """
    levels = levels_of(request.facts, request.definitions)
    last = levels.last_month
    first = last if levels.first_month is None else min(levels.first_month, last)
    # A bridge from before the first fact opens with nothing, so months reach back a year at least.
    months = range(min(first, last - MONTHS), last + 1)
    publisher = Publisher(request.definitions, request.run_id)
    latest = Window(month_end(last - MONTHS), month_end(last))
    windows = sorted({latest, *request.windows})
    figures: list[Figure] = []
    reconciled: list[Reconciled] = []
    published: frozenset[str] = frozenset()
    moves = moves_of(levels)
    apart = window_changes(levels, last - MONTHS, last)
    for grouping in request.groupings if levels.first_month is not None else ():
        request.progress(f"Movements by {', '.join(grouping.dimensions) or 'the whole base'}")
        gatherer = Gatherer(request.facts.engine, grouping, published)
        found = bridges(moves, gatherer, months)
        figures += _level_figures(publisher, found, first)
        figures += _line_figures(publisher, found, windows, first)
        ends = gatherer.at_points(apart, line_measures, range(last, last + 1))
        reconciled += _reconciled(found, ends)
        published |= set(gatherer.groups)
    return Measured(
        figures,
        {
            "movements": movements_table(request.facts, moves, last),
            "reconciliation_movements": reconciliation_table(reconciled),
        },
    )


def _level_figures(publisher: Publisher, found: Bridges, first: int) -> Iterator[Figure]:
    arr, accounts = found.lines["closing"], found.accounts["closing"]
    windows = windows_of(found.months, 1)
    for row, groups in enumerate(found.groups):
        for column in range(first - found.months.start, len(windows)):
            held, window = int(accounts[row, column]), windows[column]
            if held or not groups:
                yield publisher.amount("arr", groups, window, int(arr[row, column]), held)
                yield publisher.amount("accounts", groups, window, held, held)


def _line_figures(
    publisher: Publisher, found: Bridges, windows: list[Window], first: int
) -> Iterator[Figure]:
    monthly = windows_of(range(max(first, found.months.stop - MONTHLY_LINES), found.months.stop), 1)
    for row, groups in enumerate(found.groups):
        if is_bridged(groups):
            for window in (*monthly, *(window for window in windows if window.months > 1)):
                yield from _bridge_figures(publisher, found, row, window)


def _bridge_figures(
    publisher: Publisher, found: Bridges, row: int, window: Window
) -> Iterator[Figure]:
    groups = found.groups[row]
    amounts = _window_of(found.lines, found, row, window)
    accounts = _window_of(found.accounts, found, row, window)
    if groups and not any(amounts.values()):
        return
    for line in MOVEMENT_LINES:
        parameters = f"line={line},months={window.months}"
        n = abs(accounts[line])
        yield publisher.amount("arr_movement", groups, window, amounts[line], n, parameters)


def _window_of(
    side: Mapping[str, Integers], found: Bridges, row: int, window: Window
) -> dict[str, int]:
    """Lines of one group over a window: levels from its ends, moves summed over its months."""
    opens = month_index(window.opens_on) + 1 - found.months.start
    closes = month_index(window.closes_on) - found.months.start
    lines = {line: int(values[row, opens : closes + 1].sum()) for line, values in side.items()}
    lines["opening"] = int(side["opening"][row, opens])
    lines["closing"] = int(side["closing"][row, closes])
    return lines


def is_bridged(groups: str) -> bool:
    """Whether the group has movement lines of its own: the whole base and single dimensions."""
    names = parse_groups(groups)
    return len(names) <= 1 and not UNBRIDGED & names.keys()


def _reconciled(found: Bridges, apart: GroupSums) -> Iterator[Reconciled]:
    """Monthly lines and end points of the latest 12 months; what went and came back lies between.

    Up and down within the year counts in the months and not between the ends; the differences of
    all lines together are nothing.
    """
    last = found.months.stop - 1
    window = Window(month_end(last - MONTHS), month_end(last))
    for row, groups in enumerate(found.groups):
        if not is_bridged(groups):
            continue
        amounts = _window_of(found.lines, found, row, window)
        accounts = _window_of(found.accounts, found, row, window)
        ends = {line: int(apart[line][row, 0]) for line in MOVES}
        counts = {line: int(apart[f"{line}_n"][row, 0]) for line in MOVES}
        ends["regrouped"] = amounts["closing"] - amounts["opening"] - sum(ends.values())
        counts["regrouped"] = 0
        for line in (*MOVES, "regrouped"):
            yield Reconciled("movements", groups, f"{line}_monthly", amounts[line], accounts[line])
            yield Reconciled(
                "movements",
                groups,
                f"{line}_gone_and_back",
                ends[line] - amounts[line],
                counts[line] - accounts[line],
            )
            yield Reconciled("movements", groups, f"{line}_window", ends[line], counts[line])


def movements_table(facts: Facts, moves: Moves, last: int) -> ir.Table:
    """account_key, account_id, month, line, amount_minor of the latest 12 months, no zeros."""
    rows = moves.changes
    rows = rows.filter(rows.month > last - MONTHS)
    valued = rows.select("account_key", "month", **line_measures(rows))
    melted = [
        valued.filter(valued[line] != 0).select(
            "account_key", "month", line=ibis.literal(line), amount_minor=valued[line]
        )
        for line in MOVES
    ]
    lines = ibis.union(*melted)
    span = range(last - MONTHS + 1, last + 1)
    ends = facts.engine.from_arrow(
        pa.table(
            {
                "month": pa.array(list(span), pa.int64()),
                "month_end": pa.array([month_end(month) for month in span], pa.date32()),
            }
        )
    )
    dated = lines.inner_join(ends, "month")
    dated = dated.select("account_key", "line", "amount_minor", month=dated.month_end)
    accounts = facts.table("account").select("account_key", "account_id")
    named = dated.inner_join(accounts, "account_key")
    return named.select("account_key", "account_id", "month", "line", "amount_minor").order_by(
        ["account_key", "month", "line"]
    )
