"""An expression that is written anew means what its author wrote: the engine works out both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lichen.engines.sandbox import Sandbox
from lichen.ledger.mapping.expression import expression

CELLS = {"name": "Alder & Co", "day": "29/02/2024", "iso": "2024-02-29", "mrr": "1200.50", "n": "7"}

EXPRESSIONS = [
    "lower(name)",
    "name || '/' || n",
    "left(name, 3) || right(name, 2)",
    "substring(name FROM 2 FOR 3)",
    "position('d' IN name)",
    "split_part(name, ' & ', 2)",
    "name[2:4]",
    "regexp_extract(name, '(\\w+) & (\\w+)', 2)",
    "regexp_replace(name, '[aeiou]', '*', 'g')",
    "name ~ 'Al.*'",
    "name LIKE 'Al%' AND NOT name ILIKE '%x%'",
    "trim(BOTH 'A' FROM name)",
    "strptime(day, '%d/%m/%Y')::DATE",
    "strftime(iso::DATE + INTERVAL 1 DAY, '%d.%m.%Y')",
    "date_trunc('month', iso::DATE)",
    "date_diff('day', iso::DATE, DATE '2024-03-31')",
    "datediff('month', iso::DATE, DATE '2024-03-31')",
    "extract(quarter FROM iso::DATE)",
    "last_day(iso::DATE)",
    "CAST(iso AS TIMESTAMP) AT TIME ZONE 'UTC'",
    "CAST(mrr AS DECIMAL(18, 2)) * 12",
    "TRY_CAST(mrr AS DECIMAL(18, 4)) * 12 / nullif(TRY_CAST(n AS INTEGER), 0)",
    "n::INTEGER / 2",
    "n::INTEGER // 2",
    "n::INTEGER % 4",
    "-n::INTEGER ** 2",
    "2 ^ n::INTEGER",
    "round(mrr::DOUBLE, -2)",
    "TRY_CAST(name AS INTEGER)",
    "coalesce(nullif(n, '7'), 'seven')",
    "CASE n WHEN '7' THEN 'x' ELSE 'y' END",
    "if(n = '7', 'x', 'y')",
    "n IN ('7', '8') OR n BETWEEN '1' AND '2'",
    "n IS DISTINCT FROM '7'",
    "n IS NOT NULL IS TRUE",
    "greatest(n, '10')",
    "list_contains(string_split(name, ' '), 'Co')",
    "'{\"a\": {\"b\": 5}}'::JSON ->> '$.a.b'",
    "json_extract_string('{\"a\": 5}', '$.a')",
    "concat_ws('-', n, NULL, name)",
    "1 + 2 * 3 - (4 - 5)",
    "NOT n = '7' AND n = '8' OR n = '7'",
    "'it''s' || E'\\n' || \"name\"",
    "(length(name) > 3) = true",
    "left(name, -2) || right(name, -6)",
    "len(name)::VARCHAR || instr(name, 'd')",
    "mod(n::INTEGER, 4)",
    "unicode('')",
    "list_distinct(['b', NULL, 'b'])",
    "array_to_string(list_sort(string_split(name, ' ')), '|')",
    "TRY(CAST(name AS INTEGER))",
    "list_value(n, iso)[2]",
    "date_part('year', iso::DATE)",
    "date_add(iso::DATE, INTERVAL 1 MONTH)",
    "iso::DATE - 1",
    "to_days(3) + iso::DATE",
    "INTERVAL (n) DAY + iso::DATE",
    "epoch_ms(1709200800000)",
    "make_date(2024, 2, n::INTEGER)",
    "printf('%05.2f', mrr::DOUBLE)",
    "log(100) + log2(8) + ln(1)",
    "1e3 + .5",
]


@pytest.fixture(scope="module")
def cells() -> Iterator[Sandbox]:
    """One row of cells."""
    with Sandbox() as sandbox:
        parts = ", ".join(f"'{text}' AS {name}" for name, text in CELLS.items())
        sandbox.lock()
        sandbox.keep("cells", f"SELECT {parts}")
        yield sandbox


@pytest.mark.parametrize("sql", EXPRESSIONS)
def test_what_is_written_anew_gives_the_same_value_of_the_same_type(
    cells: Sandbox, sql: str
) -> None:
    asked = "SELECT {0} AS value, typeof({0}) AS type FROM cells"
    assert cells.row(asked.format(f"({expression(sql)})")) == cells.row(asked.format(f"({sql})"))
