"""Lines of one product that lie on each other: they add up to ARR that nobody pays."""

from __future__ import annotations

from lichen.ledger.checks.evidence import (
    EXAMPLES,
    LEVELS,
    LINES,
    RETENTION,
    Evidence,
    counted_noun,
    open_on,
)
from lichen.vocabulary.finding import Finding, Severity

ORDERED = "ordered_line"
"""Lines of over a day with ARR, the end reached `before` each, and the start `after` it."""
TOGETHER = "open_together"
"""Accounts' products on the newest day: lines open, their ARR, and that of overlapping ones."""
MANY = 3
"""More lines of one product open at once than this are seldom meant."""


def overlaps(evidence: Evidence) -> list[Finding]:
    """Overlapping lines with their share of ARR, and accounts with many lines open at once."""
    evidence.session.table(ORDERED, _ordered())
    overlapping = _overlapping(evidence)
    return [*overlapping, *_many_at_once(evidence)] if overlapping else []


def _ordered() -> str:
    # Earlier lines matter by the latest end among them, later ones by the earliest start; so the
    # order of lines that start on one day does not matter.
    return (
        "SELECT *, max(until) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before, "
        f"lead(starts_on) OVER w AS after FROM {LINES} "
        "WHERE until > starts_on + 1 AND (value > 0 OR value IS NULL) "
        "WINDOW w AS (PARTITION BY account_key, product ORDER BY starts_on)"
    )


OVERLAPS = "(coalesce(before > starts_on + 1, false) OR coalesce(after + 1 < until, false))"


def _overlapping(evidence: Evidence) -> list[Finding]:
    count, accounts, examples = evidence.session.row(
        f"SELECT count(*), count(DISTINCT account_key), min(subscription_id, {EXAMPLES}) "
        f"FROM {ORDERED} WHERE {OVERLAPS}"
    )
    if not count:
        return []
    now = _share_today(evidence)
    lines = counted_noun(count, "line overlaps", "lines overlap")
    of = counted_noun(accounts, "account", "accounts")
    held = f"; open ones hold {now:.0%} of ARR on {evidence.day}" if now is not None else ""
    unmapped = not evidence.has("subscription", "product")
    hint = "Map subscription.product if these are different products. " if unmapped else ""
    meant = evidence.definitions.revenue.overlap_share == 1
    return [
        Finding(
            "overlapping_lines",
            "subscription",
            count,
            f"{lines} another line of the same product of the same account by more than a day, in "
            f"{of}{held}. {hint}Where an old line was left open, ARR counts it beside the new one: "
            "end the line that a new one replaces at the source.",
            Severity.NOTE if meant else Severity.WARNING,
            tuple(examples),
            metrics=(*RETENTION, *LEVELS),
            arr_share=now,
        )
    ]


def _share_today(evidence: Evidence) -> float | None:
    """What overlapping lines that are open together today hold of the ARR of open lines."""
    evidence.session.table(
        TOGETHER,
        "SELECT account_key, count(*) AS lines, sum(value) AS value, "
        f"sum(value) FILTER (WHERE {OVERLAPS}) AS overlapping "
        f"FROM {ORDERED} WHERE {open_on(evidence.today)} GROUP BY account_key, product",
    )
    part, whole = evidence.session.row(
        f"SELECT sum(overlapping) FILTER (WHERE lines > 1), sum(value) FROM {TOGETHER}"
    )
    return evidence.share(part, whole)


def _many_at_once(evidence: Evidence) -> list[Finding]:
    keys = f"SELECT account_key FROM {TOGETHER} WHERE lines > {MANY}"
    count, examples = evidence.counted(evidence.account_ids(keys))
    if not count:
        return []
    most, typical = evidence.session.row(
        f"SELECT max(lines), median(lines) FROM {TOGETHER} WHERE lines > {MANY}"
    )
    accounts = counted_noun(count, "account has", "accounts have")
    return [
        Finding(
            "many_lines_at_once",
            "account",
            count,
            f"{accounts} more than {MANY} lines of one product open on {evidence.day}: typically "
            f"{typical:.0f}, up to {most:,}. Look whether old lines were left open, or whether "
            "the column mapped to product is too coarse.",
            Severity.WARNING,
            examples,
            metrics=(*RETENTION, *LEVELS),
            arr_share=evidence.arr_share(keys),
        )
    ]
