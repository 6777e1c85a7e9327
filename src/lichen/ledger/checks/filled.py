"""Optional facts that figures need, and how many rows have them."""

from __future__ import annotations

from dataclasses import dataclass

from lichen.engines.text import quoted
from lichen.ledger.checks.evidence import RENEWALS, Evidence
from lichen.vocabulary.entities import ENTITIES
from lichen.vocabulary.finding import Finding, Severity

HALF = 0.5
"""Where more rows than this lack a fact, what is made of it says more about the gaps."""


@dataclass(frozen=True)
class Need:
    """A column that is optional, and what becomes of a row without it.

    `among` is SQL of the rows that should have it.
    """

    entity: str
    column: str
    effect: str
    dimensions: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    among: str = "true"


NEEDS = (
    Need("account", "segment", "they are in segment unknown", ("segment",)),
    Need("account", "industry", "they are in industry unknown", ("industry",)),
    Need("account", "region", "they are in region unknown", ("region",)),
    Need(
        "account",
        "referral_source",
        "they are in referral_source unknown",
        ("referral_source",),
    ),
    Need("account", "csm_key", "they count as served without a CSM", ("served_via",)),
    Need(
        "opportunity",
        "is_direct_involved",
        "accounts won by them with a partner are acquired via unknown",
        ("acquired_via",),
        among="kind = 'new' AND outcome = 'won'",
    ),
    Need(
        "subscription",
        "product",
        "late renewals and overlaps are looked for among all of them as if of one product",
    ),
    Need(
        "subscription",
        "opportunity_id",
        "where the account has no won new opportunity, its first line tells who sold it",
        ("acquired_via",),
    ),
    Need(
        "renewal",
        "renewed_amount",
        "they count as renewed at the amount due",
        metrics=RENEWALS,
        among="outcome = 'renewed'",
    ),
)


def partly_filled(evidence: Evidence) -> list[Finding]:
    """One finding per needed column that is provided and not everywhere filled."""
    found: list[Finding] = []
    for entity in dict.fromkeys(need.entity for need in NEEDS):
        needs = [n for n in NEEDS if n.entity == entity and evidence.has(entity, n.column)]
        if needs:
            found += _of_entity(evidence, entity, needs)
    return found


def _of_entity(evidence: Evidence, entity: str, needs: list[Need]) -> list[Finding]:
    """All columns of an entity from one scan; ARR is looked at only where some are empty."""
    counts = evidence.session.row(
        "SELECT "
        + ", ".join(
            f"count(*) FILTER (WHERE {need.among}), count(*) FILTER (WHERE {_empty(need)})"
            for need in needs
        )
        + f" FROM {evidence.rows(entity)}"
    )
    return [
        _finding(evidence, need, rows, empty)
        for need, rows, empty in zip(needs, counts[::2], counts[1::2], strict=True)
        if empty
    ]


def _empty(need: Need) -> str:
    held = ENTITIES[need.entity].by_name[need.column].ledger_name
    return f"({need.among}) AND {quoted(held)} IS NULL"


def _finding(evidence: Evidence, need: Need, rows: int, empty: int) -> Finding:
    lacking = f"FROM {evidence.rows(need.entity)} WHERE {_empty(need)}"
    _, examples = evidence.counted(f"SELECT {need.entity}_id AS id {lacking}")
    among = "" if need.among == "true" else f" where {need.among.replace(chr(39), '')}"
    return Finding(
        f"partly_filled_{need.entity}_{need.column}",
        need.entity,
        empty,
        f"{empty:,} of {rows:,} {need.entity} rows{among} have no {need.column} "
        f"({1 - empty / rows:.0%} filled); {need.effect}. Fill it at the source where it is known.",
        Severity.WARNING if empty > HALF * rows else Severity.NOTE,
        examples,
        metrics=need.metrics,
        dimensions=need.dimensions,
        arr_share=_arr_share(evidence, need, lacking),
    )


def _arr_share(evidence: Evidence, need: Need, lacking: str) -> float | None:
    """ARR of the lines without the fact, or of the accounts whose rows lack it."""
    if need.entity != "subscription":
        return evidence.arr_share(f"SELECT account_key {lacking}")
    there = f"starts_on <= {evidence.today} AND coalesce(ends_on > {evidence.today}, true)"
    part, whole = evidence.session.row(
        f"SELECT sum({evidence.value}) FILTER (WHERE {_empty(need)}), sum({evidence.value}) "
        f"FROM {evidence.rows('subscription')} WHERE {there}"
    )
    return evidence.share(part, whole)
