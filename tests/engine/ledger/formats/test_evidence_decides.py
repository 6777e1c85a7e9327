"""Order, files and surroundings of rows change nothing: only the values of a column decide."""

from __future__ import annotations

import re
from datetime import date
from functools import reduce
from operator import add

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.engines.text import literal
from lichen.ledger.formats import Evidence, Format, canonical, decide
from lichen.ledger.formats.date_readings import FITS as DATE_READINGS
from lichen.ledger.formats.date_readings import OF_MONTHS
from lichen.ledger.formats.number_readings import WORDS
from lichen.vocabulary.entities import Kind

EXAMPLES = settings(max_examples=30)

DATES = """2024-02-29|29-02-2024|02/29/2024|03-04-2024|05.05.2024|45351|20240229|N/A|soon
|29 Feb 2024|2024-02-29 10:30|1709164800|29/02/24"""

POOL = {
    Kind.DATE: DATES.replace("\n", "").split("|"),
    Kind.AMOUNT: "12 12.50 12,50 1,234 1.234 1,234.50 1.234,50 €5 -3 (4) 1e5 12% - many".split(),
    Kind.NUMBER: "12 0.5 0,5 1,234 1.234 12% 5.5% 1e5 NULL many".split(),
    Kind.BOOLEAN: "yes no ja nein x 1 0 maybe n/a".split(),
}


@pytest.mark.parametrize("kind", POOL)
@EXAMPLES
@given(data=st.data())
def test_neither_order_nor_files_change_the_decision(columns, kind: Kind, data) -> None:
    cells = data.draw(st.lists(st.sampled_from(POOL[kind]), min_size=2, max_size=8))
    cut = data.draw(st.integers(1, len(cells) - 1))
    shuffled = data.draw(st.permutations(cells))
    whole = columns.seen(kind, cells)
    files = [columns.seen(kind, part) for part in (shuffled[:cut], shuffled[cut:])]
    assert reduce(add, files, Evidence(kind)) == whole
    assert decide(reduce(add, files)) == decide(whole)


UNCLEAR = st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(1990, 2100))


@EXAMPLES
@given(
    parts=st.lists(UNCLEAR, min_size=3, max_size=8),
    unequal=UNCLEAR.filter(lambda part: part[0] != part[1]),
    separator=st.sampled_from("-/."),
    data=st.data(),
)
def test_dates_that_fit_both_orders_are_always_refused(
    columns, parts, unequal, separator: str, data
) -> None:
    every = data.draw(st.permutations([*parts, unequal]))
    cells = [separator.join(map(str, part)) for part in every]
    assert columns.refused(Kind.DATE, cells).sentence.startswith("Ambiguous")


@EXAMPLES
@given(
    groups=st.lists(st.tuples(st.integers(1, 999), st.integers(0, 999)), min_size=1, max_size=5),
    whole=st.lists(st.integers(0, 999), max_size=3),
    separator=st.sampled_from(".,"),
    data=st.data(),
)
def test_lone_groups_of_three_are_always_refused_in_numbers(
    columns, groups, whole, separator: str, data
) -> None:
    cells = [f"{first}{separator}{second:03}" for first, second in groups] + [*map(str, whole)]
    refusal = columns.refused(Kind.NUMBER, data.draw(st.permutations(cells)))
    assert refusal.sentence.startswith("Ambiguous")


LETTERS = st.sampled_from(list("0123456789") + list("-/. :,'’%()€$+−TZeEx") + ["Feb", "PM", "kr."])
CELLS = st.one_of(
    st.lists(LETTERS, min_size=1, max_size=14).map("".join),
    st.sampled_from([cell for cells in POOL.values() for cell in cells]),
    st.text(min_size=1, max_size=8).filter(lambda cell: "\0" not in cell),
)

TAKEN = {
    Kind.DATE: r"\d{4}-\d\d-\d\d",
    Kind.MONTH: r"\d{4}-\d\d(-\d\d)?",
    Kind.INSTANT: r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:\d\d)?)?)?",
    Kind.AMOUNT: r"-?(\d+(\.\d*)?|\.\d+)",
    Kind.NUMBER: r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?",
    Kind.INTEGER: r"-?(\d+(\.\d*)?|\.\d+)",
    Kind.RATE: r"-?(\d+(\.\d*)?|\.\d+)",
}

FORMATS = [
    Format(kind, reading, any_time=any_time)
    for kind in (Kind.DATE, Kind.MONTH, Kind.INSTANT)
    for reading in DATE_READINGS
    for any_time in (False, True)
    if kind is Kind.MONTH or reading not in OF_MONTHS
] + [
    Format(kind, reading, percent=percent)
    for kind in (Kind.AMOUNT, Kind.NUMBER, Kind.INTEGER, Kind.RATE)
    for reading in WORDS
    for percent in ("none", "marked", "all")
    if kind is Kind.NUMBER or percent == "none"
]


@EXAMPLES
@given(cells=st.lists(CELLS, min_size=1, max_size=8), format=st.sampled_from(FORMATS))
def test_any_text_becomes_canonical_or_stays_as_it_is(columns, cells, format: Format) -> None:
    rows = ", ".join(f"({place}, {literal(cell)})" for place, cell in enumerate(cells))
    query = f"SELECT {canonical('cell', format)} FROM (VALUES {rows}) t(place, cell) ORDER BY place"
    read = [row[0] for row in columns.session.rows(query)]
    for cell, found in zip(cells, read, strict=True):
        assert found == cell or re.fullmatch(TAKEN[format.kind], found), (cell, found)
        if found != cell and format.kind is Kind.DATE:
            date.fromisoformat(found)
