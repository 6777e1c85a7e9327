"""How columns that already have a type in Parquet become ledger values, without passing by text.

A type is called by the embedded engine's own name (`INTEGER`, `DECIMAL(10,2)`, `TIMESTAMP WITH
TIME ZONE`). Where a shape is named `text` the value is rendered as text first and then read by
the rules of text; that is exact for decimals and for the shortest form of doubles.
"""

from __future__ import annotations

from lichen.engines.text import literal, local_date

INTEGERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
)
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
    if type_family == "text":
        return column
    if type_family == "words":
        return f"array_to_string({column}, '|')"
    if type_family == "float":
        whole = f"isfinite({column}) AND {column} = trunc({column}) AND abs({column}) < 1e15"
        return (
            f"CASE WHEN {whole} THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) "
            f"ELSE CAST({column} AS VARCHAR) END"
        )
    return f"CAST({column} AS VARCHAR)"


def plain_number(column: str) -> str:
    """A float as `as_text` has it, without an exponent where 40 digits suffice."""
    text = as_text(column, "float")
    large = f"abs({column}) >= 1e15 AND abs({column}) < 1e37"
    small = f"abs({column}) > 1e-20 AND {text} LIKE '%e-%'"
    digits = f"regexp_extract({text}, '^-?([0-9.]+)e', 1)"
    sign = f"CASE WHEN {column} < 0 THEN '-' ELSE '' END"
    zeros = f"repeat('0', CAST(regexp_extract({text}, 'e-([0-9]+)$', 1) AS INTEGER) - 1)"
    return (
        f"CASE WHEN {large} THEN CAST(CAST({column} AS HUGEINT) AS VARCHAR) "
        f"WHEN {small} THEN {sign} || '0.' || {zeros} || "
        f"replace(regexp_replace({digits}, '\\.0$', ''), '.', '') ELSE {text} END"
    )


def minor_units(column: str, type_name: str, digits: str, largest: int) -> str:
    """An amount held as a number, in minor units; null when it has more decimals or is too large.

    `largest` is at most 10**15. A product of doubles is then within 0.34 of the true minor units,
    so rounding it is exact once the decimals are known to fit; 128-bit integers cost 40 times as
    much. The noise of binary fractions (a hundredth of a minor unit at most) is taken off doubles.
    """
    powers = "WHEN 0 THEN 1 WHEN 1 THEN 10 WHEN 2 THEN 100 WHEN 3 THEN 1000 ELSE 10000"
    unit = f"(CASE {digits} {powers} END)"
    kind = family(type_name)
    product = f"CAST({column} AS DOUBLE) * {unit}"
    fits = f"abs({product}) <= {largest}"
    if kind == "decimal":
        fits += f" AND {_decimals_fit(column, type_name, digits)}"
    elif kind == "float":
        noise = f"least(0.01, 1e-9 * greatest(1, abs({product})))"
        fits = f"isfinite({column}) AND {fits} AND abs({product} - round({product})) <= {noise}"
    return f"CASE WHEN {fits} THEN CAST(round({product}) AS BIGINT) END"


def _decimals_fit(column: str, type_name: str, digits: str) -> str:
    """Whether a decimal has no more digits after the point than its currency."""
    precision, scale = (int(part) for part in type_name[8:-1].split(","))
    cases = "".join(
        f" WHEN {places} THEN {column} = "
        f"CAST({column} AS DECIMAL({precision - scale + places + 1}, {places}))"
        for places in range(min(scale, 4))
    )
    return (
        f"CASE {digits}{cases} ELSE true END"
        if scale <= 4
        else (
            f"({column} = CAST({column} AS DECIMAL({precision - scale + 5}, 4)) AND "
            f"CASE {digits}{cases} ELSE true END)"
        )
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
        day = local_date(moment, time_zone)
        return f"CASE WHEN {local} = date_trunc('day', {local}) THEN {day} END"
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
