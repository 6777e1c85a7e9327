"""Figures of every family that the facts allow, gathered once for each grouping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines.joins import left_join
from lichen.kernel.errors import UnknownName
from lichen.kernel.periods import Window, month_end
from lichen.ledger.facts import Facts, Measured, MeasureRequest
from lichen.revenue.calendar import whole
from lichen.revenue.gather import Gatherer, GroupSums
from lichen.revenue.levels import Levels, levels_of
from lichen.revenue.outcomes import (
    acquisition,
    adoption,
    advocacy,
    commitment,
    cost_to_serve,
    embeddedness,
    goals,
    growth,
    ratings,
    sentiment,
    wallet,
)
from lichen.revenue.outcomes.family import Amount, Asked, Family, Share
from lichen.revenue.outcomes.own_groups import names_own, of_accounts, of_facts
from lichen.revenue.outcomes.population import served
from lichen.revenue.outcomes.sums import measures_of, ratio_spec
from lichen.revenue.publish import Publisher
from lichen.vocabulary.figure import Figure

MONTHS = 12
FAMILIES: tuple[Family, ...] = (
    adoption.FAMILY,
    cost_to_serve.FAMILY,
    acquisition.FAMILY,
    goals.GOALS,
    goals.ATTAINMENT,
    sentiment.FAMILY,
    ratings.FAMILY,
    advocacy.FAMILY,
    advocacy.REFERRALS,
    commitment.FAMILY,
    growth.FAMILY,
    wallet.FAMILY,
    embeddedness.FAMILY,
)
"""Every family there is; a new one is added here and in the catalogue."""

KEYS = ("account_key", "month")
POPULATION = (*KEYS, "group_month", "opening", "closing", "revenue", "months_served")


def measure(request: MeasureRequest) -> Measured:
    """Outcomes of the latest 12 months, of the 12 before, and of the extra windows asked for.

    Families whose facts are not mapped publish nothing. Tables: `outcomes`, one row for each
    account served in the latest 12 months, with every feature that figures sum.

    Raises:
        RateMissing: ARR in a foreign currency meets a month end without a fresh rate.
    """
    levels = levels_of(request.facts, request.definitions)
    there = [family for family in FAMILIES if family.is_mapped(request.facts)]
    if not there or levels.first_month is None:
        return Measured([], {})
    windows = _windows(levels, request.windows)
    asked = Asked(request.facts, request.definitions, levels, windows, served(levels, windows))
    rows = _together(asked, there, request)
    figures = list(_published(rows, asked, there, request))
    findings = [each for family in there if family.findings for each in family.findings(asked)]
    tables: dict[str, pa.Table | ir.Table] = {"outcomes": account_table(request.facts, rows, 0)}
    for family in there:
        tables |= family.tables(asked, request.groupings) if family.tables else {}
    return Measured(figures, tables, findings)


def outcomes_in(asked: Asked) -> ir.Table:
    """Features of every family for the windows asked about, one row an account and window."""
    there = [family for family in FAMILIES if family.is_mapped(asked.facts)]
    return joined(asked, [asked.facts.engine.materialise(each.features(asked)) for each in there])


def wanted(metric: str, parameters: str) -> Share | Amount:
    """The question of some family that figures of this metric and these parameters answer.

    Raises:
        UnknownName: no family has it.
    """
    every = {
        (figure.metric, figure.parameters): figure
        for family in FAMILIES
        for figure in family.figures
    }
    try:
        return every[metric, parameters]
    except KeyError:
        raise UnknownName("outcome", metric, [name for name, _ in every]) from None


def own_rows(asked: Asked, metric: str, groups: str) -> ir.Table | None:
    """Rows behind a figure whose facts name its groups themselves; None where accounts do."""
    for family in FAMILIES:
        own = family.own_groups
        if own and metric in {each.metric for each in family.figures} and names_own(own, groups):
            rows = own.rows(asked)
            return rows.filter(rows.groups == groups).drop("groups")
    return None


def _windows(levels: Levels, extra: Iterable[Window]) -> tuple[Window, ...]:
    """The latest year first, then the year before where there are facts, then the others."""
    last = levels.last_month
    assert levels.first_month is not None
    years = [last] + ([last - MONTHS] if levels.first_month <= last - MONTHS else [])
    rolling = [Window(month_end(month - MONTHS), month_end(month)) for month in years]
    return tuple(dict.fromkeys((*rolling, *sorted(extra))))


def _together(asked: Asked, families: Sequence[Family], request: MeasureRequest) -> ir.Table:
    engine = asked.facts.engine
    tables = []
    for family in families:
        request.progress(f"Outcomes: {family.name}")
        tables.append(engine.materialise(family.features(asked)))
    return engine.materialise(joined(asked, tables))


def joined(asked: Asked, tables: Sequence[ir.Table]) -> ir.Table:
    """The served accounts with the features of every table, 0 where they have none."""
    rows = asked.served.select(*POPULATION, served_n=whole(1))
    for table in tables:
        rows = left_join(rows, table, KEYS)
    zero = whole(0)
    filled = {
        name: ibis.coalesce(rows[name], zero) for name in rows.columns if name not in POPULATION
    }
    return rows.select(*POPULATION, **filled)


def _published(
    rows: ir.Table, asked: Asked, families: Sequence[Family], request: MeasureRequest
) -> Iterator[Figure]:
    wanted = [figure for family in families for figure in family.figures]
    publisher = Publisher(request.definitions, request.run_id)
    places = range(len(asked.windows))
    seen: frozenset[str] = frozenset()
    for grouping in request.groupings:
        request.progress(f"Outcomes by {', '.join(grouping.dimensions) or 'the whole base'}")
        gatherer = Gatherer(asked.facts.engine, grouping, seen)
        sums = gatherer.at_points(rows, measures_of(wanted), places)
        for family in families:
            theirs = of_accounts(sums, family.own_groups) if family.own_groups else sums
            for figure in family.figures:
                yield from _figures(publisher, figure, theirs, asked.windows)
        seen |= set(gatherer.groups)
    asked_by = {name for grouping in request.groupings for name in grouping.dimensions}
    for family in families:
        if family.own_groups and asked_by & set(family.own_groups.dimensions):
            told = of_facts(asked.facts.engine, family.own_groups.rows(asked), family, places)
            for figure in family.figures:
                yield from _figures(publisher, figure, told, asked.windows)


def _figures(
    publisher: Publisher, wanted: Share | Amount, sums: GroupSums, windows: Sequence[Window]
) -> Iterator[Figure]:
    if isinstance(wanted, Share):
        yield from publisher.ratios(ratio_spec(wanted), sums, windows, parameters=wanted.parameters)
        return
    for row, groups in enumerate(sums.groups):
        for place, window in enumerate(windows):
            n = int(sums[wanted.count][row, place])
            if n or not groups:
                amount = int(sums[wanted.feature][row, place])
                yield publisher.amount(wanted.metric, groups, window, amount, n, wanted.parameters)


def account_table(facts: Facts, rows: ir.Table, place: int) -> ir.Table:
    """The features of one window by account, with the account's id, in the order of keys."""
    accounts = facts.table("account").select("account_key", "account_id")
    there = rows.filter(rows.month == place).drop("month", "group_month")
    named = there.inner_join(accounts, "account_key")
    return named.select(
        "account_key",
        "account_id",
        *(name for name in there.columns if name != "account_key"),
    ).order_by("account_key")
