"""How each declared column is read: the value it becomes, when it fails, and what to say then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lichen.engines import native, text
from lichen.engines.embedded import Embedded
from lichen.engines.text import literal, quoted
from lichen.kernel.money import currencies, currency_digits
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import Column, Entity, Kind

LARGEST_MINOR = 10**15
"""Amounts beyond this (ten trillion dollars) are taken for errors; sums then stay inside int64."""

DIGITS = "row_digits"
"""Column, computed once a row beside its cells, with the decimals of the row's currency."""

CURRENCIES, UNUSUAL = "iso_currency", "unusual_currency"
"""Closed lists: all currencies, and those whose minor unit is not a hundredth."""

SQL_TYPES: dict[Kind, str] = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.MONTH: "DATE",
    Kind.INSTANT: "TIMESTAMP",
    Kind.AMOUNT: "BIGINT",
    Kind.CURRENCY: "VARCHAR",
    Kind.RATE: "DECIMAL(18, 8)",
    Kind.ENUM: "VARCHAR",
    Kind.ENUM_LIST: "VARCHAR",
}

ACCEPTED: dict[Kind, frozenset[str]] = {
    Kind.TEXT: frozenset({"text", "integer", "float", "decimal"}),
    Kind.INTEGER: frozenset({"text", "integer", "float", "decimal"}),
    Kind.NUMBER: frozenset({"text", "integer", "float", "decimal"}),
    Kind.BOOLEAN: frozenset({"text", "integer", "boolean"}),
    Kind.DATE: frozenset({"text", "date", "instant", "zoned"}),
    Kind.MONTH: frozenset({"text", "date", "instant", "zoned"}),
    Kind.INSTANT: frozenset({"text", "date", "instant", "zoned"}),
    Kind.AMOUNT: frozenset({"text", "integer", "float", "decimal"}),
    Kind.CURRENCY: frozenset({"text"}),
    Kind.RATE: frozenset({"text", "integer", "float", "decimal"}),
    Kind.ENUM: frozenset({"text"}),
    Kind.ENUM_LIST: frozenset({"text", "words"}),
}
"""Parquet types that a column may come in, by family of `engines.native`."""


@dataclass(frozen=True)
class ColumnReading:
    """One column of one file, as SQL in three steps.

    `cell` is over the raw columns, null for an empty cell. `value` and `reason` are over the
    cells, called t_<name>; the value is null where the cell is empty or fails. `shown` is over the
    raw columns: what quarantine shows of the cell.
    """

    column: Column
    cell: str
    value: str
    reason: str
    shown: str

    @property
    def failing(self) -> str:
        """The condition under which the row goes to quarantine, over columns t_ and v_ of it."""
        cell, value = quoted(f"t_{self.column.name}"), quoted(f"v_{self.column.name}")
        if self.column.kind is Kind.TEXT:
            return f"{cell} IS NULL" if self.column.required else "false"
        if self.column.required:
            return f"{value} IS NULL"
        return f"({cell} IS NOT NULL AND {value} IS NULL)"


def read_columns(
    entity: Entity,
    raw: Mapping[str, tuple[str, str]],
    definitions: Definitions,
    digits: str = DIGITS,
) -> list[ColumnReading]:
    """How the columns of a file are read; `raw` gives SQL and engine type of each mapped column.

    `digits` is SQL of the decimals of a row's currency, over its cells.
    """
    currency = row_currency("currency" in raw, definitions)
    zone = definitions.workspace.time_zone
    return [
        _reading(column, *raw[column.name], currency, zone, digits)
        for column in entity.columns
        if column.name in raw
    ]


def row_currency(mapped: bool, definitions: Definitions) -> str:
    """SQL of the currency that a row's amounts are in, over its cells."""
    own = literal(definitions.workspace.currency)
    return f"coalesce(upper(t_currency), {own})" if mapped else own


def _reading(
    column: Column, raw: str, type_name: str, currency: str, zone: str, digits: str
) -> ColumnReading:
    family = native.family(type_name)
    shown = native.as_text(raw, family)
    cell = quoted(f"t_{column.name}")
    reason = literal(reason_of(column))
    if column.kind is Kind.AMOUNT:
        reason = _amount_reason(column, native.as_text(cell, family), currency)
        if family != "text":
            value = native.minor_units(cell, type_name, digits, LARGEST_MINOR)
            return ColumnReading(column, raw, _from_minimum(column, value), reason, shown)
    typed = _native_value(column.kind, cell, family, zone)
    if typed is not None:
        return ColumnReading(column, raw, typed, reason, shown)
    value = _text_value(column, cell, digits)
    return ColumnReading(column, text.trimmed(shown), value, reason, shown)


