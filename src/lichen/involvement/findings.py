"""What a reader of groups should know about the facts behind them."""

from __future__ import annotations

import ibis

from lichen.involvement.attributes import attributes_with_history
from lichen.involvement.library import Library, library_of
from lichen.involvement.marker_findings import marker_findings
from lichen.involvement.routes import UNKNOWN_REASONS, origin_markers_mapped
from lichen.ledger.facts import Facts
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities.customers import DATED_ATTRIBUTES
from lichen.vocabulary.finding import Finding, Severity

EXAMPLES = 5


def findings(facts: Facts, definitions: Definitions) -> tuple[Finding, ...]:
    """Markers that disagree, unknown routes, attributes without history, columns not there."""
    library = library_of(facts, definitions)
    return (
        *marker_findings(library.markers, definitions),
        *_unknown_routes(facts, library),
        *_missing_columns(facts),
        *_missing_certifications(facts),
        *_current_values(facts, definitions),
    )


def _unknown_routes(facts: Facts, library: Library) -> list[Finding]:
    """One finding per reason, with the number of accounts and up to five of them."""
    routes = library.routes.filter(library.routes.reason.notnull())
    accounts = facts.table("account").select("account_id", of_key="account_key")
    named = routes.join(accounts, [("account_key", "of_key")])
    order = ibis.window(group_by="reason", order_by="account_id")
    everyone = ibis.window(group_by="reason")
    ranked = named.mutate(
        place=ibis.row_number().over(order), total=named.account_id.count().over(everyone)
    )
    rows = facts.engine.to_arrow(
        ranked.filter(ranked.place < EXAMPLES).order_by(["reason", "account_id"])
    ).to_pylist()
    by_reason: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        by_reason.setdefault(row["reason"], []).append(row)
    return [_unknown_route(reason, found) for reason, found in by_reason.items()]


def _unknown_route(reason: str, rows: list[dict[str, object]]) -> Finding:
    count = int(str(rows[0]["total"]))
    accounts = "1 account is" if count == 1 else f"{count:,} accounts are"
    return Finding(
        code=f"acquired_via_unknown_{reason}",
        entity="account",
        count=count,
        sentence=(
            f"{accounts} acquired via unknown: {UNKNOWN_REASONS[reason]}. {_NEXT_STEPS[reason]}"
        ),
        severity=Severity.WARNING,
        examples=tuple(str(row["account_id"]) for row in rows),
        dimensions=("acquired_via",),
    )


_NEXT_STEPS = {
    "direct_involvement_empty": "Fill opportunity.is_direct_involved for these first deals.",
    "no_origin": (
        "Record who sourced, referred or resold the deal, or that your own team took part."
    ),
    "markers_unmapped": "Map subscription.sold_by_partner_id or subscription.marketplace.",
}


def _missing_columns(facts: Facts) -> list[Finding]:
    """Columns whose absence changes what a group can say."""
    found = []
    if not facts.is_mapped("account", "csm_key"):
        found.append(
            _note(
                facts,
                "served_via_unmapped",
                "served_via is unknown for every account, because no feed provides "
                "account.csm_key. Map it to see who serves whom.",
                "served_via",
                Severity.WARNING,
            )
        )
    else:
        found.append(
            _note(
                facts,
                "current_value",
                "served_via at past dates uses each account's CSM of today, because no history of "
                "account.csm_key is known.",
                "served_via",
            )
        )
    no_roles = not facts.is_mapped("involvement", "opportunity_id")
    if no_roles and not origin_markers_mapped(facts):
        found.append(
            _note(
                facts,
                "origin_unmapped",
                "No feed says which partner took part in an opportunity or sold a subscription, so "
                "won accounts count as acquired direct. Map involvement.opportunity_id, "
                "subscription.sold_by_partner_id or subscription.marketplace.",
                "acquired_via",
                Severity.WARNING,
            )
        )
    return found


def _missing_certifications(facts: Facts) -> list[Finding]:
    """Where partners take part and nothing says who is certified, delivery is unknown."""
    if facts.is_mapped("certification") or not facts.is_mapped("involvement"):
        return []
    sentence = (
        "delivery is unknown for every account, because no feed provides certifications of "
        "partners. Load certification to see who was certified when."
    )
    return [_note(facts, "delivery_unmapped", sentence, "delivery")]


def _current_values(facts: Facts, definitions: Definitions) -> list[Finding]:
    """Attributes that are shown at past dates as they are today."""
    known = attributes_with_history(facts) | set(definitions.workspace.fixed)
    return [
        _note(
            facts,
            "current_value",
            f"{name} at past dates is the value of today, because no history of it is known. Load "
            f"attribute_change, or list {name} under `fixed` in lichen.toml if it never changes.",
            name,
        )
        for name in DATED_ATTRIBUTES
        if name not in known and facts.is_mapped("account", name)
    ]


def _note(
    facts: Facts, code: str, sentence: str, dimension: str, severity: Severity = Severity.NOTE
) -> Finding:
    """A finding about every account."""
    accounts = facts.table("account")
    rows = facts.engine.to_arrow(accounts.agg(rows=accounts.count()))
    count = int(rows.column("rows")[0].as_py())
    return Finding(code, "account", count, sentence, severity, dimensions=(dimension,))
