"""What systems say of churn, held against each other and against the lines.

Every voice is asked which accounts are lost on the newest day. An `account_flag` says so of its
account. An `event` does, unless a line of the account started after it. `line_flag`s do where no
open line of the account is without one. The `lines` themselves do where all have ended. Only
accounts that ever had a line are compared.
"""

from __future__ import annotations

from itertools import combinations

import pyarrow as pa

from lichen.engines.text import literal
from lichen.ledger.checks.evidence import (
    ACCOUNTS,
    ARR,
    LEVELS,
    LINES,
    RETENTION,
    Evidence,
    counted_noun,
    named_columns,
    open_on,
)
from lichen.vocabulary.finding import Finding, Severity

CONTRADICTIONS = "contradictions"
"""Table of pairs of voices: day, first, second, and accounts by which of them calls them lost."""

CONTRADICTIONS_SCHEMA = pa.schema(
    [
        ("day", pa.date32()),
        ("first", pa.string()),
        ("second", pa.string()),
        ("both", pa.int64()),
        ("only_first", pa.int64()),
        ("only_second", pa.int64()),
    ]
)

RECORDS = "seen_churn_record"
FLAGGED = "flagged_open_line"
VOICES = "churn_voice"
KINDS = {"account_flag": "account flags", "line_flag": "line flags", "event": "events"}
LOST = {**KINDS, "lines": "lines that all ended"}
TOUCHED = (*RETENTION, *LEVELS)


def contradictions(evidence: Evidence) -> list[Finding]:
    """Where records of churn and lines disagree; nothing where neither is there."""
    if not (evidence.has("churn_record") and evidence.has("subscription")):
        return []
    evidence.session.table(RECORDS, _records(evidence))
    evidence.session.table(FLAGGED, _flagged_open(evidence))
    evidence.session.table(VOICES, _voices())
    heard = [kind for kind in KINDS if evidence.session.count(f"{RECORDS} WHERE kind = '{kind}'")]
    if not heard:
        return []
    evidence.session.copy(
        f"{_pairs(evidence, [*heard, 'lines'])} ORDER BY ALL",
        evidence.folder / f"{CONTRADICTIONS}.parquet",
        in_order=True,
    )
    return [
        *_disagreeing(evidence, heard),
        *_flagged_accounts_with_open_lines(evidence),
        *_events_without_ended_line(evidence),
        *_flagged_lines_still_open(evidence),
        *_lost_without_record(evidence),
        *_records_without_line(evidence),
    ]


def _pairs(evidence: Evidence, voices: list[str]) -> str:
    """SQL of one row per pair of voices."""
    return " UNION ALL ".join(
        f"SELECT {evidence.today} AS day, {literal(first)} AS first, {literal(second)} AS second, "
        f"count(*) FILTER (WHERE {first} AND {second}) AS both, "
        f"count(*) FILTER (WHERE {first} AND NOT {second}) AS only_first, "
        f"count(*) FILTER (WHERE {second} AND NOT {first}) AS only_second FROM {VOICES}"
        for first, second in combinations(voices, 2)
    )


def _records(evidence: Evidence) -> str:
    """Records that are not dated later than the newest day."""
    return (
        "SELECT churn_record_id, account_key, kind, churned_on, subscription_id "
        f"FROM {evidence.rows('churn_record')} "
        f"WHERE churned_on IS NULL OR churned_on <= {evidence.today}"
    )


def _flagged_open(evidence: Evidence) -> str:
    """account_key, id and value of lines that are flagged as churned and open all the same."""
    return (
        f"SELECT account_key, subscription_id AS id, value FROM {LINES} "
        f"WHERE {open_on(evidence.today)} AND subscription_id IN (SELECT subscription_id "
        f"FROM {RECORDS} WHERE kind = 'line_flag' AND subscription_id IS NOT NULL)"
    )


def _voices() -> str:
    """account_key, one truth per voice, and whether any record is there; accounts with lines."""
    return f"""
        WITH flagged AS (
            SELECT account_key, count(*) AS flagged FROM {FLAGGED} GROUP BY account_key),
        record AS (
            SELECT account_key, bool_or(kind = 'account_flag') AS account_flag,
                   bool_or(kind = 'line_flag') AS line_flag, bool_or(kind = 'event') AS event,
                   coalesce(max(churned_on) FILTER (WHERE kind = 'event'), DATE '9999-12-31')
                     AS last_event
            FROM {RECORDS} GROUP BY account_key)
        SELECT account_key, coalesce(account_flag, false) AS account_flag,
               coalesce(line_flag, false) AND open = coalesce(flagged, 0) AS line_flag,
               coalesce(event, false) AND last_start <= last_event AS event,
               open = 0 AS lines, record.account_key IS NOT NULL AS recorded
        FROM {ACCOUNTS} LEFT JOIN flagged USING (account_key) LEFT JOIN record USING (account_key)
        WHERE last_start IS NOT NULL
    """


