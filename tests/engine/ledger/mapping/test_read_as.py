"""A SELECT sees dates and numbers alike, in whatever way a file writes them."""

from __future__ import annotations

import pytest
from raw_rows import Exports

from lichen.ledger.mapping import MappingUnusable

MAP = """
[tables.events]
[tables.events.read_as]
day = "DATE"
count = "NUMBER"
[[map]]
entity = "usage"
name = "events by month"
driving = "events"
sql = '''
SELECT min(_row) AS _row, account AS account_id, substr(day, 1, 7) AS month,
       sum(TRY_CAST(count AS DECIMAL(18, 2)))::BIGINT AS events
FROM events GROUP BY account, substr(day, 1, 7)
'''
"""
ISO = """
account | day        | count
a       | 2024-02-28 | 1000.5
a       | 2024-02-29 | 0.5
a       | 2024-03-13 | 4
b       | 2024-03-01 | 2
"""
DAY_FIRST = """
account | day              | count
a       | 28.02.2024 09:15 | 1.000,5
a       | 29.02.2024 10:00 | 0,5
a       | 13.03.2024 11:00 | 4
b       | 01.03.2024 12:00 | 2
"""
UNCLEAR = """
account | day        | count
a       | 02.03.2024 | 1.000
b       | 01.03.2024 | 2.000
"""


def mapping(day: str = "date", count: str = "number") -> str:
    return MAP.replace("DATE", day).replace("NUMBER", count)


@pytest.mark.parametrize("written", [ISO, DAY_FIRST])
def test_months_are_added_up_from_days_in_any_form(exports: Exports, written: str) -> None:
    made = exports.made(mapping(), exports.table("events", written))
    found = zip(made.column("account_id"), made.column("month"), made.column("events"), strict=True)
    assert sorted(found) == [
        ("crm:a", "2024-02", "1001"),
        ("crm:a", "2024-03", "4"),
        ("crm:b", "2024-03", "2"),
    ]


def test_a_column_that_leaves_its_form_open_stops_the_load_and_says_what_to_write(
    exports: Exports,
) -> None:
    with pytest.raises(MappingUnusable) as told:
        exports.made(mapping(), exports.table("events", UNCLEAR))
    assert 'Say day = "DD-MM-YYYY" or "MM-DD-YYYY" under read_as of [tables.events]' in str(
        told.value
    )
    assert 'Say count = "1,234.50" or "1.234,50" under read_as of [tables.events]' in str(
        told.value
    )


def test_a_declared_form_settles_it(exports: Exports) -> None:
    written = mapping("DD-MM-YYYY", "1.234,50")
    made = exports.made(written, exports.table("events", UNCLEAR))
    assert made.column("month") == ["2024-03", "2024-03"]
    assert made.column("events") == ["1000", "2000"]


def test_a_column_that_is_not_there_is_a_problem(exports: Exports) -> None:
    text = mapping().replace('count = "number"', 'cout = "number"')
    _, bound = exports.bound(text, exports.table("events", ISO))
    (problem,) = bound.problems
    assert problem.key == ("tables", "events", "read_as", "cout")
    assert problem.hint.startswith("Did you mean 'count'")
