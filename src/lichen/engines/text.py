"""How the embedded engine reads files and turns text into values, as SQL fragments.

Every `…_from_text` takes the SQL of a trimmed, non-empty text and gives the SQL of its value, null
where the text is not one. Nothing here guesses: no sniffing, no locale, no rounding of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

BLANKS = " \t\r\n\u00a0\ufeff"
"""Trimmed from both ends of every cell."""

DECIMAL = r"[+-]?(\d{1,18}(\.\d*)?|\.\d+)"
INSTANT = r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?(Z|z|[+-]\d{2}(:?\d{2})?))?)?"


def quoted(name: str) -> str:
    """An identifier, safe whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text constant, safe whatever it holds."""
    return "'" + text.replace("'", "''") + "'"


def file_name(path: Path) -> str:
    """A text constant that names this one file, whatever marks of patterns stand in its name."""
    return literal(re.sub(r"([*?\[])", r"[\1]", str(path)))


def words(values: Iterable[str]) -> str:
    """A parenthesised list of text constants."""
    return "(" + ", ".join(literal(value) for value in values) + ")"


def scan_csv(path: Path, columns: int, delimiter: str = ",", quote: str = '"') -> str:
    """A strict read of delimited UTF-8 text with a header: record, c0, c1, … all text.

    The statement fails on the first record that is not RFC 4180 or has another number of fields.
    Without a `quote`, quotation marks are text like any other.
    """
    names = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(columns))
    return (
        "(SELECT row_number() OVER () AS record, * FROM read_csv("
        f"{file_name(path)}, delim = {literal(delimiter)}, "
        f"quote = {literal(quote)}, escape = {literal(quote)}, header = true, "
        "auto_detect = false, all_varchar = true, strict_mode = true, null_padding = false, "
        f"columns = {{{names}}}))"
    )


def scan_parquet(path: Path, columns: Iterable[str]) -> str:
    """These columns of a Parquet file with record, the place of each row, counted from 1."""
    names = ", ".join(["file_row_number + 1 AS record", *map(quoted, columns)])
    return (
        f"(SELECT {names} FROM read_parquet("
        f"{file_name(path)}, file_row_number = true, hive_partitioning = false))"
    )


def read_rows(path: Path) -> str:
    """The rows of a Parquet file that Lichen wrote."""
    return f"read_parquet({file_name(path)}, hive_partitioning = false)"


def trimmed(text: str) -> str:
    """Text without blanks around it; null when nothing is left."""
    trim = f"nullif(trim({text}, {literal(BLANKS)}), '')"
    if not re.fullmatch(r'\w+|"([^"]|"")+"', text):
        return trim
    # Trimming costs six times what it costs to see that a cell begins and ends with a letter. A
    # text that begins with a blank, or beyond ASCII, is outside of this range.
    ends = " AND ".join(f"NOT suffix({text}, {literal(blank)})" for blank in BLANKS)
    return f"CASE WHEN {text} >= '!' AND {text} < '\x7f' AND {ends} THEN {text} ELSE {trim} END"


def is_filled(text: str) -> str:
    """Whether anything is left of a text once it is trimmed; never null.

    A text that begins with a letter of ASCII holds something, whatever its end.
    """
    left = f"nullif(trim({text}, {literal(BLANKS)}), '') IS NOT NULL"
    return f"CASE WHEN {text} >= '!' AND {text} < '\x7f' THEN true ELSE {left} END"


def matches(text: str, pattern: str) -> str:
    """Whether the whole text has this form."""
    return f"regexp_full_match({text}, {literal(pattern)})"


def only_if(condition: str, value: str) -> str:
    """The value where the condition holds, else null."""
    return f"CASE WHEN {condition} THEN {value} END"


def integer_from_text(text: str) -> str:
    """12, -3 and 12.0 are whole numbers; 1.5 and 1,000 are not."""
    return only_if(matches(text, r"[+-]?\d+(\.0*)?"), f"try_cast({text} AS BIGINT)")


def number_from_text(text: str) -> str:
    """A finite real number, exponent allowed."""
    value = f"try_cast({text} AS DOUBLE)"
    return only_if(
        f"{matches(text, r'[+-]?[0-9.]+([eE][+-]?[0-9]+)?')} AND isfinite({value})", value
    )


def boolean_from_text(text: str) -> str:
    """true, yes, 1 and false, no, 0, in any case."""
    return (
        f"CASE WHEN lower({text}) IN ('true', 'yes', '1') THEN true "
        f"WHEN lower({text}) IN ('false', 'no', '0') THEN false END"
    )


def date_from_text(text: str) -> str:
    """YYYY-MM-DD of a day that exists."""
    return only_if(matches(text, r"\d{4}-\d{2}-\d{2}"), f"try_cast({text} AS DATE)")


def month_from_text(text: str) -> str:
    """YYYY-MM or a date in the month, as the month's last day."""
    day = (
        f"CASE WHEN {matches(text, r'[0-9]{4}-[0-9]{2}')} THEN try_cast({text} || '-01' AS DATE) "
        f"ELSE {date_from_text(text)} END"
    )
    return f"last_day({day})"


