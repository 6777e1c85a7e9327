"""Rows that meet nothing: accounts without lines, and deals that were won without one."""

from __future__ import annotations

from lichen.ledger.checks.evidence import ACCOUNTS, LEVELS, Evidence, counted_noun
from lichen.vocabulary.finding import Finding, Severity


def orphans(evidence: Evidence) -> list[Finding]:
    """Accounts that no line names, and won new business of such accounts."""
    if not evidence.has("subscription"):
        return []
    evidence.session.table(
        "account_without_line",
        f"SELECT account_key, account_id AS id FROM {evidence.rows('account')} WHERE account_key "
        f"NOT IN (SELECT account_key FROM {ACCOUNTS})",
    )
    return [*_accounts(evidence), *_won(evidence)]


def _accounts(evidence: Evidence) -> list[Finding]:
    count, examples = evidence.counted("SELECT id FROM account_without_line")
    if not count:
        return []
    total = evidence.session.count(evidence.rows("account"))
    accounts = counted_noun(count, "account has", "accounts have")
    return [
        Finding(
            "account_without_line",
            "account",
            count,
            f"{accounts} no subscription line, of {total:,}; no figure of ARR or retention "
            "counts them, though renewals of theirs count as due. If they are not prospects, look "
            "whether their lines lead to another id of the same company.",
            examples=examples,
            metrics=LEVELS,
        )
    ]


def _won(evidence: Evidence) -> list[Finding]:
    if not evidence.has("opportunity", "outcome"):
        return []
    count, examples = evidence.counted(
        f"SELECT opportunity_id AS id FROM {evidence.rows('opportunity')} WHERE outcome = 'won' "
        "AND kind = 'new' AND merged_into_id IS NULL AND account_key IN (SELECT account_key FROM "
        f"account_without_line) AND coalesce(closed_on, created_on) <= {evidence.today}"
    )
    if not count:
        return []
    deals = counted_noun(count, "opportunity was", "opportunities were")
    return [
        Finding(
            "won_without_line",
            "opportunity",
            count,
            f"{deals} won by accounts that have no subscription line, so what they brought is in "
            "no figure. Add their lines, or correct the outcome.",
            Severity.WARNING,
            examples,
            dimensions=("acquired_via",),
        )
    ]
