"""Accounts, partners, opportunities and groups behind the figures of the partner portfolio."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from lichen import involvement
from lichen.kernel.periods import Window, month_end
from lichen.revenue.calendar import whole
from lichen.revenue.portfolio.accounts import Served, account_measures
from lichen.revenue.portfolio.concentration import best_ranks
from lichen.revenue.portfolio.coverage import in_band
from lichen.revenue.portfolio.deals import deal_measures, decided
from lichen.revenue.portfolio.membership import at_month, group_spans
from lichen.revenue.portfolio.partners import OnDay, Partner, on_day, partners_of
from lichen.runs import Run
from lichen.vocabulary.figure import Figure, groups_text, parse_groups
from lichen.workspace.rebuilding import Rebuilt

WHO = (("partner",), ("served_via",))

ON_ACCOUNTS: dict[tuple[str, str], tuple[str, str | None, str]] = {
    ("arr_exposed", ""): ("arr_any", None, "attached"),
    ("arr_exposed", "served=alone"): ("arr_alone", None, "alone_n"),
    ("renewals_exposed", ""): ("due_any", None, "due_any_n"),
    ("renewals_exposed", "served=alone"): ("due_alone", None, "due_alone_n"),
    ("attach_rate", ""): ("attached", "n", "n"),
    ("uncovered_accounts", ""): ("neither_n", "n", "n"),
    ("uncovered_arr", ""): ("neither_arr", "arr", "n"),
}
"""Numerator, denominator and the count of the base, in the letters of `account_measures`."""


def accounts_of(again: Rebuilt, figure: Figure) -> pa.Table:
    """Accounts with ARR at the close that a figure of exposure, attachment or coverage counts."""
    served = _served(again)
    rows = served.at(again.closes, ahead=again.closes == again.levels.last_month)
    placed = again.inside(rows.mutate(at=whole(again.closes))).drop("at")
    asked = parse_groups(figure.parameters)
    if figure.metric == "partner_concentration":
        return again.named(_hand_in(again, served, placed, int(asked["top"])))
    if "kind" in asked:
        return again.named(_with_kind(again, placed, asked["kind"]))
    size = asked.pop("employees", None)
    if size is not None:
        placed = placed.semi_join(in_band(again.facts, size), "account_key")
    over, under, count = ON_ACCOUNTS[figure.metric, groups_text(asked)]
    measured = placed.select("account_key", **account_measures(placed))
    inside = measured.filter(measured[count] > 0)
    return again.named(
        inside.select(
            "account_key",
            numerator=inside[over],
            denominator=ibis.null("int64") if under is None else inside[under],
        )
    )


def partners_behind(again: Rebuilt, figure: Figure) -> pa.Table:
    """Partners that a count or a share of partners is about, of the kind that it asks for."""
    kind = parse_groups(figure.groups).get("partner_kind")
    there = _on_day(again, _served(again), None)
    window = Window(figure.window_from, figure.window_to)
    rows = [
        {
            "partner_id": partner.identity,
            "name": partner.name,
            "joined_on": partner.joined_on,
            "left_on": partner.left_on,
            "numerator": int(_counts(figure.metric, there, partner, window)),
            "denominator": 1 if figure.denominator is not None else None,
        }
        for partner in there.partners
        if (kind is None or kind in partner.kinds) and _in_base(figure, there, partner, window)
    ]
    return pa.Table.from_pylist(rows, schema=PARTNERS)


def equal_partners_behind(again: Rebuilt) -> pa.Table:
    """Partners by what hangs on them; the figure is made of squares, so no part adds up to it."""
    there = _on_day(again, _served(again), None)
    rows = [
        {
            "partner_id": partner.identity,
            "name": partner.name,
            "arr_minor": there.exposed[partner.key].arr_minor,
            "numerator": None,
            "denominator": None,
        }
        for partner in there.largest_first
    ]
    return pa.Table.from_pylist(rows, schema=EXPOSED)


def opportunities_behind(again: Rebuilt, figure: Figure) -> pa.Table:
    """Opportunities decided in the window, of the customers that the figure asks for."""
    rows = decided(again.facts, [Window(figure.window_from, figure.window_to)])
    placed = again.inside(rows.mutate(at=rows.group_month))
    customers = parse_groups(figure.parameters)["customers"]
    measured = placed.select("opportunity_id", "account_key", **deal_measures(placed))
    inside = measured.filter(measured[customers] > 0)
    return again.named(
        inside.select(
            "opportunity_id",
            "account_key",
            numerator=inside[f"{customers}_won"],
            denominator=inside[customers],
        )
    )


def groups_behind(run: Run, figure: Figure) -> pa.Table:
    """The published figures of the groups that a spread lies between; none adds up to it."""
    asked = parse_groups(figure.parameters)
    metric, across = asked.pop("metric"), asked.pop("across")
    figures = run.figures()
    held = figures.filter(
        pc.and_(
            pc.and_(pc.equal(figures["metric"], metric), pc.is_valid(figures["low"])),
            pc.equal(figures["parameters"], groups_text(asked)),
        )
    )
    rows = [
        {
            **{name: row[name] for name in ("groups", "figure_id", "n", "value", "low", "high")},
            "numerator": None,
            "denominator": None,
        }
        for row in held.to_pylist()
        if parse_groups(row["groups"]).keys() == {across}
        and (row["window_from"], row["window_to"]) == (figure.window_from, figure.window_to)
    ]
    return pa.Table.from_pylist(rows, schema=GROUPS)


def _served(again: Rebuilt) -> Served:
    groupings = involvement.groupings(again.facts, again.definitions, WHO)
    believed = involvement.believed(again.facts, again.definitions)
    return Served(believed, again.levels, groupings)


def _on_day(again: Rebuilt, served: Served, rows: ir.Table | None) -> OnDay:
    accounts = served.at(again.closes, ahead=False) if rows is None else rows
    day = month_end(again.closes)
    return on_day(served, again.definitions, partners_of(again.facts), day, accounts)


def _hand_in(again: Rebuilt, served: Served, rows: ir.Table, top: int) -> ir.Table:
    """ARR served by partners, and as numerator that in which one of the largest has a hand."""
    held = rows.filter(rows.partners > 0)
    ranks = best_ranks(served, _on_day(again, served, rows), top)
    met = held.semi_join(ranks, "account_key") if ranks is not None else held.limit(0)
    rest = held.anti_join(met, "account_key")
    return met.select("account_key", numerator=met.arr, denominator=met.arr).union(
        rest.select("account_key", numerator=whole(0), denominator=rest.arr)
    )


def _with_kind(again: Rebuilt, rows: ir.Table, kind: str) -> ir.Table:
    """Every account, and whether a partner of this kind serves it at the close."""
    groupings = involvement.groupings(again.facts, again.definitions, [("partner_kind",)])
    spans = group_spans(again.facts.engine, groupings, "partner_kind", {kind: 1})
    assert spans is not None
    there = at_month(spans, again.closes).select("account_key").distinct()
    inside, rest = rows.semi_join(there, "account_key"), rows.anti_join(there, "account_key")
    one = whole(1)
    return inside.select("account_key", numerator=one, denominator=one).union(
        rest.select("account_key", numerator=whole(0), denominator=one)
    )


def _in_base(figure: Figure, there: OnDay, partner: Partner, window: Window) -> bool:
    if figure.metric in ("partners_joined", "partners_left"):
        return _counts(figure.metric, there, partner, window)
    return partner.is_signed(there.day)


def _counts(metric: str, there: OnDay, partner: Partner, window: Window) -> bool:
    """Whether the partner is in the numerator."""
    if metric == "partners_joined":
        return partner.joined_in(window)
    if metric == "partners_left":
        return partner.left_in(window)
    if metric == "partners_without_outcome":
        return there.is_idle(partner)
    return partner.is_signed(there.day) if metric == "partners_signed" else there.is_active(partner)


_PARTS = [("numerator", pa.int64()), ("denominator", pa.int64())]
_PARTNER = [("partner_id", pa.string()), ("name", pa.string())]
PARTNERS = pa.schema([*_PARTNER, ("joined_on", pa.date32()), ("left_on", pa.date32()), *_PARTS])
EXPOSED = pa.schema([*_PARTNER, ("arr_minor", pa.int64()), *_PARTS])
GROUPS = pa.schema(
    [
        ("groups", pa.string()),
        ("figure_id", pa.string()),
        ("n", pa.int64()),
        *((name, pa.float64()) for name in ("value", "low", "high")),
        *_PARTS,
    ]
)
