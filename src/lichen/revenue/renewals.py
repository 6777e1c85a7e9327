"""The renewals-due family: what became of the renewals that fell due in a window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from lichen.kernel.periods import Window, month_end, month_index
from lichen.ledger.facts import Facts, Measured, MeasureRequest
from lichen.revenue.calendar import whole
from lichen.revenue.due import DueRenewals, due_measures, renewals_due
from lichen.revenue.families import family_accounts, reconcile_families
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
    due = DueRenewals(levels, engine.materialise(renewals_due(levels)))
    publisher = Publisher(request.definitions, request.run_id)
    last = levels.last_month
    latest = Window(month_end(last - MONTHS), month_end(last))
    windows = sorted({latest, *request.windows})
    places = range(len(windows))
    spans = due_spans(due, MONTHS)
    points = due_points(due, windows)
    latest_due = points.filter(points.month == windows.index(latest))
    accounts = family_accounts(levels, latest_due)
    figures: list[Figure] = []
    reconciled: list[Reconciled] = []
    published: frozenset[str] = frozenset()
    for grouping in request.groupings if request.facts.is_mapped("renewal") else ():
        request.progress(f"Renewals by {', '.join(grouping.dimensions) or 'the whole base'}")
        gatherer = Gatherer(engine, grouping, published)
        rolling = rolling_sums(levels, spans, gatherer, MONTHS)
        figures += _ratios(publisher, rolling, windows_of(rolling.months, MONTHS))
        closing = gatherer.at_points(points, due_measures, places)
        figures += [
            figure
            for figure in _ratios(publisher, closing, windows)
            if figure.window_from != latest.opens_on
        ]
        figures += _bounds(publisher, closing, windows)
        reconciled += reconcile_families(accounts, last, gatherer)
        published |= set(gatherer.groups)
    return Measured(
        figures,
        {
            "renewals_due": renewals_table(request.facts, latest_due),
            "reconciliation": reconciliation_table(reconciled),
        },
        _findings(request.facts),
    )


@dataclass(frozen=True, eq=False)
class DueSpans:
    """Renewals as spans of the closing months of the windows that hold them.

    `there` are windows that opened once the account had come, by groups at their opening; `later`
    those that opened before it came, by its groups at its first start.
    """

    there: ir.Table
    later: ir.Table


def due_spans(due: DueRenewals, months: int) -> DueSpans:
    """The renewals in all windows of `months`; those in other currencies window by window."""
    home, foreign = due.home, due.rolling_foreign(months)
    spans = home.mutate(from_month=home.due_month, to_month=home.due_month + months)
    at_each = foreign.mutate(from_month=foreign.month, to_month=foreign.month + 1)
    spans = spans.union(at_each.select(*spans.columns))
    arrival = spans.first_month + months
    later = spans.mutate(
        to_month=ibis.least(spans.to_month, arrival), group_month=spans.first_month
    )
    there = spans.mutate(from_month=ibis.greatest(spans.from_month, arrival))
    engine = due.levels.facts.engine
    return DueSpans(
        engine.materialise(there.filter(there.from_month < there.to_month)),
        engine.materialise(later.filter(later.from_month < later.to_month)),
    )


def rolling_sums(levels: Levels, spans: DueSpans, gatherer: Gatherer, months: int) -> GroupSums:
    """The sums of every window of `months` that ends at a month end up to the last."""
    last = levels.last_month
    first = last if levels.first_month is None else min(levels.first_month + months, last)
    wanted = range(first, last + 1)
    return gatherer.over_spans(spans.there, due_measures, wanted, months, spans.later)


def due_points(due: DueRenewals, windows: Sequence[Window]) -> ir.Table:
    """Renewals due in each window, in the workspace currency at the rate of its opening.

    `month` is the place of the window in the list, `group_month` its opening, or the account's
    first start where that came later.
    """
    points = []
    for place, window in enumerate(windows):
        opens, closes = month_index(window.opens_on), month_index(window.closes_on)
        home = due.home
        home = home.filter(home.due_month > opens, home.due_month <= closes)
        rows = home.mutate(month=whole(place))
        foreign = due.rolling_foreign(closes - opens)
        theirs = foreign.filter(foreign.month == closes).mutate(month=whole(place))
        rows = rows.union(theirs.select(*rows.columns))
        points.append(rows.mutate(group_month=ibis.greatest(rows.first_month, whole(opens))))
    return due.levels.facts.engine.materialise(ibis.union(*points))


def _ratios(publisher: Publisher, sums: GroupSums, windows: Sequence[Window]) -> Iterator[Figure]:
    for spec in RATIOS:
        yield from publisher.ratios(spec, sums, windows)


def _bounds(publisher: Publisher, sums: GroupSums, windows: Sequence[Window]) -> Iterator[Figure]:
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
                spec,
                replace(sums, sums=dict(wider)),
                windows,
                parameters=f"bound={bound}",
                with_interval=False,
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
