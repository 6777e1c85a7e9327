"""An axis: one non-overlapping dimension as a code that changes in steps.

Sets, counts and words all become an integer code whose changes add up, so that any number of
dimensions share one running sum, and cost grows with changes and never with months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.involvement.periods import Presence, merge_spans
from lichen.kernel.periods import FAR_MONTH


@dataclass(frozen=True)
class Axis:
    """One dimension in which an account has exactly one value at every month end.

    `values` are the texts by code. `steps` has account_key, month, step (all int64): the sum of
    an account's steps up to a month is its code, 0 where it has none. `steps` is None when all
    accounts stay at code 0. A `dated` axis has steps after month 0.
    """

    name: str
    values: tuple[str, ...]
    steps: ir.Table | None
    dated: bool


def constant_axis(name: str, value: str) -> Axis:
    """Everyone is at this value, always."""
    return Axis(name, (value,), None, dated=False)


def static_axis(presence: Presence, name: str, values: ir.Table, default: str) -> Axis:
    """An axis that never changes, from one text per account.

    Takes account_key, value; a null or missing value is `default`.
    """
    known = values.filter(values.value.notnull())
    words = distinct_words(presence, known, default)
    coded = with_code(presence, known, words)
    steps = coded.select("account_key", month=ibis.literal(0, "int64"), step=coded.code)
    return Axis(name, words, steps.filter(steps.step != 0), dated=False)


def distinct_words(presence: Presence, rows: ir.Table, default: str) -> tuple[str, ...]:
    """The distinct `value`s, sorted, after the default: their place is their code."""
    found = presence.facts.engine.to_arrow(rows.select("value").distinct())
    words = {word for word in found.column("value").to_pylist() if word is not None}
    return (default, *sorted(words - {default}))


def with_code(presence: Presence, rows: ir.Table, words: Sequence[str]) -> ir.Table:
    """The rows with the int64 `code` of their `value`."""
    table = pa.table(
        {"value": pa.array(words, pa.string()), "code": pa.array(range(len(words)), pa.int64())}
    )
    codes = presence.facts.engine.from_arrow(table)
    return rows.join(codes.select("code", word="value"), [("value", "word")]).drop("word")


def edges(spans: ir.Table, columns: Sequence[str] = ("step",)) -> ir.Table:
    """Each span's step `columns` where it begins, and the same taken away where it ends."""
    ending = spans.filter(spans.to_month < FAR_MONTH)
    begins = spans.select("account_key", *columns, month=spans.from_month)
    ends = ending.select(
        "account_key", **{name: -ending[name] for name in columns}, month=ending.to_month
    )
    return ibis.union(begins, ends, distinct=False)


def span_axis(name: str, words: tuple[str, ...], spans: ir.Table) -> Axis:
    """An axis from spans with a `step` (int64): the code is the sum over the open spans."""
    return Axis(name, words, edges(spans).select("account_key", "month", "step"), dated=True)


def yes_no_axis(name: str, spans: ir.Table) -> Axis:
    """`yes` while at least one span is open."""
    merged = merge_spans(spans.select("account_key", "from_month", "to_month"), ["account_key"])
    return span_axis(name, ("no", "yes"), merged.mutate(step=ibis.literal(1, "int64")))


def levels(steps: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Running sums of step columns, one row per account and month of change.

    Takes account_key, month and `columns`; gives the same columns as levels from that month on.
    """
    summed = steps.group_by("account_key", "month").agg(
        **{column: steps[column].sum().cast("int64") for column in columns}
    )
    so_far = ibis.window(group_by="account_key", order_by="month", preceding=None, following=0)
    return summed.select(
        "account_key",
        "month",
        **{column: summed[column].sum().over(so_far).cast("int64") for column in columns},
    )


def changes(coded: ir.Table) -> ir.Table:
    """Steps between successive codes, from account_key, month, code; an account begins at 0."""
    by_month = ibis.window(group_by="account_key", order_by="month")
    before = coded.code.lag(1).over(by_month).fill_null(ibis.literal(0, "int64"))
    steps = coded.select("account_key", "month", step=coded.code - before)
    return steps.filter(steps.step != 0)
