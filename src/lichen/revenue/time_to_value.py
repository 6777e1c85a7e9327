"""Time to value: how soon new accounts get there, and whether as promised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.kernel.periods import Window, month_end
from lichen.ledger.facts import Facts, Measured, MeasureRequest
from lichen.revenue.calendar import month_of, whole
from lichen.revenue.counting import Counts, chosen, counts_at
from lichen.revenue.funnel import funnel_table
from lichen.revenue.gather import Gatherer
from lichen.revenue.levels import Levels, levels_of
from lichen.revenue.publish import Publisher
from lichen.revenue.reading import Waits, promise_kept, promise_slip, spread, until_half, within
from lichen.vocabulary.definitions import TimeToValue
from lichen.vocabulary.figure import Figure
from lichen.vocabulary.finding import Finding

MONTHS = 12
GO_LIVE = "go_live"
WITHIN_DAYS = (90, 180)

KNOWN_AFTER_DAYS = 30
"""Groups are those so many days after the start: who serves an account is seldom known at once."""

KEYS = ("month", "kind", "days", "cause")

NOT_MAPPED = "milestones_not_mapped"
GO_LIVE_FOR_VALUE = "go_live_stands_for_value"


class Kind(IntEnum):
    """What is waited for: value or going live since the start, or value since its promise."""

    VALUE = 0
    LIVE = 1
    PROMISE = 2


KIND_OF = {
    "time_to_value": Kind.VALUE,
    "value_within": Kind.VALUE,
    "go_live_spread": Kind.LIVE,
    "promise_kept": Kind.PROMISE,
    "promise_slip": Kind.PROMISE,
}
"""Which wait each metric is read off."""


class Cause(IntEnum):
    """How the wait ended."""

    OPEN = 0
    REACHED = 1
    CHURNED = 2


@dataclass(frozen=True)
class Milestones:
    """Which rows tell of the start (None = first subscription), of value and of going live."""

    start: str | None
    value: str
    live: str = GO_LIVE

    @property
    def is_go_live(self) -> bool:
        """Whether going live stands for value."""
        return self.value == self.live


def measure(request: MeasureRequest) -> Measured:
    """Figures of accounts that started in the months before the last month end, and a year before.

    Figures carry the window of 12 months that closes there and the parameter `starts`, how many
    months of starts are followed. Groups are those 30 days after each account's start. Facts
    without milestones give no figures. Tables: `value_funnel`, how many came to each milestone.
    """
    told = milestones_of(request.facts, request.definitions.time_to_value)
    levels = levels_of(request.facts, request.definitions)
    if told is None or levels.first_month is None:
        return Measured([], {}, [_not_mapped()] if told is None else [])
    request.progress("Time to value")
    closings = [levels.last_month]
    if levels.first_month <= levels.last_month - MONTHS:
        closings.append(levels.last_month - MONTHS)
    starts = request.definitions.time_to_value.starts_months
    parts = [waits(levels, told, closing, starts, place) for place, closing in enumerate(closings)]
    rows = request.facts.engine.materialise(ibis.union(*parts) if len(parts) > 1 else parts[0])
    windows = [Window(month_end(closing - MONTHS), month_end(closing)) for closing in closings]
    figures = list(_figures(request, rows, windows))
    table = funnel_table(levels, month_end(closings[0] - starts), month_end(closings[0]))
    findings = [_go_live_for_value()] if told.is_go_live else []
    return Measured(figures, {"value_funnel": table}, findings)


def milestones_of(facts: Facts, words: TimeToValue) -> Milestones | None:
    """The milestones that the workspace means, going live where value is not loaded; else None."""
    rows = facts.table("milestone")
    found = facts.engine.to_arrow(rows.select("milestone").distinct())["milestone"].to_pylist()
    value = next((name for name in (words.milestone, GO_LIVE) if name in found), None)
    if value is None:
        return None
    return Milestones(None if words.since == "start" else words.since, value)


def waits(levels: Levels, told: Milestones, closing: int, starts: int, place: int) -> ir.Table:
    """One row for each account and kind of wait: account_key, group_month, `KEYS`.

    Accounts that started in the `starts` months up to month index `closing`, as their waits stood
    at its end; `month` is the `place` given. Days count from the start, or from the promise.
    """
    day = ibis.date(month_end(closing))
    began = _started(levels, told, month_end(closing - starts), day)
    dated = left_join(began, _reached(levels.facts, told), ("account_key",))
    lost = _by(dated.ended_on, day)
    until = ibis.coalesce(lost, day)
    common = {
        "account_key": dated.account_key,
        "group_month": ibis.least(
            month_of((dated.started_on + ibis.interval(days=KNOWN_AFTER_DAYS)).cast("date")),
            whole(closing),
        ),
        "month": whole(place),
    }
    parts = []
    for kind, since, on in (
        (Kind.VALUE, dated.started_on, dated.value_on),
        (Kind.LIVE, dated.started_on, dated.live_on),
        (Kind.PROMISE, dated.promised_on, dated.value_on),
    ):
        reached = _by(on, day)
        # A milestone of the day of loss still counts; one after it is of another life.
        there = reached.notnull() & (reached <= until)
        cause = ibis.cases(
            (there, whole(Cause.REACHED)), (lost.notnull(), whole(Cause.CHURNED)), else_=whole(0)
        )
        ends = ibis.ifelse(there, ibis.greatest(reached, dated.started_on), until)
        waited = dated.select(
            **common,
            kind=whole(kind),
            days=_days(ends, since),
            cause=cause.cast("int64"),
            due=since,
        )
        if kind is Kind.PROMISE:
            waited = waited.filter(waited.due <= day)
        parts.append(waited.drop("due"))
    return ibis.union(*parts)


def _started(levels: Levels, told: Milestones, after: object, day: ir.Value) -> ir.Table:
    """account_key, started_on, ended_on of accounts that started after one day, up to another."""
    lives = levels.lives
    if told.start is not None:
        rows = levels.facts.table("milestone")
        begins = rows.filter(rows.milestone == told.start, rows.reached_on.notnull())
        begins = begins.group_by("account_key").aggregate(started_on=begins.reached_on.min())
        lives = lives.drop("started_on").inner_join(begins, "account_key")
        lives = lives.filter(lives.ended_on.isnull() | (lives.ended_on > lives.started_on))
    within = lives.filter(lives.started_on > ibis.date(after), lives.started_on <= day)
    return within.select("account_key", "started_on", "ended_on")


def _reached(facts: Facts, told: Milestones) -> ir.Table:
    """account_key, and when value and going live were reached, and value was promised."""
    rows = facts.table("milestone")
    value, live = rows.milestone == told.value, rows.milestone == told.live
    return rows.group_by("account_key").aggregate(
        value_on=rows.reached_on.min(where=value),
        live_on=rows.reached_on.min(where=live),
        promised_on=rows.promised_on.min(where=value),
    )


def _by(on: ir.Value, day: ir.Value) -> ir.Value:
    """The day of an event, empty where it lies after `day`."""
    return ibis.ifelse(on <= day, on, ibis.null("date"))


def _days(ends: ir.Value, since: ir.Value) -> ir.Value:
    return ends.delta(since, unit="day").cast("int64")


def _figures(
    request: MeasureRequest, rows: ir.Table, windows: Sequence[Window]
) -> Iterator[Figure]:
    publisher = Publisher(request.definitions, request.run_id, ("time_to_value",))
    starts = f"starts={request.definitions.time_to_value.starts_months}"
    seen: frozenset[str] = frozenset()
    for grouping in request.groupings:
        gatherer = Gatherer(request.facts.engine, grouping, seen)
        for groups, counts in counts_at(gatherer, rows, KEYS):
            for place, window in enumerate(windows):
                here = chosen(counts, month=place)
                yield from _of_group(publisher, groups, window, starts, here)
        seen |= set(gatherer.groups)


def _of_group(
    publisher: Publisher, groups: str, window: Window, starts: str, counts: Counts
) -> Iterator[Figure]:
    rules = publisher.definitions.scorecard
    value, live, promise = (Waits(chosen(counts, kind=kind), rules) for kind in Kind)
    if not value.n and groups:
        return
    read = [
        ("time_to_value", starts, until_half(value)),
        *(("value_within", f"days={d},{starts}", within(value, d)) for d in WITHIN_DAYS),
        ("go_live_spread", starts, spread(live)),
    ]
    if promise.n or not groups:
        read += [
            ("promise_kept", starts, promise_kept(promise)),
            ("promise_slip", starts, promise_slip(promise)),
        ]
    for name, parameters, estimate in read:
        yield publisher.estimate(name, groups, window, parameters, estimate)


def _not_mapped() -> Finding:
    return Finding(
        code=NOT_MAPPED,
        entity="milestone",
        count=0,
        sentence=(
            "No feed tells when customers reached value or went live, so time to value has no "
            "base; add a milestone feed, or name the milestone in [time_to_value]."
        ),
        metrics=tuple(KIND_OF),
    )


def _go_live_for_value() -> Finding:
    return Finding(
        code=GO_LIVE_FOR_VALUE,
        entity="milestone",
        count=0,
        sentence=(
            "No feed tells when customers reached the milestone of [time_to_value], so going live "
            "stands for value; add such milestones to see value itself."
        ),
        metrics=tuple(name for name in KIND_OF if name != "go_live_spread"),
    )
