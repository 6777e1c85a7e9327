"""What was spent on each account in each window, by kind, from one pass over the cost rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce

import ibis
import ibis.expr.types as ir

from lichen.revenue.calendar import whole
from lichen.revenue.outcomes.family import Asked
from lichen.revenue.outcomes.spread import spread
from lichen.vocabulary.costs import COST_KINDS

KEYS = ["account_key", "month"]
COUNTS = ("running_rows", "acquisition_rows")


def costs(asked: Asked) -> ir.Table:
    """One row for each account and window with a cost, and one for rows that name no account.

    account_key (null for those), month (place of the window), one column by kind with a row
    (`spent_hosting`, …, minor units of the workspace currency, in the window), `acquired_by_close`
    (what the acquisition kinds cost up to the close, back to the first row), and how many rows
    these two hold: running_rows (serving and cost of revenue), acquisition_rows.
    """

    def made() -> ir.Table:
        found = asked.facts.engine.materialise(_in_windows(asked, _by_stretch(asked)))
        shared = asked.definitions.cost.without_account == "spread"
        return spread(asked, found) if shared else found

    return asked.once("costs", made)


def kinds_there(table: ir.Table) -> list[str]:
    """The kinds that this table of costs has a column for."""
    return [kind for kind in COST_KINDS if column(kind) in table.columns]


def column(kind: str) -> str:
    """The column that holds what was spent on a kind."""
    return f"spent_{kind}"


def sum_of(table: ir.Table, kinds: Iterable[str]) -> ir.Value:
    """What was spent on these kinds together; 0 where no row speaks of them."""
    there = [table[column(kind)] for kind in dict.fromkeys(kinds) if column(kind) in table.columns]
    return reduce(lambda total, each: total + each, there, whole(0))


def at_list(asked: Asked) -> ir.Table:
    """Accounts and windows with a line at list price in force: account_key, month, at_list.

    A net price is what is left after the partner's part, so that part is no cost there.
    """
    lines = asked.facts.table("subscription")
    lines = lines.filter(lines.arr_basis == "list", lines.account_key.notnull())
    parts = []
    for place, window in enumerate(asked.windows):
        held = lines.filter(
            lines.starts_on <= ibis.date(window.closes_on),
            lines.ends_on.isnull() | (lines.ends_on > ibis.date(window.opens_on)),
        )
        parts.append(held.select("account_key", month=whole(place)))
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return rows.distinct().mutate(at_list=whole(1))


def _bounds(asked: Asked) -> list[date]:
    """Every day on which a window opens or closes; between two of them lies one stretch."""
    days = {day for window in asked.windows for day in (window.opens_on, window.closes_on)}
    return sorted(days)


def _by_stretch(asked: Asked) -> ir.Table:
    """Sums by account and stretch: 0 up to the first opening, then one between two bounds each.

    Windows may overlap, so rows are added up once for each stretch and windows are made of those.
    """
    words, bounds = asked.definitions.cost, _bounds(asked)
    rows = asked.facts.table("cost")
    rows = rows.filter(rows.month <= ibis.date(bounds[-1]))
    wins = _is_one_of(rows.kind, words.acquisition)
    # Before the first window only what won an account matters.
    rows = rows.filter((rows.month > ibis.date(bounds[0])) | wins)
    stretch = ibis.cases(
        *((rows.month <= ibis.date(day), place) for place, day in enumerate(bounds)),
        else_=len(bounds),
    )
    serves = _is_one_of(rows.kind, (*words.serving, *words.cost_of_revenue))
    placed = rows.select(
        "account_key",
        "kind",
        amount=rows.reported_minor,
        stretch=stretch.cast("int64"),
        serves=serves.cast("int64"),
        wins=_is_one_of(rows.kind, words.acquisition).cast("int64"),
    )
    zero = whole(0)
    spent = {
        column(kind): ibis.ifelse(placed.kind == kind, placed.amount, zero).sum().cast("int64")
        for kind in _present(asked)
    }
    summed = placed.group_by(["account_key", "stretch"]).aggregate(
        **spent,
        running_rows=placed.serves.sum().cast("int64"),
        acquisition_rows=placed.wins.sum().cast("int64"),
    )
    return asked.facts.engine.materialise(summed)


def _present(asked: Asked) -> list[str]:
    """The kinds that any row has, in the order of the vocabulary."""
    rows = asked.facts.table("cost")
    found = set(asked.facts.engine.to_arrow(rows.select("kind").distinct())["kind"].to_pylist())
    return [kind for kind in COST_KINDS if kind in found]


def _in_windows(asked: Asked, sums: ir.Table) -> ir.Table:
    bounds = _bounds(asked)
    parts = []
    for place, window in enumerate(asked.windows):
        after, until = bounds.index(window.opens_on), bounds.index(window.closes_on)
        held = sums.filter(sums.stretch <= until)
        parts.append(held.select("account_key", month=whole(place), **_parts(asked, held, after)))
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    names = [name for name in rows.columns if name not in KEYS]
    return rows.group_by(KEYS).aggregate(**{name: rows[name].sum().cast("int64") for name in names})


def _parts(asked: Asked, held: ir.Table, after: int) -> Mapping[str, ir.Value]:
    """What one stretch adds to a window that begins after the stretch numbered `after`."""
    inside, zero = held.stretch > after, whole(0)
    wins = asked.definitions.cost.acquisition
    return {
        **{
            column(kind): ibis.ifelse(inside, held[column(kind)], zero)
            for kind in kinds_there(held)
        },
        "running_rows": ibis.ifelse(inside, held.running_rows, zero),
        "acquisition_rows": held.acquisition_rows,
        "acquired_by_close": sum_of(held, wins),
    }


def _is_one_of(kind: ir.Value, kinds: Iterable[str]) -> ir.Value:
    listed = list(dict.fromkeys(kinds))
    return kind.isin(listed) if listed else ibis.literal(False)
