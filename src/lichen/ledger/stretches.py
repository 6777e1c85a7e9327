"""What of ARR is held by lines of one kind at every month end, from the changes of lines.

A line is open at the month ends from the month of its start up to, not including, the month of its
end. Between two changes nothing moves, so months are looked at where something changes, and no
account is looked at month by month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import ibis
import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.kernel.periods import FAR_MONTH, month_end, month_index

SHOWN = 3
Spans = tuple[tuple[date, date], ...]
"""First and last month end of each stretch."""


@dataclass(frozen=True)
class Stretch:
    """Month ends from `first` to `last`, on each of which the same lines are open.

    `held` is what lines in question hold of `total`, in minor units; `number` counts what they
    are about. Where ARR of some line is unknown, `is_known` is false.
    """

    first: date
    last: date
    total: int
    held: int
    number: int
    is_known: bool = True

    @property
    def share(self) -> float:
        """The share of ARR; 0 without any, or where some of it is unknown."""
        return self.held / self.total if self.total > 0 and self.is_known else 0.0


def open_months(lines: ir.Table, last: int) -> ir.Table:
    """Lines seen at some month end up to `last`, with the first `month` and `until`, the month of
    their end, at whose end they are no longer open.
    """
    ends = ibis.coalesce(_month(lines.ends_on), ibis.literal(FAR_MONTH, "int64"))
    dated = lines.mutate(month=_month(lines.starts_on), until=ends)
    return dated.filter(dated.month < dated.until, dated.month <= last)


def changes(lines: ir.Table, keys: Sequence[str], last: int, **amounts: ir.Value) -> ir.Table:
    """What lines of `open_months` add to and take from sums by `keys`, at month ends up to `last`.

    `amounts` are integers of a line. Columns: the keys, month, and the amounts, zeros left out.
    """
    started = lines.mutate(**amounts)
    ended = started.filter(started.until <= last)
    taken = ended.select(*keys, month=ended.until, **{name: -ended[name] for name in amounts})
    events = started.select(*keys, "month", *amounts).union(taken)
    return netted(events, keys, tuple(amounts))


def netted(events: ir.Table, keys: Sequence[str], names: Sequence[str]) -> ir.Table:
    """Events of one month together, those that come to nothing left out."""
    sums = {name: events[name].sum().cast("int64") for name in names}
    together = events.group_by([*keys, "month"]).aggregate(**sums)
    return together.filter(ibis.or_(*(together[name] != 0 for name in names)))


def spells(changed: ir.Table, keys: Sequence[str], names: Sequence[str], last: int) -> ir.Table:
    """The running sums of changes by `keys`: keys, from_month, to_month (not included), sums."""
    by = {"group_by": list(keys), "order_by": changed.month}
    following = changed.month.lead().over(**by)
    return changed.select(
        *keys,
        from_month=changed.month,
        to_month=ibis.coalesce(following, ibis.literal(last + 1, "int64")),
        **{name: changed[name].sum().over(rows=(None, 0), **by).cast("int64") for name in names},
    )


def starts_and_ends(spans: ir.Table, keys: Sequence[str], names: Sequence[str]) -> ir.Table:
    """Spells as changes again: what begins, and what ends, of the named sums."""
    begun = spans.select(*keys, *names, month=spans.from_month)
    done = spans.select(*keys, **{n: -spans[n] for n in names}, month=spans.to_month)
    return netted(begun.union(done.select(*begun.columns)), keys, names)


def stretches(engine: Engine, lines: ir.Table, held: ir.Table, last: int) -> list[Stretch]:
    """The course of ARR over all month ends up to `last`, oldest first.

    `lines` are of `open_months` with their `value`, null where it is unknown; `held` are
    changes of the sums `number` and `value` of the lines in question.
    """
    zero = ibis.literal(0, "int64")
    whole = changes(
        lines,
        (),
        last,
        total=lines.value.fill_null(0).cast("int64"),
        unknown=lines.value.isnull().cast("int64"),
    ).mutate(held=zero, number=zero)
    names = ("total", "unknown", "held", "number")
    part = held.select("month", "number", held=held.value, total=zero, unknown=zero)
    events = whole.select("month", *names).union(part.select("month", *names))
    rows = engine.to_arrow(netted(events, (), names).order_by("month")).to_pylist()
    return list(_course([row for row in rows if row["month"] <= last], last))


def _course(rows: Sequence[dict[str, int]], last: int) -> Iterator[Stretch]:
    """Stretches from what changes in each month."""
    total = unknown = held = number = 0
    months = [row["month"] for row in rows]
    for row, (start, stop) in zip(rows, pairwise([*months, last + 1]), strict=True):
        total, unknown = total + row["total"], unknown + row["unknown"]
        held, number = held + row["held"], number + row["number"]
        yield Stretch(month_end(start), month_end(stop - 1), total, held, number, not unknown)


def joined(found: Iterable[Stretch]) -> Spans:
    """First and last month ends, of stretches that follow on each other together."""
    spans: list[tuple[date, date]] = []
    for one in found:
        if spans and month_index(spans[-1][1]) + 1 == month_index(one.first):
            spans[-1] = (spans[-1][0], one.last)
        else:
            spans.append((one.first, one.last))
    return tuple(spans)


def in_words(spans: Spans) -> str:
    """Spans for a sentence, the latest named, earlier ones counted."""
    named = [f"from {a} to {b}" if a != b else f"on {a}" for a, b in spans[-SHOWN:]]
    more = len(spans) - len(named)
    return ", ".join(named) + (f" and in {more} earlier stretches" if more else "")


def _month(day: ir.Value) -> ir.Value:
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1
