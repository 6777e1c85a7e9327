"""Routes: how an account was acquired, and who serves it after the sale."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.involvement.axes import Axis, constant_axis, span_axis
from lichen.involvement.merges import on_surviving, survivors
from lichen.involvement.periods import Presence, merge_spans
from lichen.ledger.facts import Facts
from lichen.vocabulary.roles import ORIGIN_ROLES, POST_SALE_ROLES, ROUTES

UNKNOWN_REASONS = {
    "direct_involvement_empty": "is_direct_involved is empty on the first won opportunity",
    "no_origin": "a partner took part in the first won opportunity, but nobody originated it",
    "markers_unmapped": "no won opportunity, and no column says who sold the first subscription",
}
"""Why a route is unknown; accounts that never bought anything are unknown without a reason."""


def acquired_axis(routes: ir.Table) -> Axis:
    """The rows of `acquired_via` as a static axis; `unknown` is code 0."""
    words = ("unknown", *(route for route in ROUTES if route != "unknown"))
    code = ibis.cases(*((routes.route == word, place) for place, word in enumerate(words)), else_=0)
    steps = routes.select("account_key", month=ibis.literal(0, "int64"), step=code.cast("int64"))
    return Axis("acquired_via", words, steps.filter(steps.step != 0), dated=False)


def acquired_via(facts: Facts) -> ir.Table:
    """How each account was won: account_key, route (ROUTES), reason (why unknown, else null).

    Decided on the first won `new` opportunity by closed_on, ties by id; without one, on the first
    subscription by starts_on, ties by id. Definition and worked table: docs/algorithms/groups.md.
    """
    stands_for = survivors(facts)
    roles = _roles_by_opportunity(facts, stands_for)
    won = left_join(_first_won(facts, stands_for), roles, "opportunity_key")
    won = left_join(won, _markers_by_opportunity(facts, stands_for), "opportunity_key")
    won = won.select(
        "account_key",
        "is_direct",
        won_key="opportunity_key",
        won_role=won.any_role.fill_null(False),
        won_origin_role=won.origin_role.fill_null(False),
        sold_marker="marker",
    )
    bought = left_join(_first_subscription(facts, stands_for), roles, "opportunity_key")
    bought = bought.select(
        "account_key",
        "first_id",
        "first_marker",
        first_origin_role=bought.origin_role.fill_null(False),
    )
    accounts = facts.table("account").select("account_key")
    seen = left_join(left_join(accounts, won, "account_key"), bought, "account_key")
    return _decide(seen, markers_mapped=origin_markers_mapped(facts))


def _decide(seen: ir.Table, *, markers_mapped: bool) -> ir.Table:
    """The rule itself, in the order in which the definition states it."""
    first_marker = seen.first_marker.fill_null(False)
    origin = seen.won_origin_role | seen.sold_marker.fill_null(first_marker)
    first_origin = first_marker | seen.first_origin_role
    won, bought = seen.won_key.notnull(), seen.first_id.notnull()
    route = ibis.cases(
        (won & ~seen.won_role & ~origin, "direct"),
        (won & seen.is_direct, "hybrid"),
        (won & ~seen.is_direct & origin, "partner"),
        (won, "unknown"),
        (bought & first_origin, "partner"),
        (bought & ibis.literal(markers_mapped), "direct"),
        else_="unknown",
    )
    reason = ibis.cases(
        (won & seen.is_direct.isnull(), "direct_involvement_empty"),
        (won, "no_origin"),
        (bought, "markers_unmapped"),
    )
    decided = seen.select("account_key", route=route, why=reason)
    return decided.select(
        "account_key", "route", reason=ibis.cases((decided.route == "unknown", decided.why))
    )


def _first_won(facts: Facts, stands_for: ir.Table) -> ir.Table:
    """account_key, opportunity_key, is_direct: the first won `new` opportunity of each account.

    One merged into another stands for that other, and is left out.
    """
    rows = facts.table("opportunity")
    rows = rows.filter((rows.kind == "new") & (rows.outcome == "won"))
    rows = rows.anti_join(stands_for, "opportunity_key")
    rows = rows.mutate(won_on=rows.closed_on.fill_null(rows.created_on))
    order = ibis.window(group_by="account_key", order_by=["won_on", "opportunity_id"])
    ranked = rows.mutate(place=ibis.row_number().over(order))
    return ranked.filter(ranked.place == 0).select(
        "account_key", "opportunity_key", is_direct="is_direct_involved"
    )


def _first_subscription(facts: Facts, stands_for: ir.Table) -> ir.Table:
    """account_key, first_id, first_marker, opportunity_key: each account's first subscription."""
    rows = on_surviving(_marked(facts), stands_for)
    order = ibis.window(group_by="account_key", order_by=["starts_on", "subscription_id"])
    ranked = rows.mutate(place=ibis.row_number().over(order))
    return ranked.filter(ranked.place == 0).select(
        "account_key", "opportunity_key", first_id="subscription_id", first_marker="marker"
    )


def _roles_by_opportunity(facts: Facts, stands_for: ir.Table) -> ir.Table:
    """opportunity_key, any_role, origin_role: what partners did on each opportunity."""
    rows = facts.table("involvement").select("opportunity_key", "role")
    rows = on_surviving(rows.filter(rows.opportunity_key.notnull()), stands_for)
    return rows.group_by("opportunity_key").agg(
        any_role=rows.role.notnull().any(), origin_role=rows.role.isin(list(ORIGIN_ROLES)).any()
    )


def _markers_by_opportunity(facts: Facts, stands_for: ir.Table) -> ir.Table:
    """opportunity_key, marker: whether a subscription sold by it came through a partner."""
    rows = on_surviving(_marked(facts), stands_for)
    rows = rows.filter(rows.opportunity_key.notnull())
    return rows.group_by("opportunity_key").agg(marker=rows.marker.any())


def _marked(facts: Facts) -> ir.Table:
    """Subscriptions with `marker`: sold by a partner, or through a marketplace."""
    rows = facts.table("subscription")
    return rows.select(
        "account_key",
        "subscription_id",
        "starts_on",
        "opportunity_key",
        marker=rows.sold_by_partner_id.notnull() | rows.marketplace.notnull(),
    )


def origin_markers_mapped(facts: Facts) -> bool:
    """Whether a feed says who sold a subscription, or through which marketplace."""
    return any(
        facts.is_mapped("subscription", column) for column in ("sold_by_partner_id", "marketplace")
    )


def served_axis(presence: Presence) -> Axis:
    """served_via: who serves the account, by post-sale roles and the account's CSM.

    Unknown for all where no feed provides account.csm_key. The CSM is the current one: no history
    of it is known.
    """
    if not presence.facts.is_mapped("account", "csm_key"):
        return constant_axis("served_via", "unknown")
    accounts = presence.facts.table("account")
    with_csm = accounts.select("account_key", has_csm=accounts.csm_key.notnull())
    spans = presence.spans.filter(presence.spans.role.isin(list(POST_SALE_ROLES)))
    served = merge_spans(spans.select("account_key", "from_month", "to_month"), ["account_key"])
    served = left_join(served, with_csm, "account_key")
    code = ibis.ifelse(served.has_csm.fill_null(False), 2, 1).cast("int64")
    return span_axis("served_via", ("direct", "partner", "hybrid"), served.mutate(step=code))