def _native_value(kind: Kind, raw: str, family: str, zone: str) -> str | None:
    """The value of an already typed column, or None when it is read by the rules of text."""
    if family == "text" or family == "words":
        return None
    if kind is Kind.DATE:
        return native.day_of(raw, family, zone)
    if kind is Kind.MONTH:
        return f"last_day({native.day_of(raw, family, zone)})"
    if kind is Kind.INSTANT:
        return native.naive(raw, family)
    if kind is Kind.INTEGER:
        return native.whole_number(raw, family)
    if kind is Kind.NUMBER:
        return native.real_number(raw)
    if kind is Kind.BOOLEAN and family == "boolean":
        return raw
    return None


def _text_value(column: Column, cell: str, digits: str) -> str:
    """The value of a trimmed text cell."""
    match column.kind:
        case Kind.TEXT:
            return f"lower({cell})" if column.lower else cell
        case Kind.INTEGER:
            return text.integer_from_text(cell)
        case Kind.NUMBER:
            return text.number_from_text(cell)
        case Kind.BOOLEAN:
            return text.boolean_from_text(cell)
        case Kind.DATE:
            return text.date_from_text(cell)
        case Kind.MONTH:
            return text.month_from_text(cell)
        case Kind.INSTANT:
            return text.instant_from_text(cell)
        case Kind.CURRENCY:
            return text.member(f"upper({cell})", CURRENCIES)
        case Kind.RATE:
            return text.rate_from_text(cell)
        case Kind.ENUM:
            return text.word_from_text(cell, column.values)
        case Kind.ENUM_LIST:
            return text.word_list_from_text(cell, column.values)
        case Kind.AMOUNT:
            return _from_minimum(column, text.minor_from_text(cell, digits, LARGEST_MINOR))


def _from_minimum(column: Column, value: str) -> str:
    """The amount, or null below the column's minimum."""
    if column.minimum is None:
        return value
    # One short of the minimum stands for all below it, so that the amount is worked out once.
    short = column.minimum - 1
    return f"nullif(greatest({value}, {short}), {short})"


def _amount_reason(column: Column, cell: str, currency: str) -> str:
    # Amounts are shown as they stand, so a sign tells those below zero without reading them.
    below = f"WHEN starts_with({cell}, '-') THEN 'is below zero' " if column.minimum == 0 else ""
    many = f"length({text.decimals(cell)}) > {DIGITS}"
    return (
        f"CASE WHEN NOT {text.matches(cell, text.DECIMAL)} THEN {literal('is not an amount')} "
        f"{below}WHEN {many} THEN 'has more decimals than ' || {currency} ELSE 'is too large' END"
    )


@lru_cache(maxsize=1)
def _unusual_digits() -> dict[int, tuple[str, ...]]:
    groups: dict[int, list[str]] = defaultdict(list)
    for code in sorted(currencies()):
        if currency_digits(code) != 2:
            groups[currency_digits(code)].append(code)
    return {digits: tuple(codes) for digits, codes in groups.items()}


def declare_lists(session: Embedded) -> None:
    """Declare the closed lists that readings look words up in."""
    unusual = [code for codes in _unusual_digits().values() for code in codes]
    session.run(text.closed_list(CURRENCIES, currencies()))
    session.run(text.closed_list(UNUSUAL, unusual))


def digits_sql(currency: str) -> str:
    """SQL of the number of decimals of a currency."""
    return text.digits_of(currency, _unusual_digits(), UNUSUAL)


REASONS: dict[Kind, tuple[str, str]] = {
    Kind.TEXT: ("is empty", "text"),
    Kind.INTEGER: ("is not a whole number", "a whole number such as 12"),
    Kind.NUMBER: ("is not a number", "a number such as 12.5"),
    Kind.BOOLEAN: ("is neither true nor false", "true, false, yes, no, 1 or 0"),
    Kind.DATE: ("is not a date", "a date as YYYY-MM-DD"),
    Kind.MONTH: ("is not a month", "a month as YYYY-MM, or a date in it"),
    Kind.INSTANT: ("is not a moment", "ISO 8601 such as 2024-03-31T09:30:00Z"),
    Kind.AMOUNT: ("is not an amount", "a decimal number such as 1200.50, without separators"),
    Kind.CURRENCY: ("is not a currency", "an ISO 4217 code such as USD"),
    Kind.RATE: ("is not an exchange rate", "a positive decimal number such as 1.0825"),
    Kind.ENUM: ("is not one of the words", ""),
    Kind.ENUM_LIST: ("is not a list of the words", ""),
}


def reason_of(column: Column) -> str:
    """Why a filled cell of this column fails, as the rest of a sentence."""
    return REASONS[column.kind][0]


def expected_of(column: Column) -> str:
    """What the contract wants in this column."""
    if column.kind is Kind.ENUM:
        return "one of " + ", ".join(column.values)
    if column.kind is Kind.ENUM_LIST:
        return "one or more, separated by |, of " + ", ".join(column.values)
    least = ", zero or more" if column.minimum == 0 else ""
    return REASONS[column.kind][1] + least
