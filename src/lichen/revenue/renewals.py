"""The renewals-due family: what became of the renewals that fell due in a window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import ibis
import ibis.expr.types as ir

from lichen.kernel.periods import Window, month_end, month_index
from lichen.ledger.facts import Facts, Measured, MeasureRequest
from lichen.revenue.calendar import whole
from lichen.revenue.due import (
    due_measures,
    in_home_currency,
    renewals_due,
    rolling_foreign,
)
from lichen.revenue.families import reconcile_families
from lichen.revenue.gather import Gatherer, GroupSums
from lichen.revenue.levels import Levels, levels_of
from lichen.revenue.publish import Publisher, RatioSpec, windows_of
from lichen.revenue.reconciliation import Reconciled, reconciliation_table
from lichen.vocabulary.figure import Figure
from lichen.vocabulary.finding import Finding, Severity

MONTHS = 12

RATIOS = (
    RatioSpec("renewal_rate", "renewed", "n", "n"),
    RatioSpec("renewal_gross", "kept", "x", "n", ("xx",)),
    RatioSpec("renewal_net", "y", "x", "n", ("xx", "xy", "yy")),
)

NOT_MAPPED = "renewals_not_mapped"
WITHOUT_AMOUNT = "renewed_without_amount"


def measure(request: MeasureRequest) -> Measured:
    """Renewal rates by count and value, rolling and for the windows asked for, with bounds.

    Decided renewals make the rates; those past due and undecided stay outside, and bound them in
    figures with the parameter `bound`. Groups are those at the opening of the window; an account
    that came later has its groups at its first start. Tables: `renewals_due`, one row for each
    renewal due in the latest 12 months; `reconciliation`, from cohort ARR to the renewals base.

    Raises:
        RateMissing: a foreign renewal meets an opening month end without a fresh rate.
    """
    levels = levels_of(request.facts, request.definitions)
    engine = request.facts.engine
    due = engine.materialise(renewals_due(levels))
    publisher = Publisher(request.definitions, request.run_id)
    last = levels.last_month
    latest = Window(month_end(last - MONTHS), month_end(last))
    windows = sorted({latest, *request.windows})
    latest_due = engine.materialise(in_window(levels, due, latest))
    figures: list[Figure] = []
    reconciled: list[Reconciled] = []
    published: frozenset[str] = frozenset()
    for grouping in request.groupings if request.facts.is_mapped("renewal") else ():
        request.progress(f"Renewals by {', '.join(grouping.dimensions) or 'the whole base'}")
        gatherer = Gatherer(engine, grouping, published)
        rolling = rolling_sums(levels, due, gatherer, MONTHS)
        figures += _ratios(publisher, rolling, windows_of(rolling.months, MONTHS))
        for window in windows:
            closing = window_sums(levels, due, gatherer, window)
            if window != latest:
                figures += _ratios(publisher, closing, [window])
            figures += _bounds(publisher, closing, window)
        reconciled += reconcile_families(levels, latest_due, gatherer)
        published |= set(gatherer.groups)
    return Measured(
        figures,
        {
            "renewals_due": renewals_table(request.facts, latest_due),
            "reconciliation": reconciliation_table(reconciled),
        },
        _findings(request.facts),
    )


def rolling_sums(levels: Levels, due: ir.Table, gatherer: Gatherer, months: int) -> GroupSums:
    """The sums of every window of `months` that ends at a month end up to the last."""
    last = levels.last_month
    first = last if levels.first_month is None else min(levels.first_month + months, last)
    wanted = range(first, last + 1)
    home = in_home_currency(levels, due)
    spans = home.mutate(from_month=home.due_month, to_month=home.due_month + months)
    foreign = rolling_foreign(levels, due, months)
    at_each = foreign.mutate(from_month=foreign.month, to_month=foreign.month + 1)
    spans = spans.union(at_each.select(*spans.columns))
    # In windows that opened before the account came, its groups are those of its first start.
    arrival = spans.first_month + months
    before = spans.mutate(
        to_month=ibis.least(spans.to_month, arrival), group_month=spans.first_month
    )
    since = spans.mutate(from_month=ibis.greatest(spans.from_month, arrival))
    joined_later = gatherer.over_spans(_not_empty(before), due_measures, wanted, months)
    there_already = gatherer.over_spans(_not_empty(since), due_measures, wanted, months)
    return joined_later.plus(there_already)


def window_sums(levels: Levels, due: ir.Table, gatherer: Gatherer, window: Window) -> GroupSums:
    """The sums of one window, renewal by renewal."""
    closes = month_index(window.closes_on)
    rows = in_window(levels, due, window)
    return gatherer.at_points(rows, due_measures, range(closes, closes + 1))


def in_window(levels: Levels, due: ir.Table, window: Window) -> ir.Table:
    """Renewals due in the window, in the workspace currency at the rate of its opening.

    Adds `month`, the closing, and `group_month`: the opening, or the account's first start.
    """
    opens, closes = month_index(window.opens_on), month_index(window.closes_on)
    home = in_home_currency(levels, due)
    home = home.filter(home.due_month > opens, home.due_month <= closes)
    foreign = rolling_foreign(levels, due, closes - opens)
    foreign = foreign.filter(foreign.month == closes)
    rows = home.mutate(month=whole(closes))
    rows = rows.union(foreign.select(*rows.columns))
    return rows.mutate(group_month=ibis.greatest(rows.first_month, whole(opens)))


def _not_empty(spans: ir.Table) -> ir.Table:
    return spans.filter(spans.from_month < spans.to_month)


def _ratios(
    publisher: Publisher, sums: GroupSums, windows: Sequence[Window]
) -> Iterator[Figure]:
    for spec in RATIOS:
        yield from publisher.ratios(spec, sums, windows)


def _bounds(publisher: Publisher, sums: GroupSums, window: Window) -> Iterator[Figure]:
    """The rates if every undecided renewal were lost, and if each were renewed as due."""
    wider = dict(sums.sums)
    n, x, undecided, still_open = (wider[name] for name in ("n", "x", "undecided", "open"))
    wider["n"], wider["x"] = n + undecided, x + still_open
    wider["xx"] = wider["xx"] + wider["open_squared"]
    for bound in ("all_lost", "all_renewed"):
        if bound == "all_renewed":
            for name, more in (("renewed", undecided), ("kept", still_open), ("y", still_open)):
                wider[name] = wider[name] + more
        for spec in RATIOS:
            yield from publisher.ratios(
                spec, replace(sums, sums=dict(wider)), [window],
                parameters=f"bound={bound}", with_interval=False,
            )


def renewals_table(facts: Facts, due: ir.Table) -> ir.Table:
    """renewal_id, account_id, due month and what became of it, in the workspace currency."""
    accounts = facts.table("account").select("account_key", "account_id")
    named = due.inner_join(accounts, "account_key")
    kept = facts.table("renewal").select("renewal_id", "due_on", "decided_on", "outcome")
    dated = named.inner_join(kept, "renewal_id")
    return dated.select(
        "renewal_id",
        "account_key",
        "account_id",
        "due_on",
        "decided_on",
        "outcome",
        due_minor=dated.due,
        renewed_minor=dated.renewed,
        kept_minor=ibis.least(dated.due, dated.renewed),
    ).order_by("renewal_id")


def _findings(facts: Facts) -> list[Finding]:
    if not facts.is_mapped("renewal"):
        return [
            Finding(
                code=NOT_MAPPED,
                entity="renewal",
                count=0,
                sentence=(
                    "No feed provides renewals, so renewal rates have no base; add a renewal feed."
                ),
                metrics=tuple(spec.metric for spec in RATIOS),
            )
        ]
    return _without_amount(facts)


def _without_amount(facts: Facts) -> list[Finding]:
    renewals = facts.table("renewal")
    silent = renewals.filter(renewals.outcome == "renewed", renewals.renewed_minor.isnull())
    rows = facts.engine.to_arrow(silent.order_by("renewal_id").select("renewal_id").limit(5))
    if not rows.num_rows:
        return []
    count = facts.engine.to_arrow(silent.aggregate(n=silent.count()))["n"][0].as_py()
    return [
        Finding(
            code=WITHOUT_AMOUNT,
            entity="renewal",
            count=count,
            sentence=(
                f"{count} renewal(s) are renewed without renewed_amount and count at the amount "
                "due; fill renewed_amount to see uplift and loss."
            ),
            severity=Severity.WARNING,
            examples=tuple(rows["renewal_id"].to_pylist()),
            metrics=("renewal_gross", "renewal_net"),
        )
    ]
