"""Tenure: how long accounts stay, as curves and restricted means by group."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from lichen.engines.joins import left_join
from lichen.inference.survival import SurvivalCurve, kaplan_meier
from lichen.kernel.periods import Window, month_end, month_index
from lichen.ledger.facts import Measured, MeasureRequest
from lichen.revenue.calendar import month_of, whole
from lichen.revenue.cohorts import cohort_table
from lichen.revenue.counting import Counts, counts_in_cells
from lichen.revenue.gather import Gatherer
from lichen.revenue.levels import Levels, levels_of
from lichen.revenue.publish import Estimate, Publisher
from lichen.revenue.spans import standing
from lichen.vocabulary.definitions import Definitions, Scorecard
from lichen.vocabulary.figure import Figure, Verdict, parse_groups
from lichen.vocabulary.grouping import Grouping

MONTHS = 12
HORIZONS = (24, 60)
"""Months up to which mean tenure is told; the longer needs as long a history."""

DRAWN = frozenset({"involved", "acquired_via", "served_via", "segment"})
"""Dimensions whose groups have their curve in the run's table, beside all accounts."""

KEYS = ("entry", "left", "ended", "final")
CURVE_COLUMNS = ("groups", "month", "at_risk", "survival", "low", "high")


def measure(request: MeasureRequest) -> Measured:
    """Mean tenure at the last month end by every group, with the window of 12 months before it.

    Tables: `survival_curves`, the share not lost by month since the start, for all accounts and by
    involvement, routes and segment; `cohort_retention`, what was left of each quarter's starts.
    """
    levels = levels_of(request.facts, request.definitions)
    if levels.first_month is None:
        return Measured([], {})
    request.progress("Tenure")
    rows = request.facts.engine.materialise(followed(levels, request.definitions))
    window = Window(month_end(levels.last_month - MONTHS), month_end(levels.last_month))
    publisher = Publisher(request.definitions, request.run_id, ("tenure",))
    figures: list[Figure] = []
    drawn: list[tuple[str, SurvivalCurve, Counts]] = []
    seen: frozenset[str] = frozenset()
    for grouping in request.groupings:
        gatherer = Gatherer(request.facts.engine, grouping, seen)
        pieces = in_cells(rows, grouping)
        for groups, counts in counts_in_cells(gatherer, pieces, KEYS):
            curve = _curve(counts, request.definitions.scorecard)
            figures += _tenures(publisher, groups, window, counts, curve)
            if curve is not None and set(parse_groups(groups)) in _SINGLES:
                drawn.append((groups, curve, counts))
        seen |= set(gatherer.groups)
    tables: Mapping[str, pa.Table] = {
        "survival_curves": _curves_table(drawn),
        "cohort_retention": cohort_table(levels),
    }
    return Measured(figures, tables)


_SINGLES = (set(), *({name} for name in sorted(DRAWN)))


def followed(levels: Levels, definitions: Definitions) -> ir.Table:
    """Each account's life in months since its start: account_key, since, entry, left, ended.

    `since` is the month index of the start; at the end of month `since + k` an account is k months
    old. `left` is its age at the first month end without ARR (`ended` 1), or at the last month end
    (0). `entry` is its age from which on it is known that it would be there if it had been lost: 0,
    or its age at the end of the month of `[tenure] observed_from`; those lost by then are no part.
    """
    lives = left_join(levels.lives, _lost(levels), "account_key")
    lives = left_join(lives, levels.arrivals.select("account_key", arrived="since"), "account_key")
    since, last = month_of(lives.started_on), whole(levels.last_month)
    # Gone before its first month end: it was there, so it counts as lost at that month end.
    lost = ibis.ifelse(lives.arrived.isnull(), month_of(lives.ended_on), lives.lost)
    rows = lives.select(
        "account_key",
        since=since,
        entry=_entry(since, definitions),
        left=ibis.coalesce(lost, last) - since,
        ended=ibis.ifelse(lost.notnull(), whole(1), whole(0)),
    )
    return rows.filter((rows.entry == 0) | (rows.left > rows.entry))


def _lost(levels: Levels) -> ir.Table:
    """account_key, lost: the first month end without ARR after one with it."""
    spans = standing(levels)
    begins = spans.select("account_key", month=spans.from_month, held=whole(1))
    ends = spans.select("account_key", month=spans.to_month, held=whole(-1))
    moves = begins.union(ends.filter(ends.month <= levels.last_month))
    net = moves.group_by("account_key", "month").aggregate(held=moves.held.sum().cast("int64"))
    gone = net.filter(net.held < 0)
    return gone.group_by("account_key").aggregate(lost=gone.month.min())


def _entry(since: ir.Value, definitions: Definitions) -> ir.Value:
    observed = definitions.tenure.observed_from
    if observed is None:
        return whole(0)
    # What was lost in the month of that day may be missing in part, so it counts from its end on.
    return ibis.greatest(whole(month_index(observed)) - since, whole(0))


