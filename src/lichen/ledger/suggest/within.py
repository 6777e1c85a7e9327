"""Rows that stand in a table of something else: partners among accounts, and flags of churn."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.ledger.suggest.filtering import YES
from lichen.ledger.suggest.hows import needs
from lichen.ledger.suggest.known import Known
from lichen.ledger.suggest.meanings import MOST_WORDS, meanings
from lichen.ledger.suggest.names import column_words, name_in_sql
from lichen.ledger.suggest.samples import TableSample
from lichen.ledger.suggest.shapes import is_yes_or_no, share
from lichen.ledger.suggest.suggestion import ColumnSuggestion, Confidence, MapSuggestion
from lichen.vocabulary.entities import ENTITIES

TYPES = (("type",), ("account", "type"), ("company", "type"), ("record", "type"))
PARTNER = ENTITIES["partner"]
FLAG_KINDS = {"account": "account_flag", "subscription": "line_flag"}


def partners_within(
    row: MapSuggestion, table: TableSample, known: Known
) -> Iterator[MapSuggestion]:
    """Accounts whose type says that they are partners; in many CRMs that is what partners are."""
    if row.entity != "account":
        return
    for raw, seen in table.columns.items():
        if column_words(raw, known) not in TYPES or seen.distinct > MOST_WORDS:
            continue
        kinds = meanings(seen.values, PARTNER.by_name["kinds"], "partner", known).found
        partners = {word: kind for word, kind in kinds.items() if _is_partner(word, known)}
        if partners:
            yield _partners(row, raw, partners)


def _is_partner(word: str, known: Known) -> bool:
    return any(part in word.lower() for part in (*known.partner_words, "isv", "agency"))


def _partners(row: MapSuggestion, raw: str, kinds: dict[str, str]) -> MapSuggestion:
    columns = [
        ColumnSuggestion(name, told.how, told.confidence, "as of the account", told.samples)
        for name, of in (("partner_id", "account_id"), ("name", "name"), ("domain", "domain"))
        if (told := row.column(of)) is not None
    ]
    reason = "its words name kinds of partners"
    how = {"column": raw, "values": kinds}
    columns.append(ColumnSuggestion("kinds", how, Confidence.MEDIUM, reason))
    found = {each.column for each in columns if each.is_active}
    return MapSuggestion(
        "partner",
        row.table,
        Confidence.MEDIUM,
        f"partners are among the accounts: {raw} says so",
        tuple(columns),
        {name: needs(PARTNER.by_name[name]) for name in PARTNER.required if name not in found},
        {**row.where, "accounts that are no partner": {"column": raw, "in": list(kinds)}},
        name=f"partners among {row.table}",
    )


def churn_within(row: MapSuggestion, table: TableSample, known: Known) -> Iterator[MapSuggestion]:
    """A flag of churn on accounts or lines: compared with the lines, never counted."""
    kind = FLAG_KINDS.get(row.entity)
    own = row.column(ENTITIES[row.entity].key[0])
    account = row.column("account_id")
    if kind is None or own is None or account is None or "column" not in own.how:
        return
    for raw, seen in table.columns.items():
        if column_words(raw, known) not in known.churned:
            continue
        if share(seen.values, is_yes_or_no) >= 0.9:
            yield _flagged(row, own, account, raw, kind)


def _flagged(
    row: MapSuggestion, own: ColumnSuggestion, account: ColumnSuggestion, raw: str, kind: str
) -> MapSuggestion:
    sql = f"{name_in_sql(str(own.how['column']))} || '/{kind}'"
    columns = [
        ColumnSuggestion("churn_record_id", {"sql": sql}, Confidence.HIGH, "the row and its flag"),
        ColumnSuggestion("account_id", account.how, account.confidence, "as in the other map"),
        ColumnSuggestion("kind", {"constant": kind}, Confidence.HIGH, "where the flag stands"),
    ]
    if row.entity == "subscription":
        columns.append(
            ColumnSuggestion("subscription_id", own.how, own.confidence, "the line itself")
        )
    return MapSuggestion(
        "churn_record",
        row.table,
        Confidence.MEDIUM,
        f"{raw} says that it was lost; compared with the lines, never counted",
        tuple(columns),
        {} if account.is_active else {"account_id": needs(ENTITIES["account"].columns[0])},
        {**row.where, "not flagged": {"column": raw, "in": YES}},
        name=f"{raw} of {row.table}",
    )
