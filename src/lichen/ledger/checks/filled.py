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

    `among` is SQL of the rows that should have it, and `those` says so in words.
    """

    entity: str
    column: str
    effect: str
    dimensions: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    among: str = "true"
    those: str = ""


TELLING = "is_telling"
"""SQL name of what marks the lines that tell how their account was won."""

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
        those=" of won new deals",
    ),
    Need(
        "subscription",
        "product",
        "late renewals and overlaps are looked for among all of them as if of one product",
    ),
    Need(
        "subscription",
        "opportunity_id",
        "what partners did on the deal behind them is not seen",
        ("acquired_via",),
        among=TELLING,
        those=" that are the first of an account without a won new deal",
    ),
    Need(
        "renewal",
        "renewed_amount",
        "they count as renewed at the amount due",
        metrics=RENEWALS,
        among="outcome = 'renewed'",
        those=" of outcome renewed",
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
        + f" FROM {_rows(evidence, entity)}"
    )
    return [
        _finding(evidence, need, rows, empty)
        for need, rows, empty in zip(needs, counts[::2], counts[1::2], strict=True)
        if empty
    ]


def _rows(evidence: Evidence, entity: str) -> str:
    """SQL of an entity's rows; lines are marked where they tell how their account was won."""
    rows = evidence.rows(entity)
    if entity != "subscription":
        return rows
    first = f"SELECT min_by(subscription_id, (starts_on, subscription_id)) FROM {rows}"
    if evidence.has("opportunity", "kind", "outcome"):
        first += (
            f" WHERE account_key NOT IN (SELECT account_key FROM {evidence.rows('opportunity')} "
            "WHERE kind = 'new' AND outcome = 'won' AND account_key IS NOT NULL)"
        )
    return f"(SELECT *, subscription_id IN ({first} GROUP BY account_key) AS {TELLING} FROM {rows})"


def _empty(need: Need) -> str:
    held = ENTITIES[need.entity].by_name[need.column].ledger_name
    return f"({need.among}) AND {quoted(held)} IS NULL"


def _finding(evidence: Evidence, need: Need, rows: int, empty: int) -> Finding:
    lacking = f"FROM {_rows(evidence, need.entity)} WHERE {_empty(need)}"
    _, examples = evidence.counted(f"SELECT {need.entity}_id AS id {lacking}")
    return Finding(
        f"partly_filled_{need.entity}_{need.column}",
        need.entity,
        empty,
        f"{empty:,} of {rows:,} {need.entity} rows{need.those} have no {need.column} "
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
        f"FROM {_rows(evidence, 'subscription')} WHERE {there}"
    )
    return evidence.share(part, whole)
