"""Who covers an account: a CSM, a partner practice, both, or nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.kernel.periods import FAR_MONTH, Window
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.revenue.gather import Gatherer, GroupSums
from lichen.revenue.portfolio.accounts import CELLS, account_measures
from lichen.revenue.publish import Publisher, RatioSpec, is_partner_side
from lichen.vocabulary.figure import Figure, parse_groups
from lichen.vocabulary.grouping import Grouping

RATIOS = (
    RatioSpec("uncovered_accounts", "neither_n", "n", "n"),
    RatioSpec("uncovered_arr", "neither_arr", "arr", "n", ("arr*arr",)),
)

SIZES = ((1, "1-49"), (50, "50-249"), (250, "250-999"), (1000, "1000+"))
"""Bands of employees, each from its number up to the next."""

UNKNOWN = "unknown"
BY_SIZE = "employees"

SCHEMA = pa.schema(
    [
        ("dimension", pa.string()),
        ("value", pa.string()),
        ("cell", pa.string()),
        ("accounts", pa.int64()),
        ("arr_minor", pa.int64()),
    ]
)


def coverage_figures(
    publisher: Publisher, sums: GroupSums, window: Window, parameters: str = ""
) -> Iterator[Figure]:
    """Shares of accounts and ARR without cover at the close, by what accounts are.

    Groups by what partners do are left out: they are made of the cover itself.
    """
    kept = only(sums, [group for group in sums.groups if not is_partner_side(group)], 1)
    for spec in RATIOS:
        yield from publisher.ratios(spec, kept, [window], parameters=parameters)


def coverage_table(sums: Sequence[GroupSums], sizes: Sequence[tuple[str, GroupSums]]) -> pa.Table:
    """dimension, value, cell, accounts, arr_minor: the four cells of every group of its own.

    The whole base has an empty dimension; size bands stand under `employees`.
    """
    rows = [row for each in sums for row in _rows(each)]
    rows += [row for size, each in sizes for row in _cells(each, 0, BY_SIZE, size)]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def sized(facts: Facts, rows: ir.Table, month: int) -> list[tuple[str, GroupSums]]:
    """The sums of accounts by their band of employees; none where employees are not mapped."""
    if not facts.is_mapped("account", "employees"):
        return []
    there = rows.mutate(month=whole(0), group_month=whole(month))
    gatherer = Gatherer(facts.engine, _bands(facts))
    sums = gatherer.at_points(there, account_measures, range(1))
    apart = ((name, only(sums, [name])) for name in (*(name for _, name in SIZES), UNKNOWN))
    return [
        (name, GroupSums(("",), each.months, each.sums)) for name, each in apart if each["n"][0, 0]
    ]


def only(sums: GroupSums, groups: Sequence[str], months: int | None = None) -> GroupSums:
    """The sums of some groups, and of the first months only where `months` says how many."""
    places = [sums.groups.index(group) for group in groups]
    held = {name: values[places, :months] for name, values in sums.sums.items()}
    return GroupSums(tuple(groups), sums.months[:months], held)


def in_band(facts: Facts, size: str) -> ir.Table:
    """account_key of the accounts in a band of employees."""
    bands = _bands(facts)
    named = bands.labels.filter(bands.labels.groups == size).select("cell")
    return bands.cells.semi_join(named, "cell").select("account_key")


def _bands(facts: Facts) -> Grouping:
    """Bands of employees as a grouping whose labels are the bands' names."""
    accounts = facts.table("account")
    steps = [
        (accounts.employees >= start, place) for place, (start, _) in reversed([*enumerate(SIZES)])
    ]
    cell = ibis.cases(*steps, else_=len(SIZES)).cast("int64")
    labels = pa.table(
        {
            "cell": pa.array(range(len(SIZES) + 1), pa.int64()),
            "groups": [*(name for _, name in SIZES), UNKNOWN],
        }
    )
    cells = accounts.select(
        "account_key", cell=cell, from_month=whole(0), to_month=whole(FAR_MONTH)
    )
    return Grouping(BY_SIZE, (BY_SIZE,), cells, facts.engine.from_arrow(labels), dated=False)


def _rows(sums: GroupSums) -> Iterator[dict[str, object]]:
    for row, groups in enumerate(sums.groups):
        named = parse_groups(groups)
        if len(named) > 1 or is_partner_side(groups):
            continue
        dimension, value = next(iter(named.items()), ("", ""))
        yield from _cells(sums, row, dimension, value)


def _cells(sums: GroupSums, row: int, dimension: str, value: str) -> Iterator[dict[str, object]]:
    if not sums["n"][row, 0]:
        return
    for cell in CELLS:
        yield {
            "dimension": dimension,
            "value": value,
            "cell": cell,
            "accounts": int(sums[f"{cell}_n"][row, 0]),
            "arr_minor": int(sums[f"{cell}_arr"][row, 0]),
        }
