"""How columns that already have a type in Parquet become ledger values, without passing by text.

A type is called by the embedded engine's own name (`INTEGER`, `DECIMAL(10,2)`, `TIMESTAMP WITH
TIME ZONE`). Where a shape is named `text` the value is rendered as text first and then read by
the rules of text; that is exact for decimals and for the shortest form of doubles.
"""

from __future__ import annotations

from lichen.engines.text import literal, local_date

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
            "UINTEGER", "UBIGINT", "UHUGEINT")
FLOATS = ("FLOAT", "DOUBLE")


def family(type_name: str) -> str:
    """text, integer, float, decimal, boolean, date, instant, zoned, words or other."""
    name = type_name.upper()
    if name == "VARCHAR" or name.startswith("ENUM"):
        return "text"
    if name == "VARCHAR[]":
        return "words"
    if name in INTEGERS:
        return "integer"
    if name in FLOATS:
        return "float"
    if name.startswith("DECIMAL"):
        return "decimal"
    if name == "TIMESTAMP WITH TIME ZONE":
        return "zoned"
    if name.startswith("TIMESTAMP"):
        return "instant"
    return {"BOOLEAN": "boolean", "DATE": "date"}.get(name, "other")


def as_text(column: str, type_family: str) -> str:
    """The text that a person would write for the value; whole floats without their `.0`."""
    if type_family == "words":
        return f"array_to_string({column}, '|')"
    if type_family == "float":
        whole = f"isfinite({column}) AND {column} = trunc({column}) AND abs({column}) < 1e15"
        return (
            f"CASE WHEN {whole} THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) "
            f"ELSE CAST({column} AS VARCHAR) END"
        )
    return f"CAST({column} AS VARCHAR)"


def money_text(column: str) -> str:
    """A double as decimal text, with the noise of binary fractions (1e-9 of its size) taken off."""
    near = f"round({column}, 4)"
    noise = f"abs({column} - {near}) <= 1e-9 * greatest(1, abs({column}))"
    return (
        f"CASE WHEN isfinite({column}) AND abs({column}) < 1e15 AND {noise} "
        f"THEN CAST(CAST({near} AS DECIMAL(24, 4)) AS VARCHAR) ELSE CAST({column} AS VARCHAR) END"
    )


def naive(column: str, type_family: str) -> str:
    """An instant as a naive UTC timestamp in microseconds."""
    if type_family == "zoned":
        return f"timezone('UTC', {column})"
    return f"CAST({column} AS TIMESTAMP)"


def day_of(column: str, type_family: str, time_zone: str) -> str:
    """The date held by a date, or by an instant that is a midnight; null for other instants.

    A zone-less midnight is that date; a zoned instant is a midnight in the workspace's zone.
    """
    if type_family == "date":
        return column
    moment = naive(column, type_family)
    if type_family == "zoned":
        local = f"timezone({literal(time_zone)}, {column})"
        return f"CASE WHEN {local} = date_trunc('day', {local}) THEN {local_date(moment, time_zone)} END"
    return f"CASE WHEN {moment} = date_trunc('day', {moment}) THEN CAST({moment} AS DATE) END"


def whole_number(column: str, type_family: str) -> str:
    """A bigint, from integers and from floats and decimals that are whole; null otherwise."""
    if type_family == "integer":
        return f"try_cast({column} AS BIGINT)"
    return f"CASE WHEN {column} = trunc({column}) THEN try_cast({column} AS BIGINT) END"


def real_number(column: str) -> str:
    """A finite double."""
    value = f"CAST({column} AS DOUBLE)"
    return f"CASE WHEN isfinite({value}) THEN {value} END"
