"""Tables of costs for the run's folder: by kind and route, and where every cost row stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines.joins import left_join
from lichen.kernel.periods import Window
from lichen.revenue.calendar import whole
from lichen.revenue.gather import Gatherer, GroupSums
from lichen.revenue.outcomes.cost_rows import KEYS, at_list, column, costs, kinds_there
from lichen.revenue.outcomes.family import Asked
from lichen.vocabulary.definitions import Cost
from lichen.vocabulary.figure import groups_text
from lichen.vocabulary.grouping import Grouping
from lichen.vocabulary.roles import ROUTES

SERVED, NOT_SERVED, WITHOUT_ACCOUNT, TOTAL = "served", "not_served", "without_account", "total"
STANDINGS = (SERVED, NOT_SERVED, WITHOUT_ACCOUNT)
"""A cost row names an account served in the window, one that was not, or none."""

SHOWN_GROUPS = (
    "",
    *(groups_text({name: route}) for name in ("acquired_via", "served_via") for route in ROUTES),
)

LINES = pa.schema(
    [
        ("window_from", pa.date32()),
        ("window_to", pa.date32()),
        ("groups", pa.string()),
        ("kind", pa.string()),
        ("counts_as", pa.string()),
        ("amount_minor", pa.int64()),
        ("off_margin_minor", pa.int64()),
        ("accounts", pa.int64()),
    ]
)
RECONCILIATION = pa.schema(
    [
        ("window_from", pa.date32()),
        ("window_to", pa.date32()),
        ("line", pa.string()),
        ("kind", pa.string()),
        ("amount_minor", pa.int64()),
        ("accounts", pa.int64()),
    ]
)


def tables(asked: Asked, groupings: Sequence[Grouping]) -> Mapping[str, pa.Table]:
    """`cost_lines`: cost by kind of served accounts, whole base and routes, for each window.

    `off_margin_minor` is what of it the contribution margin takes off revenue.

    `cost_reconciliation`: every cost row of the window by where it stands; three lines and their
    total, by kind.
    """
    return {
        "cost_lines": pa.Table.from_pylist(list(_lines(asked, groupings)), schema=LINES),
        "cost_reconciliation": pa.Table.from_pylist(
            list(_reconciliation(asked)), schema=RECONCILIATION
        ),
    }


def standings(asked: Asked) -> list[Mapping[str, int | str]]:
    """Sums by window and standing: month, standing, a sum and a number of accounts by kind."""
    there = asked.served.select(*KEYS, is_served=whole(1))
    rows = left_join(costs(asked), there, KEYS)
    standing = ibis.cases(
        (rows.account_key.isnull(), WITHOUT_ACCOUNT),
        (rows.is_served.notnull(), SERVED),
        else_=NOT_SERVED,
    )
    placed = rows.mutate(standing=standing)
    sums = {name: value.sum().cast("int64") for name, value in _by_kind(placed).items()}
    summed = placed.group_by(["month", "standing"]).aggregate(**sums)
    found: list[Mapping[str, int | str]] = asked.facts.engine.to_arrow(summed).to_pylist()
    return found


def _by_kind(rows: ir.Table) -> dict[str, ir.Value]:
    """By kind: what was spent, and 1 where anything was."""
    zero, one = whole(0), whole(1)
    found: dict[str, ir.Value] = {}
    for kind in kinds_there(rows):
        found[column(kind)] = rows[column(kind)]
        found[f"n_{kind}"] = ibis.ifelse(rows[column(kind)] != 0, one, zero)
    return found


def _with_margin(words: Cost, rows: ir.Table) -> dict[str, ir.Value]:
    """By kind also what comes off the margin: nothing of what wins accounts, routes at list."""
    runs, zero = rows.running_rows > 0, whole(0)
    comes_off = {
        "serving": runs,
        "cost_of_revenue": runs,
        "routes": runs & rows.at_list.notnull(),
    }
    found = _by_kind(rows)
    for kind in kinds_there(rows):
        when = comes_off.get(words.group_of(kind) or "")
        amount = rows[column(kind)]
        found[f"off_{kind}"] = zero if when is None else ibis.ifelse(when, amount, zero)
    return found


def _lines(asked: Asked, groupings: Sequence[Grouping]) -> Iterator[Mapping[str, object]]:
    spent = costs(asked)
    rows = asked.served.select(*KEYS, "group_month").inner_join(
        spent.filter(spent.account_key.notnull()), KEYS
    )
    rows = left_join(rows, at_list(asked), KEYS)
    words = asked.definitions.cost
    measures = partial(_with_margin, words)
    kinds = kinds_there(spent)
    seen: frozenset[str] = frozenset()
    for grouping in groupings:
        gatherer = Gatherer(asked.facts.engine, _only_routes(grouping), seen)
        if not kinds or not gatherer.groups:
            continue
        sums = gatherer.at_points(rows, measures, range(len(asked.windows)))
        yield from _of_groups(words, asked.windows, sums, kinds)
        seen |= set(gatherer.groups)


def _only_routes(grouping: Grouping) -> Grouping:
    labels = grouping.labels.filter(grouping.labels.groups.isin(list(SHOWN_GROUPS)))
    cells = grouping.cells.semi_join(labels.select("cell").distinct(), "cell")
    return replace(grouping, labels=labels, cells=cells)


def _of_groups(
    words: Cost, windows: Sequence[Window], sums: GroupSums, kinds: Sequence[str]
) -> Iterator[Mapping[str, object]]:
    for row, groups in enumerate(sums.groups):
        for place, window in enumerate(windows):
            for kind in kinds:
                accounts = int(sums[f"n_{kind}"][row, place])
                if accounts:
                    yield {
                        "window_from": window.opens_on,
                        "window_to": window.closes_on,
                        "groups": groups,
                        "kind": kind,
                        "counts_as": words.group_of(kind),
                        "amount_minor": int(sums[column(kind)][row, place]),
                        "off_margin_minor": int(sums[f"off_{kind}"][row, place]),
                        "accounts": accounts,
                    }


def _reconciliation(asked: Asked) -> Iterator[Mapping[str, object]]:
    found = {(row["month"], row["standing"]): row for row in standings(asked)}
    for place, window in enumerate(asked.windows):
        for kind in kinds_there(costs(asked)):
            held = [found.get((place, name), {}) for name in STANDINGS]
            amounts = [int(row.get(column(kind), 0)) for row in held]
            accounts = [int(row.get(f"n_{kind}", 0)) for row in held[:2]]
            if not any((*amounts, *accounts)):
                continue
            lines = zip(
                (*STANDINGS, TOTAL),
                (*amounts, sum(amounts)),
                (*accounts, 0, sum(accounts)),
                strict=True,
            )
            for line, amount, of in lines:
                yield {
                    "window_from": window.opens_on,
                    "window_to": window.closes_on,
                    "line": line,
                    "kind": kind,
                    "amount_minor": amount,
                    "accounts": of,
                }
