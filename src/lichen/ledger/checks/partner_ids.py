"""How far partners can be seen: which accounts, opportunities and lines carry any partner id."""

from __future__ import annotations

from lichen.ledger.checks.evidence import Evidence, named_columns
from lichen.vocabulary.dimensions import DIMENSIONS
from lichen.vocabulary.finding import Finding, Severity

FIELDS = (
    ("involvement", "partner_id", "partner_key"),
    ("subscription", "sold_by_partner_id", "sold_by_partner_id"),
    ("subscription", "marketplace", "marketplace"),
)
"""Entities and columns by which routes and roles see a partner, and how the ledger holds them."""

PARTNER_SIDE = tuple(name for name, each in DIMENSIONS.items() if each.partner_side)
MARKED = "partner_marked"


def partner_ids(evidence: Evidence) -> list[Finding]:
    """The coverage of partner ids; a warning where there are none at all."""
    fields = [field for field in FIELDS if evidence.has(field[0], field[1])]
    if not fields:
        return [_unseen("No partner field is mapped")]
    evidence.session.table(MARKED, " UNION ALL ".join(_rows(evidence, *field) for field in fields))
    if not evidence.session.count(MARKED):
        named = named_columns([f"{entity}.{column}" for entity, column, _ in fields])
        return [_unseen(f"No row has a value in {named}")]
    return [_coverage(evidence)]


def _rows(evidence: Evidence, entity: str, _: str, held: str) -> str:
    return (
        f"SELECT account_key, opportunity_key FROM {evidence.rows(entity)} WHERE {held} IS NOT NULL"
    )


def _unseen(why: str) -> Finding:
    return Finding(
        "no_partner_field",
        "involvement",
        1,
        f"{why}, so figures by route and role cannot be made: every account looks as if no "
        "partner had a part. Map involvement, subscription.sold_by_partner_id or "
        "subscription.marketplace.",
        Severity.WARNING,
        dimensions=PARTNER_SIDE,
    )


def _coverage(evidence: Evidence) -> Finding:
    keys = f"SELECT account_key FROM {MARKED}"
    deals = f"SELECT opportunity_key FROM {MARKED} WHERE opportunity_key IS NOT NULL"
    marked = {
        "opportunity": f"opportunity_key IN ({deals})",
        "subscription": (
            "sold_by_partner_id IS NOT NULL OR marketplace IS NOT NULL "
            f"OR opportunity_key IN ({deals})"
        ),
    }
    without, examples = evidence.counted(
        f"SELECT account_id AS id FROM {evidence.rows('account')} WHERE account_key NOT IN ({keys})"
    )
    total = evidence.session.count(evidence.rows("account"))
    found = {"account": (total - without, total)} | {
        entity: evidence.session.row(
            f"SELECT count(*) FILTER (WHERE {condition}), count(*) FROM {evidence.rows(entity)}"
        )
        for entity, condition in marked.items()
        if evidence.has(entity)
    }
    marked_share = evidence.arr_share(keys)
    told = [
        f"{covered:,} of {rows:,} {entity} rows ({covered / max(rows, 1):.0%})"
        for entity, (covered, rows) in found.items()
    ]
    return Finding(
        "partner_ids_covered",
        "involvement",
        without,
        f"A partner is named on {named_columns(told)}; without one, a row counts as no "
        "partner's. Where partners took part, add their ids at the source.",
        Severity.NOTE,
        examples,
        dimensions=PARTNER_SIDE,
        arr_share=None if marked_share is None else 1 - marked_share,
    )
