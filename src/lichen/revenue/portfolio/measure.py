"""Figures and tables of the partner portfolio, of coverage, and of decided opportunities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.kernel.periods import Window, month_end, month_index
from lichen.ledger.facts import Measured, MeasureRequest
from lichen.revenue.calendar import whole
from lichen.revenue.gather import Gatherer, GroupSums
from lichen.revenue.levels import Levels, levels_of
from lichen.revenue.portfolio.accounts import Served, account_measures
from lichen.revenue.portfolio.coverage import BY_SIZE, coverage_figures, coverage_table, sized
from lichen.revenue.portfolio.deals import KINDS, deal_measures, decided
from lichen.revenue.portfolio.figures import (
    account_figures,
    attached_by_kind,
    concentration_figures,
    counted,
)
from lichen.revenue.portfolio.findings import findings
from lichen.revenue.portfolio.partners import (
    OnDay,
    certified,
    last_seen,
    on_day,
    partners_of,
    portfolio_table,
)
from lichen.revenue.publish import Publisher, RatioSpec
from lichen.vocabulary.figure import Figure

MONTHS = 12


def measure(request: MeasureRequest) -> Measured:
    """The portfolio on the last two closing days, a year apart, and what moved in each window.

    Partners, what hangs on them and attach rates need the partner feed; coverage needs csm_key and
    involvement; win rates need opportunities. Tables: `portfolio`, one row a partner; `coverage`,
    accounts and ARR by who covers them.

    Raises:
        RateMissing: a foreign amount meets a closing day without a fresh rate.
    """
    levels = levels_of(request.facts, request.definitions)
    if levels.first_month is None:
        return Measured([], {})
    windows = _windows(levels, request.windows)
    figures = list(_won(request, windows))
    served = Served(request.facts, levels, request.groupings)
    has_partners = request.facts.is_mapped("partner")
    if not has_partners and served.practice is None:
        return Measured(figures, {}, findings(served, 0))
    years = [window for window in windows if window.months == MONTHS][:2]
    rows = [
        served.at(month_index(year.closes_on), ahead=place == 0) for place, year in enumerate(years)
    ]
    there = request.facts.engine.materialise(placed(rows, years))
    sums = [
        gatherer.at_points(there, account_measures, range(len(years)))
        for gatherer in _gathered(request, "Portfolio")
    ]
    tables: dict[str, pa.Table | ir.Table] = {}
    if has_partners:
        days = _days(request, served, years, rows)
        figures += _of_partners(request, served, sums, days, rows, years, windows)
        tables["portfolio"] = _table(request, days[0])
    if served.practice is not None:
        sizes = sized(request.facts, rows[0], levels.last_month)
        figures += _covered(request, sums, sizes, years[0])
        tables["coverage"] = coverage_table(sums, sizes)
    return Measured(figures, tables, findings(served, _shared(request, rows[0])))


def placed(rows: Sequence[ir.Table], windows: Sequence[Window]) -> ir.Table:
    """Accounts of several closing days, in the groups of those days."""
    parts = [
        each.mutate(month=whole(place), group_month=whole(month_index(window.closes_on)))
        for place, (each, window) in enumerate(zip(rows, windows, strict=True))
    ]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _windows(levels: Levels, extra: Sequence[Window]) -> list[Window]:
    """The latest year, the year before where there are facts, then the others asked for."""
    last = levels.last_month
    assert levels.first_month is not None
    years = [last] + ([last - MONTHS] if levels.first_month <= last - MONTHS else [])
    rolling = [Window(month_end(month - MONTHS), month_end(month)) for month in years]
    return list(dict.fromkeys((*rolling, *sorted(extra))))


def _gathered(request: MeasureRequest, what: str) -> Iterator[Gatherer]:
    seen: frozenset[str] = frozenset()
    for grouping in request.groupings:
        request.progress(f"{what} by {', '.join(grouping.dimensions) or 'the whole base'}")
        gatherer = Gatherer(request.facts.engine, grouping, seen)
        yield gatherer
        seen |= set(gatherer.groups)


def _won(request: MeasureRequest, windows: Sequence[Window]) -> Iterator[Figure]:
    if not request.facts.is_mapped("opportunity", "closed_on"):
        return
    publisher = Publisher(request.definitions, request.run_id)
    deals = request.facts.engine.materialise(decided(request.facts, windows))
    for gatherer in _gathered(request, "Win rates"):
        sums = gatherer.at_points(deals, deal_measures, range(len(windows)))
        for customers in KINDS:
            spec = RatioSpec("win_rate", f"{customers}_won", customers, customers)
            asked = f"customers={customers}"
            yield from publisher.ratios(spec, sums, windows, parameters=asked)


def _covered(
    request: MeasureRequest,
    sums: Sequence[GroupSums],
    sizes: Sequence[tuple[str, GroupSums]],
    year: Window,
) -> Iterator[Figure]:
    publisher = Publisher(request.definitions, request.run_id, also=("involvement",))
    for each in sums:
        yield from coverage_figures(publisher, each, year)
    for size, each in sizes:
        yield from coverage_figures(publisher, each, year, parameters=f"{BY_SIZE}={size}")


def _shared(request: MeasureRequest, rows: ir.Table) -> int:
    """Accounts that several partners serve."""
    several = rows.filter(rows.partners > 1)
    return int(request.facts.engine.to_arrow(several.aggregate(n=several.count()))["n"][0].as_py())


def _days(
    request: MeasureRequest, served: Served, years: Sequence[Window], rows: Sequence[ir.Table]
) -> list[OnDay]:
    partners = partners_of(request.facts)
    return [
        on_day(served, request.definitions, partners, year.closes_on, each)
        for year, each in zip(years, rows, strict=True)
    ]


def _of_partners(
    request: MeasureRequest,
    served: Served,
    sums: Sequence[GroupSums],
    days: Sequence[OnDay],
    rows: Sequence[ir.Table],
    years: Sequence[Window],
    windows: Sequence[Window],
) -> Iterator[Figure]:
    publisher = Publisher(request.definitions, request.run_id, also=("involvement", "portfolio"))
    yield from counted(publisher, days, years, windows)
    if served.serving is not None:
        due = request.facts.is_mapped("renewal")
        for each in sums:
            yield from account_figures(publisher, each, years, due=due)
        yield from attached_by_kind(publisher, sums, years)
        for there, held, year in zip(days, rows, years, strict=True):
            yield from concentration_figures(publisher, served, there, held, year)


def _table(request: MeasureRequest, there: OnDay) -> pa.Table:
    last_on = last_seen(request.facts, request.definitions, there.day)
    return portfolio_table(there, last_on, certified(request.facts, there.day))