def in_cells(rows: ir.Table, grouping: Grouping) -> ir.Table:
    """The lives cut into what each spent in each cell: cell, `KEYS`, account_key.

    An account is at risk in a group only while it is in it: it enters at its age at the month end
    at which it is first there, and leaves with the group, unless it is lost from it. It is lost
    from the group in which it was at the month end before. `final` marks the piece in which its
    life ended or in which it still is; every account has one.
    """
    cells = grouping.cells
    if not grouping.dated:
        met = rows.inner_join(cells.select("account_key", "cell"), "account_key")
        return met.select("account_key", "cell", *KEYS[:3], final=whole(1))
    held = cells.select("cell", member="account_key", begins="from_month", ceases="to_month")
    met = rows.inner_join(
        held,
        [
            rows.account_key == held.member,
            held.begins <= rows.since + rows.left,
            rows.since < held.ceases,
        ],
    )
    entry = ibis.greatest(met.entry, met.begins - met.since)
    left = ibis.least(met.left, met.ceases - met.since)
    is_final = met.left <= met.ceases - met.since
    pieces = met.select(
        "account_key",
        "cell",
        entry=entry,
        left=left,
        ended=ibis.ifelse(is_final, met.ended, whole(0)),
        final=ibis.ifelse(is_final, whole(1), whole(0)),
    )
    return pieces.filter((pieces.left > pieces.entry) | ((pieces.left == 0) & (pieces.entry == 0)))


def _curve(counts: Counts, rules: Scorecard) -> SurvivalCurve | None:
    """The curve on ages one month later, so that who is lost in its first month was at risk."""
    if final(counts) < rules.minimum_count:
        return None
    entry = np.where(counts["entry"] > 0, counts["entry"] + 1, 0)
    return kaplan_meier(
        counts["left"] + 1,
        counts["ended"],
        entry=entry,
        weights=counts["n"],
        confidence=rules.confidence,
    )


def final(counts: Counts) -> int:
    """How many accounts were lost in the group or are still in it."""
    return int((counts["n"] * counts["final"]).sum())


def _tenures(
    publisher: Publisher,
    groups: str,
    window: Window,
    counts: Counts,
    curve: SurvivalCurve | None,
) -> Iterator[Figure]:
    n, lost = final(counts), int((counts["n"] * counts["ended"]).sum())
    if not n and groups:
        return
    for horizon in HORIZONS:
        if curve is None:
            read = Estimate(Verdict.NOT_ENOUGH_DATA, lost, n)
        else:
            read = tenure_at(curve, horizon, counts, publisher.definitions.scorecard, lost, n)
        yield publisher.estimate("tenure", groups, window, f"months={horizon}", read)


def tenure_at(
    curve: SurvivalCurve, horizon: int, counts: Counts, rules: Scorecard, lost: int, n: int
) -> Estimate:
    """The mean of the first `horizon` months that accounts stay, where enough are followed so far.

    Not told where fewer than `minimum_count` are followed to the horizon, where nobody is from the
    start, or where all at risk were gone at an earlier age.
    """
    emptied = curve.emptied_at is not None and curve.emptied_at <= horizon
    if followed_at(counts, horizon) < rules.minimum_count or curve.followed_from > 0 or emptied:
        return Estimate(Verdict.NOT_FOLLOWED, lost, n)
    mean = curve.restricted_mean(horizon + 1)
    if math.isnan(mean.value):
        return Estimate(Verdict.NOT_FOLLOWED, lost, n)
    return Estimate(Verdict.MEASURED, lost, n, mean.value - 1, mean.low - 1, mean.high - 1)


def followed_at(counts: Counts, month: int) -> int:
    """How many are followed up to this age, lost at it or later."""
    there = (counts["left"] >= month) & ((counts["entry"] < month) | (counts["entry"] == 0))
    return int(counts["n"][there].sum())


def _curves_table(drawn: Sequence[tuple[str, SurvivalCurve, Counts]]) -> pa.Table:
    """groups, month, at_risk, survival, low, high: a row for every month of age followed."""
    rows: list[tuple[object, ...]] = []
    for groups, curve, counts in sorted(drawn, key=lambda each: each[0]):
        for month in range(int(curve.times[-1])):
            # The curve's ages are a month later; see `_curve`.
            step = int(np.searchsorted(curve.times, month + 1, side="right")) - 1
            shares = [1.0] * 3
            if step >= 0:
                shares = [curve.survival[step], curve.low[step], curve.high[step]]
            known = (None if math.isnan(each) else float(each) for each in shares)
            rows.append((groups, month, followed_at(counts, month), *known))
    types = (pa.string(), pa.int64(), pa.int64(), *(3 * [pa.float64()]))
    return pa.table(
        [pa.array([row[k] for row in rows], kind) for k, kind in enumerate(types)],
        names=list(CURVE_COLUMNS),
    )
