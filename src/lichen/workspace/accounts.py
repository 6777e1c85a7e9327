"""The accounts behind a figure: each one's part, which add up to numerator and denominator."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from lichen.runs import Run
from lichen.vocabulary.figure import Figure, parse_groups
from lichen.vocabulary.metrics import METRICS, Base, Metric
from lichen.workspace.errors import NoAccountsBehind
from lichen.workspace.explaining import find_figure

if TYPE_CHECKING:
    from lichen.workspace.rebuilding import Rebuilt

PORTFOLIO = frozenset({"partner_portfolio", "coverage"})
"""Algorithm pages whose figures rest on partners, and have parts of their own."""

Part = Callable[[pa.Table], tuple[pa.ChunkedArray, pa.ChunkedArray]]


def accounts_behind(run: Run, figure_id: str) -> pa.Table:
    """One row per account (or renewal, partner, opportunity) in the base, largest part first.

    `numerator` and `denominator` add up to the figure's own, to the cent; a column that the metric
    has no use for is null. Figures of the run's latest twelve months come from the run's tables,
    others are rebuilt from the ledger that the run names.

    Raises:
        UnknownFigure: the run has no such figure.
        NoAccountsBehind: what it was made from is no longer there, or it is a plugin's.
    """
    figure, _ = find_figure(run, figure_id)
    known = METRICS.get(figure.metric)
    if known is None:
        raise NoAccountsBehind(
            figure_id, f"'{figure.metric}' comes from a plugin", "Ask the plugin for its rows."
        )
    behind = _checked(figure, _parts(run, figure, known))
    ids = "account_id" if "account_id" in behind.column_names else behind.column_names[0]
    return behind.sort_by([("numerator", "descending"), (ids, "ascending")])


def _parts(run: Run, figure: Figure, known: Metric) -> pa.Table:
    base = known.base
    if base is Base.COHORT:
        return _of_cohort(_end_points(run, figure), figure.metric)
    if base is Base.GROUPS:
        from lichen.workspace.portfolio_behind import groups_behind

        return groups_behind(run, figure)
    # The engine is imported only from here on: most questions are about the latest year.
    from lichen.workspace.rebuilding import rebuilt

    with rebuilt(run, figure) as again:
        if known.page in PORTFOLIO:
            return _of_portfolio(again, figure, base)
        if base is Base.RENEWALS_DUE:
            return _of_renewals(again.renewals(), figure)
        if base is Base.ACCOUNTS:
            return _of_level(again.levels_at_close(), figure.metric)
        if base is Base.SERVED:
            return _of_outcome(again.outcomes(), figure)
        if base is Base.STARTS:
            return _of_waits(again.waits(), figure)
        if base is Base.LIFETIMES:
            rows = again.lifetimes()
            shown = rows.select(["account_id", "name", "entry", "left"])
            return _with_parts(shown, rows["ended"], pc.is_valid(rows["account_id"]))
        return _of_line(again.movements(), figure)


def _of_portfolio(again: Rebuilt, figure: Figure, base: Base) -> pa.Table:
    from lichen.workspace import portfolio_behind as behind

    if figure.metric == "effective_partners":
        return behind.equal_partners_behind(again)
    if base is Base.PARTNERS:
        return behind.partners_behind(again, figure)
    if base is Base.OPPORTUNITIES:
        return behind.opportunities_behind(again, figure)
    return behind.accounts_of(again, figure)


def _end_points(run: Run, figure: Figure) -> pa.Table:
    if _is_latest_year(run, figure):
        return _named(run, _members(run, run.table("end_points"), figure))
    from lichen.workspace.rebuilding import rebuilt

    with rebuilt(run, figure) as again:
        return again.end_points()


def _is_latest_year(run: Run, figure: Figure) -> bool:
    year = run.windows["12m"]
    return (figure.window_from, figure.window_to) == (year.opens_on, year.closes_on)


def _members(run: Run, rows: pa.Table, figure: Figure) -> pa.Table:
    groups = parse_groups(figure.groups)
    if not groups:
        return rows
    placed = run.table("groups")
    for name, value in groups.items():
        inside = placed.filter(
            pc.and_(pc.equal(placed["dimension"], name), pc.equal(placed["value"], value))
        )
        rows = rows.filter(pc.is_in(rows["account_key"], value_set=inside["account_key"]))
    return rows


def _named(run: Run, rows: pa.Table) -> pa.Table:
    names = run.table("accounts").select(["account_key", "name"])
    return rows.join(names, "account_key", join_type="left outer")


def _of_cohort(rows: pa.Table, metric: str) -> pa.Table:
    cohort = rows.filter(pc.greater(rows["arr_opening_minor"], 0))
    shown = cohort.select(["account_id", "name", "arr_opening_minor", "arr_closing_minor"])
    return _with_parts(shown, *COHORT_PARTS[metric](cohort))


def _of_level(rows: pa.Table, metric: str) -> pa.Table:
    one = pc.greater(rows["arr_minor"], 0).cast(pa.int64())
    part = one if metric == "accounts" else rows["arr_minor"]
    return _with_parts(rows.select(["account_id", "name", "arr_minor"]), part, None)


def _of_renewals(rows: pa.Table, figure: Figure) -> pa.Table:
    bound = _parameters(figure).get("bound")
    if bound is None:
        rows = rows.filter(rows["decided"])
    elif bound == "all_renewed":
        lapsing = pc.invert(rows["decided"])
        rows = _replaced(rows, "renewed_minor", lapsing, rows["due_minor"])
        rows = _replaced(rows, "is_renewed", lapsing, pa.scalar(True))
    shown = rows.select(["renewal_id", "account_id", "name", "due_minor", "renewed_minor"])
    due, renewed = rows["due_minor"], rows["renewed_minor"]
    if figure.metric == "renewal_rate":
        every = pc.is_valid(rows["renewal_id"])
        return _with_parts(shown, rows["is_renewed"], every)
    kept = pc.min_element_wise(due, renewed)
    return _with_parts(shown, kept if figure.metric == "renewal_gross" else renewed, due)


def _of_outcome(rows: pa.Table, figure: Figure) -> pa.Table:
    """Features of the family that the metric belongs to; accounts outside the base are left out."""
    from lichen.revenue.outcomes.measure import wanted
    from lichen.revenue.outcomes.sums import columns_of

    asked = wanted(figure.metric, figure.parameters)
    over, under = columns_of(asked)
    inside = rows.filter(pc.greater(rows[asked.count], 0))
    parts = [inside[over], None if under is None else inside[under]]
    shown = inside.select(["account_id", "name"])
    return _with_parts(shown, parts[0], parts[1])


def _of_waits(rows: pa.Table, figure: Figure) -> pa.Table:
    """Each account's days and how its wait ended; the numerator counts those that got there."""
    from lichen.revenue.time_to_value import KIND_OF, Cause

    here = rows.filter(pc.equal(rows["kind"], int(KIND_OF[figure.metric])))
    there = pc.equal(here["cause"], int(Cause.REACHED))
    days = "0" if figure.metric == "promise_kept" else _parameters(figure).get("days")
    if days is not None:
        there = pc.and_(there, pc.less_equal(here["days"], int(days)))
    words = pa.array([cause.name.lower() for cause in Cause])
    shown = here.select(["account_id", "name", "days"]).append_column(
        "ended", pc.take(words, here["cause"])
    )
    return _with_parts(shown, there, pc.is_valid(here["account_id"]))