def instant_from_text(text: str) -> str:
    """ISO 8601 as a naive UTC timestamp; without a zone it is read as UTC."""
    # Seconds may be left out in ISO 8601, but the engine wants them before a zone.
    timed = rf"regexp_replace({text}, '([T ]\d\d:\d\d)( ?[Zz+-].*)$', '\1:00\2')"
    return only_if(matches(text, INSTANT), f"try_cast({timed} AS TIMESTAMPTZ)::TIMESTAMP")


def closed_list(name: str, values: Iterable[str]) -> str:
    """The statement that declares a closed list of words under a name."""
    return f"CREATE TYPE {quoted(name)} AS ENUM {words(sorted(values))}"


def member(text: str, name: str) -> str:
    """The text where it is in a declared list, else null; a hash look-up, unlike a long IN."""
    return f"CAST(try_cast({text} AS {quoted(name)}) AS VARCHAR)"


def word_from_text(text: str, values: Iterable[str]) -> str:
    """One of the words, whatever its case."""
    return only_if(f"lower({text}) IN {words(values)}", f"lower({text})")


def word_list_from_text(text: str, values: Iterable[str]) -> str:
    """Words separated by | or ;, each once, sorted, joined by |."""
    one = "(" + "|".join(values) + ")"
    whole = rf"{one}(\s*[|;]\s*{one})*"
    split = rf"string_split_regex(lower({text}), '\s*[|;]\s*')"
    return only_if(
        matches(f"lower({text})", whole), f"array_to_string(list_sort(list_distinct({split})), '|')"
    )


def rate_from_text(text: str) -> str:
    """A positive exchange rate, to eight decimals, at most a million."""
    value = f"try_cast({text} AS DECIMAL(18, 8))"
    return only_if(f"{matches(text, DECIMAL)} AND {value} > 0 AND {value} <= 1000000", value)


def decimals(text: str) -> str:
    """The digits after the point that matter (12.500 -> 5)."""
    return rf"regexp_extract({text}, '\.(\d*?)0*$', 1)"


def minor_from_text(text: str, digits: str, largest: int) -> str:
    """An exact amount in minor units, by moving the decimal point in the text itself.

    `digits` is the SQL of the currency's number of decimals. Null when the text is no plain
    decimal number, has more decimals than that, or exceeds `largest` minor units.
    """
    whole = f"replace(split_part({text}, '.', 1), '+', '')"
    value = f"try_cast({whole} || rpad({decimals(text)}, {digits}, '0') AS BIGINT)"
    fits = f"length({decimals(text)}) <= {digits} AND abs({value}) <= {largest}"
    return only_if(f"{matches(text, DECIMAL)} AND {fits}", value)


def digits_of(
    currency: str, exceptions: Mapping[int, Iterable[str]], unusual: str, usual: int = 2
) -> str:
    """The number of decimals of a currency, from the codes that do not have the usual number.

    `unusual` is the declared list of all those codes.
    """
    cases = " ".join(
        f"WHEN {currency} IN {words(sorted(codes))} THEN {digits}"
        for digits, codes in sorted(exceptions.items())
    )
    return f"(CASE WHEN {member(currency, unusual)} IS NULL THEN {usual} ELSE CASE {cases} END END)"


def local_date(instant: str, time_zone: str) -> str:
    """The calendar date of a naive UTC timestamp in a time zone."""
    if time_zone == "UTC":
        return f"CAST({instant} AS DATE)"
    return f"CAST(timezone({literal(time_zone)}, timezone('UTC', {instant})) AS DATE)"


def half_even_product(amount: str, rate: str, divisor: str) -> str:
    """amount * rate / divisor in exact integers, rounded half to even once.

    Products that fit are taken in 64 bits, which is many times cheaper than in 128.
    """
    fits = f"abs(CAST({amount} AS DOUBLE) * {rate}) < 9e18"
    return (
        f"CAST(CASE WHEN {fits} THEN {_half_even(f'({amount} * {rate})', divisor)} "
        f"ELSE {_half_even(f'(CAST({amount} AS HUGEINT) * {rate})', divisor)} END AS BIGINT)"
    )


def _half_even(numerator: str, divisor: str) -> str:
    whole, rest = f"(abs({numerator}) // {divisor})", f"(abs({numerator}) % {divisor})"
    up = f"({rest} * 2 > {divisor} OR ({rest} * 2 = {divisor} AND {whole} % 2 = 1))"
    rounded = f"({whole} + CASE WHEN {up} THEN 1 ELSE 0 END)"
    return f"CASE WHEN {numerator} < 0 THEN -{rounded} ELSE {rounded} END"
