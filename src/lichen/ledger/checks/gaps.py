"""Lines that ended and came back after more than the grace days: lost, then won again."""

from __future__ import annotations

from lichen.ledger.checks.evidence import RETENTION, Evidence, counted_noun
from lichen.ledger.checks.overlaps import ORDERED
from lichen.vocabulary.finding import Finding, Severity


def gone_and_back(evidence: Evidence) -> list[Finding]:
    """Gaps of an account's product that are too long for a late renewal."""
    days = evidence.definitions.revenue.grace_days
    late = f"FROM {ORDERED} WHERE starts_on > before + {days} AND starts_on <= {evidence.today}"
    count, longest = evidence.session.row(f"SELECT count(*), max(starts_on - before) {late}")
    if not count:
        return []
    keys = f"SELECT account_key {late}"
    accounts, examples = evidence.counted(evidence.account_ids(keys))
    lines = counted_noun(count, "line brings", "lines bring")
    of = counted_noun(accounts, "account", "accounts")
    return [
        Finding(
            "gone_and_back",
            "subscription",
            count,
            f"{lines} a product back to {of} after a gap of more than {days} days (the longest "
            f"{longest:,}); meanwhile they count as churn, or as contraction where the "
            "account kept another product. If these were late "
            "renewals, correct their starts, or raise revenue.grace_days.",
            Severity.NOTE,
            examples,
            metrics=(*RETENTION, "arr_movement"),
            arr_share=evidence.arr_share(keys),
        )
    ]
