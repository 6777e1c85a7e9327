"""The account of a row that does not name it: through another table that both lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lichen.ledger.suggest.keys import IdColumn, Ids, share_within
from lichen.ledger.suggest.known import KEYS, Known
from lichen.ledger.suggest.names import column_words, name_in_sql
from lichen.ledger.suggest.samples import TableSample
from lichen.ledger.suggest.suggestion import ColumnSuggestion, Confidence, MapSuggestion
from lichen.vocabulary.entities import ENTITIES

ACCOUNT = "account_id"


@dataclass(frozen=True)
class Way:
    """A table that has the account: its column `on` equals the column `via` of the row."""

    table: str
    on: str
    via: str
    account: str
    share: float
    is_junction: bool = False


def reached(
    row: MapSuggestion,
    maps: Sequence[MapSuggestion],
    tables: Sequence[TableSample],
    ids: Ids,
    known: Known,
) -> MapSuggestion:
    """The map with its account found through another table, where it has none and there is one."""
    if ACCOUNT not in row.missing or row.sql is not None:
        return row
    table = next(each for each in tables if each.table == row.table)
    ways = [
        *_through_rows(row, table, maps, ids, known),
        *_through_junctions(row, tables, ids, known),
    ]
    best = max(ways, key=lambda way: way.share, default=None)
    return row if best is None else _with(row, table, best)


def _through_rows(
    row: MapSuggestion, table: TableSample, maps: Sequence[MapSuggestion], ids: Ids, known: Known
) -> Iterator[Way]:
    """Rows of another entity that name their account, and that the row names."""
    for other in maps:
        account = other.column(ACCOUNT)
        if other.table == table.table or account is None or other.sql is not None:
            continue
        for owner in ids.get(other.entity, ()):
            if owner.table != other.table or not account.is_active:
                continue
            for raw in _open_to(row, table, other.entity):
                found = _leads_to(raw, table, owner, other.entity, known)
                if found:
                    yield Way(other.table, owner.column, raw, account.how["column"], found)


def _open_to(row: MapSuggestion, table: TableSample, entity: str) -> list[str]:
    """Raw columns that may lead to rows of an entity: not those that lead to another one.

    A partner is often an account too, and its account is not that of the customer.
    """
    known_columns = ENTITIES[row.entity].by_name
    elsewhere = {
        each.how.get("column")
        for each in row.columns
        if each.is_active and known_columns[each.column].references not in (None, entity)
    }
    return [raw for raw in table.columns if raw not in elsewhere]


def _through_junctions(
    row: MapSuggestion, tables: Sequence[TableSample], ids: Ids, known: Known
) -> Iterator[Way]:
    """A table that pairs rows of this kind with accounts."""
    for owner in ids.get(row.entity, ()):
        if owner.table != row.table:
            continue
        for other in tables:
            if other.table == row.table:
                continue
            accounts = [raw for raw in other.columns if _is_key(raw, "account", known)]
            found = [
                (_leads_to(raw, other, owner, row.entity, known), raw)
                for raw in other.columns
                if _is_key(raw, row.entity, known)
            ]
            share, on = max(found, default=(0.0, ""))
            if accounts and share:
                yield Way(other.table, on, owner.column, accounts[0], share / 2, is_junction=True)


def _leads_to(raw: str, table: TableSample, owner: IdColumn, entity: str, known: Known) -> float:
    """How far a column's values are the ids; without its name saying so, nearly all must be."""
    found = share_within(table.columns[raw].values, owner.seen)
    least = 0.3 if _is_key(raw, entity, known) else 0.9
    return found if found >= least and len(table.columns[raw].values) >= 2 else 0.0


def _is_key(raw: str, entity: str, known: Known) -> bool:
    words = column_words(raw, known)
    return any(words == (*noun, key) for noun in known.nouns[entity] for key in KEYS)


def _with(row: MapSuggestion, table: TableSample, way: Way) -> MapSuggestion:
    """The map as a SELECT that brings the account along."""
    alias = ACCOUNT if ACCOUNT not in map(str.lower, table.columns) else f"reached_{ACCOUNT}"
    used = [f"t.{name_in_sql(raw)}" for raw in table.columns if _uses(row, raw)]
    names = ", ".join(["t._row", *used, f"u.{name_in_sql(way.account)} AS {alias}"])
    other = name_in_sql(way.table)
    told = f"through {way.table}.{way.on}"
    if way.is_junction:
        on, account = name_in_sql(way.on), name_in_sql(way.account)
        pairs = name_in_sql(way.table)
        other = f"(SELECT {on}, min({account}) AS {account} FROM {pairs} GROUP BY {on})"
        told += "; where it names several accounts, the first is taken"
    sql = (
        f"SELECT {names}\nFROM {name_in_sql(row.table)} t\n"
        f"LEFT JOIN {other} u ON u.{name_in_sql(way.on)} = t.{name_in_sql(way.via)}\n"
    )
    found = ColumnSuggestion(ACCOUNT, {"column": alias}, Confidence.MEDIUM, told)
    columns = tuple(each for each in row.columns if each.column != ACCOUNT)
    missing = {name: need for name, need in row.missing.items() if name != ACCOUNT}
    return replace(row, columns=(*columns, found), missing=missing, sql=sql)


def _uses(row: MapSuggestion, raw: str) -> bool:
    """Whether a column or a filter of the map reads the raw column."""
    hows: list[Mapping[str, object]] = [each.how for each in row.columns]
    return any(
        raw == how.get("column")
        or raw in str(how.get("columns", ""))
        or re.search(rf"(?<!\w){re.escape(name_in_sql(raw))}(?!\w)", str(how.get("sql", "")))
        for how in [*hows, *row.where.values()]
    )