def _replaced(rows: pa.Table, name: str, where: pa.ChunkedArray, by: object) -> pa.Table:
    place = rows.column_names.index(name)
    return rows.set_column(place, name, pc.if_else(where, by, rows[name]))


def _parameters(figure: Figure) -> dict[str, str]:
    parts = (part.partition("=") for part in figure.parameters.split(",") if part)
    return {key: value for key, _, value in parts}


def _of_line(rows: pa.Table, figure: Figure) -> pa.Table:
    part = rows[_parameters(figure)["line"]]
    moved = pc.not_equal(part, 0)
    return _with_parts(rows.select(["account_id", "name"]), part, None).filter(moved)


def _with_parts(
    rows: pa.Table, numerator: pa.ChunkedArray, denominator: pa.ChunkedArray | None
) -> pa.Table:
    under = pa.nulls(rows.num_rows, pa.int64()) if denominator is None else denominator
    return rows.append_column("numerator", numerator.cast(pa.int64())).append_column(
        "denominator", under.cast(pa.int64())
    )


def _checked(figure: Figure, rows: pa.Table) -> pa.Table:
    """Refuse to show parts that do not add up: they would explain another number."""
    for name, published in (("numerator", figure.numerator), ("denominator", figure.denominator)):
        total = pc.sum(rows[name]).as_py() or 0
        if published is not None and total != published:
            raise NoAccountsBehind(
                figure.figure_id,
                f"their {name}s add up to {total:,}, but {published:,} was published",
                "The run's ledger or tables were changed: run again, and report this if it stays.",
            )
    return rows


def _opening(rows: pa.Table) -> pa.ChunkedArray:
    return rows["arr_opening_minor"]


def _closing(rows: pa.Table) -> pa.ChunkedArray:
    return rows["arr_closing_minor"]


def _kept(rows: pa.Table) -> pa.ChunkedArray:
    return pc.min_element_wise(_opening(rows), _closing(rows))


def _stayed(rows: pa.Table) -> pa.ChunkedArray:
    return pc.greater(_closing(rows), 0)


def _lost(rows: pa.Table) -> pa.ChunkedArray:
    return pc.subtract(_opening(rows), _kept(rows))


COHORT_PARTS: dict[str, Part] = {
    "nrr": lambda rows: (_closing(rows), _opening(rows)),
    "nrr_as_booked": lambda rows: (rows["arr_closing_booked_minor"], _opening(rows)),
    "grr": lambda rows: (_kept(rows), _opening(rows)),
    "logo_retention": lambda rows: (
        _stayed(rows).cast(pa.int64()),
        pc.greater(_opening(rows), 0).cast(pa.int64()),
    ),
    "expansion_rate": lambda rows: (
        pc.subtract(_closing(rows), _kept(rows)),
        _opening(rows),
    ),
    "contraction_rate": lambda rows: (
        pc.if_else(_stayed(rows), _lost(rows), 0),
        _opening(rows),
    ),
    "churn_rate": lambda rows: (
        pc.if_else(_stayed(rows), 0, _opening(rows)),
        _opening(rows),
    ),
}
"""What one account of the cohort adds to numerator and denominator."""
