"""Retention of cohorts: NRR, GRR, logo retention and their parts, rolling at every month end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import ibis
import ibis.expr.types as ir

from lichen.kernel.periods import Window, month_end
from lichen.ledger.facts import Facts, Measured, MeasureRequest
from lichen.revenue.cohort import cohort_measures, complete
from lichen.revenue.dominant import (
    DOMINANT_ACCOUNT,
    Dominance,
    dominant_finding,
    dominant_groups,
)
from lichen.revenue.gather import Gatherer, GroupSums, Measures
from lichen.revenue.levels import Levels, levels_of
from lichen.revenue.publish import Publisher, RatioSpec, windows_of
from lichen.revenue.spans import end_points, rolling_windows, window_points
from lichen.vocabulary.figure import Figure

MONTHS = 12

RATIOS = (
    RatioSpec("nrr", "y", "x", "n", ("xx", "xy", "yy")),
    RatioSpec("nrr_as_booked", "b", "x", "n", ("xx", "xb", "bb")),
    RatioSpec("grr", "kept", "x", "n", ("xx",)),
    RatioSpec("logo_retention", "retained", "n", "n"),
    RatioSpec("expansion_rate", "z", "x", "n", ("xx", "xz", "zz")),
    RatioSpec("contraction_rate", "contracted", "x", "n", ("xx",)),
    RatioSpec("churn_rate", "churned", "x", "n", ("xx",)),
)
"""Every ratio on the cohort, by the sums of `cohort_measures` and `complete`."""


def measure(request: MeasureRequest) -> Measured:
    """Cohort figures of all rolling 12-month windows and of the extra windows asked for.

    Windows without a cohort are published for the whole base; facts without any line give none.

    Tables: `end_points`, one row for each account with ARR at either end of the latest 12 months.

    Raises:
        RateMissing: ARR in a foreign currency meets a month end without a fresh rate.
    """
    request.progress("Retention windows")
    levels = levels_of(request.facts, request.definitions)
    spans = request.facts.engine.materialise(rolling_windows(levels, MONTHS))
    opens, closes = levels.last_month - MONTHS, levels.last_month
    latest = end_points(levels, opens, closes)
    windows = extra_windows(request.windows, levels.last_month)
    retention = _Retention(request, levels, spans, latest, windows)
    figures: list[Figure] = []
    published: frozenset[str] = frozenset()
    dominated: dict[str, Dominance] = {}
    for grouping in request.groupings if levels.first_month is not None else ():
        request.progress(f"Retention by {', '.join(grouping.dimensions) or 'the whole base'}")
        gatherer = Gatherer(request.facts.engine, grouping, published)
        found = retention.dominated(gatherer)
        figures += retention.rolling(gatherer, found)
        figures += retention.asked(gatherer)
        published |= set(gatherer.groups)
        dominated |= found
    rules = request.definitions.scorecard
    findings = [dominant_finding(dominated, rules)] if dominated else []
    return Measured(figures, {"end_points": end_points_table(request.facts, latest)}, findings)


class _Retention:
    """One measurement under way: what the groupings share."""

    def __init__(
        self,
        request: MeasureRequest,
        levels: Levels,
        spans: ir.Table,
        latest: ir.Table,
        windows: Sequence[Window],
    ) -> None:
        self.rules = request.definitions.scorecard
        self.levels = levels
        self.spans = spans
        self.latest = latest
        self.windows = windows
        self.points = cohort_points(levels, windows) if windows else None
        self.publisher = Publisher(request.definitions, request.run_id)

    def dominated(self, gatherer: Gatherer) -> dict[str, Dominance]:
        month = self.levels.last_month - MONTHS
        found = dominant_groups(gatherer.engine, self.latest, gatherer.grouping, month, self.rules)
        return {group: found[group] for group in gatherer.groups if group in found}

    def rolling(self, gatherer: Gatherer, dominated: Mapping[str, Dominance]) -> Iterator[Figure]:
        sums = rolling_sums(self.levels, self.spans, gatherer)
        windows = windows_of(sums.months, MONTHS)
        codes = dict.fromkeys(dominated, (DOMINANT_ACCOUNT,))
        for spec in RATIOS:
            yield from self.publisher.ratios(spec, sums, windows, codes=codes)

    def asked(self, gatherer: Gatherer) -> Iterator[Figure]:
        if self.points is None:
            return
        sums = window_sums(self.levels, self.points, len(self.windows), gatherer)
        for spec in RATIOS:
            yield from self.publisher.ratios(spec, sums, self.windows)


def rolling_sums(levels: Levels, spans: ir.Table, gatherer: Gatherer) -> GroupSums:
    """The sums of every rolling window, from the first with a cohort to the last month end."""
    last = levels.last_month
    first = last if levels.first_month is None else min(levels.first_month + MONTHS, last)
    months = range(first, last + 1)
    return complete(gatherer.over_spans(spans, _measures(levels), months, MONTHS))


def cohort_points(levels: Levels, windows: Sequence[Window]) -> ir.Table:
    """The cohorts of several windows straight from their end points, without events."""
    points = window_points(levels, windows)
    return levels.facts.engine.materialise(points.filter(points.opening > 0))


def window_sums(levels: Levels, points: ir.Table, windows: int, gatherer: Gatherer) -> GroupSums:
    """The sums of windows from their `cohort_points`, a column for each."""
    return complete(gatherer.at_points(points, _measures(levels), range(windows)))


def _measures(levels: Levels) -> Measures:
    return partial(cohort_measures, booked=levels.foreign is not None)


def extra_windows(windows: Sequence[Window], last_month: int) -> list[Window]:
    """The windows asked for, less those that rolling gives anyway, each once."""
    rolling = Window(month_end(last_month - MONTHS), month_end(last_month))
    return sorted({window for window in windows if window != rolling})


def end_points_table(facts: Facts, points: ir.Table) -> ir.Table:
    """Per account: ARR at both ends in minor units, what was kept, and what became of it."""
    accounts = facts.table("account").select("account_key", "account_id")
    named = points.inner_join(accounts, "account_key")
    status = ibis.cases(
        (named.opening <= 0, "joined"),
        (named.closing <= 0, "churned"),
        (named.closing < named.opening, "contracted"),
        (named.closing > named.opening, "expanded"),
        else_="kept",
    )
    return named.select(
        "account_key",
        "account_id",
        arr_opening_minor=named.opening,
        arr_closing_minor=named.closing,
        arr_closing_booked_minor=named.booked,
        kept_minor=ibis.least(named.opening, named.closing),
        in_cohort=named.opening > 0,
        status=status,
    ).order_by("account_key")
