"""How a column of numbers is read: by what its values allow, all of them together."""

from __future__ import annotations

import pytest

from lichen.vocabulary.entities import Kind

POINT = ["1,234.50", "$1,234.50", "USD 1'234.50", "1 234.50", "1\u202f234.50 US$", "+1234.50"]
COMMA = ["1.234,50", "1.234,50 €", "EUR 1'234,50", "1 234,50", "1\u00a0234,50 kr.", "1234,50"]
BELOW = ["-1,234.50", "1,234.50-", "(1,234.50)", "($1,234.50)", "$(1,234.50)", "−$1,234.50"]


@pytest.mark.parametrize("written", POINT + COMMA)
def test_an_amount_is_read_in_every_form(columns, written: str) -> None:
    assert columns.read(Kind.AMOUNT, [written, None]) in (["1234.50", None], ["+1234.50", None])


@pytest.mark.parametrize("written", BELOW)
def test_an_amount_below_zero_is_read_in_every_form(columns, written: str) -> None:
    assert columns.read(Kind.AMOUNT, [written]) == ["-1234.50"]


def test_one_decisive_value_settles_the_separators_of_the_column(columns) -> None:
    assert columns.read(Kind.NUMBER, ["1,234", "0.5"]) == ["1234", "0.5"]
    assert columns.read(Kind.NUMBER, ["1,234", "0,5"]) == ["1.234", "0.5"]
    assert columns.read(Kind.NUMBER, ["1,234", "1,234,567"]) == ["1234", "1234567"]


def test_values_of_both_conventions_are_refused(columns) -> None:
    assert columns.refused(Kind.AMOUNT, ["1,234.5", "1.234,5", "2,50"]).sentence == (
        "1 value can only be read as 1,234.50, such as 1,234.5, "
        "and 2 only as 1.234,50, such as 1.234,5 and 2,50."
    )


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        (Kind.NUMBER, ["1,234", "12"]),
        (Kind.NUMBER, ["1.234", "12"]),
        (Kind.AMOUNT, ["1.234", "12"]),
        (Kind.AMOUNT, ["1,234 KWD", "12"]),
        (Kind.AMOUNT, ["1,234", "1.234"]),
        (Kind.INTEGER, ["1.000", "12"]),
        (Kind.RATE, ["1,085"]),
    ],
)
def test_a_lone_group_of_three_is_ambiguous(columns, kind: Kind, cells: list[str]) -> None:
    assert columns.refused(kind, cells).sentence.startswith("Ambiguous")


def test_money_and_whole_numbers_are_not_written_with_three_decimals(columns) -> None:
    assert columns.read(Kind.AMOUNT, ["1,234", "950"]) == ["1234", "950"]
    assert columns.read(Kind.INTEGER, ["1,234", "950"]) == ["1234", "950"]
    assert columns.read(Kind.INTEGER, ["1.234", "2.000"]) == ["1234", "2000"]
    assert columns.read(Kind.RATE, ["1.085"]) == ["1.085"]


def test_a_percent_is_a_hundredth_of_a_number_and_no_amount(columns) -> None:
    cells = ["12.5%", "100 %", "-0.5%"]
    assert columns.read(Kind.NUMBER, cells) == ["0.125", "1.00", "-0.005"]
    assert columns.read(Kind.AMOUNT, [*cells, "3"]) == [*cells, "3"]


def test_percent_signs_on_some_numbers_only_are_refused(columns) -> None:
    assert "none in 1 more" in columns.refused(Kind.NUMBER, ["12.5%", "3"]).sentence
    assert columns.read(Kind.NUMBER, ["12.5%", "3"], "percent") == ["0.125", "0.03"]
    assert columns.read(Kind.NUMBER, ["12.5%", "3"], "1,234.50") == ["0.125", "3"]


def test_what_is_no_number_stays_as_it_is(columns) -> None:
    cells = ["5 pcs", "1,2,3", "--5", "5,-", "1e5", "=1+1", "(5", "1.50"]
    assert columns.read(Kind.AMOUNT, cells) == cells


def test_currency_marks_are_counted(columns) -> None:
    marks = columns.seen(Kind.AMOUNT, ["€ 5", "5€", "5 usd", "US$ 5", "5"]).marks
    assert marks == {"€": 2, "USD": 1, "US$": 1}


def test_plain_numbers_cost_nothing(columns) -> None:
    assert columns.chosen(Kind.AMOUNT, ["12", "-12.50", "many"]).untouched


def test_yes_and_no_in_several_languages(columns) -> None:
    cells = ["Yes", "x", "ja", "Sí", "wahr", "0", "Nein", "non", "falsch", "maybe", "n/a"]
    assert columns.read(Kind.BOOLEAN, cells) == ["true"] * 5 + ["false"] * 4 + ["maybe", None]