def _disagreeing(evidence: Evidence, heard: list[str]) -> list[Finding]:
    voices = [*heard, "lines"]
    some, every = " OR ".join(voices), " AND ".join(voices)
    keys = f"SELECT account_key FROM {VOICES} WHERE ({some}) AND NOT ({every})"
    count, examples = evidence.counted(evidence.account_ids(keys))
    if not count:
        return []
    said = ", ".join(f"count(*) FILTER (WHERE {voice})" for voice in voices)
    agreed, *each = evidence.session.row(
        f"SELECT count(*) FILTER (WHERE {every}), {said} FROM {VOICES}"
    )
    told = named_columns(f"{LOST[v]} {n:,}" for v, n in zip(voices, each, strict=True))
    accounts = counted_noun(count, "account is", "accounts are")
    return [
        Finding(
            "churn_records_contradict",
            "account",
            count,
            f"{accounts} lost by one record and not by another on {evidence.day}: accounts lost "
            f"by {told}; all agree on {agreed:,}. {_named_at_all(evidence, heard)}Figures follow "
            "the lines. Decide which record is right and correct the others at the source; the "
            "run's table contradictions has every pair.",
            Severity.WARNING,
            examples,
            metrics=TOUCHED,
            arr_share=evidence.arr_share(keys),
        )
    ]


def _named_at_all(evidence: Evidence, heard: list[str]) -> str:
    """What each kind of record names, whenever it was and whatever came after."""
    counts = dict(
        evidence.session.rows(
            f"SELECT kind, count(DISTINCT account_key) FROM {RECORDS} GROUP BY kind"
        )
    )
    told = named_columns(f"{KINDS[kind]} on {counts[kind]:,}" for kind in heard)
    return f"At any time there are {told} accounts. "


def _flagged_accounts_with_open_lines(evidence: Evidence) -> list[Finding]:
    keys = f"SELECT account_key FROM {VOICES} WHERE account_flag AND NOT lines"
    count, examples = evidence.counted(evidence.account_ids(keys))
    if not count:
        return []
    accounts = counted_noun(count, "account is flagged", "accounts are flagged")
    return [
        Finding(
            "churned_account_has_open_lines",
            "account",
            count,
            f"{accounts} as churned and had open lines on {evidence.day}; they count as retained. "
            "End their lines at the source, or remove the flag.",
            Severity.WARNING,
            examples,
            metrics=TOUCHED,
            arr_share=evidence.arr_share(keys),
        )
    ]


def _events_without_ended_line(evidence: Evidence) -> list[Finding]:
    """Events near which no line of the account ended; undated ones where none ever did."""
    days = evidence.definitions.revenue.grace_days
    near = f"l.until BETWEEN r.churned_on - {days} AND r.churned_on + {days}"
    ended = f"r.churned_on IS NULL AND l.until <= {evidence.today}"
    evidence.session.table(
        "unanswered_event",
        f"SELECT churn_record_id AS id, account_key FROM {RECORDS} r WHERE kind = 'event' AND "
        f"account_key IN (SELECT account_key FROM {VOICES}) AND NOT EXISTS (SELECT 1 FROM {LINES} "
        f"l WHERE l.account_key = r.account_key AND (({near}) OR ({ended})))",
    )
    count, examples = evidence.counted("SELECT id FROM unanswered_event")
    if not count:
        return []
    events = counted_noun(count, "churn event has", "churn events have")
    total = evidence.session.count(f"{RECORDS} WHERE kind = 'event'")
    return [
        Finding(
            "churn_event_without_ended_line",
            "account",
            count,
            f"{events} no line of the account that ended within {days} days, of {total:,}; no "
            "figure counts them as churn. End the lines at the source, or say what else the event "
            "records.",
            Severity.WARNING,
            examples,
            metrics=TOUCHED,
            arr_share=evidence.arr_share("SELECT account_key FROM unanswered_event"),
        )
    ]


def _flagged_lines_still_open(evidence: Evidence) -> list[Finding]:
    count, examples = evidence.counted(f"SELECT id FROM {FLAGGED}")
    if not count:
        return []
    held = evidence.session.row(f"SELECT sum(value) FROM {FLAGGED}")[0]
    whole = evidence.session.row(f"SELECT sum(arr) FROM {ARR}")[0]
    lines = counted_noun(count, "line is flagged", "lines are flagged")
    return [
        Finding(
            "flagged_line_still_open",
            "subscription",
            count,
            f"{lines} as churned and open on {evidence.day}; their ARR counts as retained. Give "
            "them an end at the source, or remove the flag.",
            Severity.WARNING,
            examples,
            metrics=TOUCHED,
            arr_share=evidence.share(held, whole),
        )
    ]


def _lost_without_record(evidence: Evidence) -> list[Finding]:
    keys = f"SELECT account_key FROM {VOICES} WHERE lines AND NOT recorded"
    count, examples = evidence.counted(evidence.account_ids(keys))
    if not count:
        return []
    accounts = counted_noun(count, "account has", "accounts have")
    return [
        Finding(
            "lost_without_churn_record",
            "account",
            count,
            f"{accounts} no open line left on {evidence.day}, and no record of churn; figures "
            "count them as lost. Look whether a renewal is missing from the lines, or record why "
            "they left.",
            Severity.WARNING,
            examples,
            metrics=TOUCHED,
        )
    ]


def _records_without_line(evidence: Evidence) -> list[Finding]:
    count, examples = evidence.counted(
        f"SELECT churn_record_id AS id FROM {RECORDS} "
        f"WHERE account_key NOT IN (SELECT account_key FROM {VOICES})"
    )
    if not count:
        return []
    records = counted_noun(count, "churn record is", "churn records are")
    return [
        Finding(
            "churn_record_without_line",
            "account",
            count,
            f"{records} of accounts that never had a line, so nothing was lost. Look whether "
            "their lines lead to another id of the same company.",
            examples=examples,
            metrics=TOUCHED,
        )
    ]
