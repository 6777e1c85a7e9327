"""How a column of dates is read: by what its values allow, all of them together."""

from __future__ import annotations

import pytest

from lichen.vocabulary.entities import Kind

LEAP = "2024-02-29"

ONE_DAY = [
    "2024-02-29",
    "2024-02-29T00:00:00.000Z",
    "2024-02-29 00:00:00",
    "2024-02-29T00:00:00+02:00",
    "2024/2/29",
    "29-02-2024",
    "29/02/2024",
    "29.2.2024",
    "29 02 2024",
    "29/02/2024 00:00",
    "02-29-2024",
    "2/29/2024",
    "2/29/2024 12:00:00 AM",
    "20240229",
    "29 Feb 2024",
    "29-Feb-2024",
    "29th February 2024",
    "29FEB2024",
    "Feb 29, 2024",
    "February 29 2024",
    "Feb. 29th, 2024",
    "45351",
    "45351.0",
    "1709164800",
    "1709164800000",
]
"""2024-02-29 is day 45351 after 1899-12-30, and second 19782 x 86400 after 1970."""


@pytest.mark.parametrize("written", ONE_DAY)
def test_a_day_is_read_in_every_form(columns, written: str) -> None:
    assert columns.read(Kind.DATE, [written, None, written]) == [LEAP, None, LEAP]


def test_one_decisive_day_settles_the_order_for_the_column(columns) -> None:
    cells = ["03-04-2024", "29-02-2024", "05-06-2024"]
    assert columns.read(Kind.DATE, cells) == ["2024-04-03", LEAP, "2024-06-05"]
    cells[1] = "02-29-2024"
    assert columns.read(Kind.DATE, cells) == ["2024-03-04", LEAP, "2024-05-06"]


def test_a_day_that_does_not_exist_stays_as_it_was_written(columns) -> None:
    cells = ["31-04-2024", "29-02-2023", "29-02-2024"]
    assert columns.read(Kind.DATE, cells) == ["31-04-2024", "29-02-2023", LEAP]


def test_dates_that_fit_both_orders_are_refused_with_an_example(columns) -> None:
    refusal = columns.refused(Kind.DATE, ["03-04-2024", "05-05-2024", "06-07-2024"])
    assert refusal.sentence == (
        "Ambiguous: DD-MM-YYYY and MM-DD-YYYY both fit all 3 dates, "
        "such as 03-04-2024 and 06-07-2024."
    )
    assert refusal.next_step.startswith('Say format = "DD-MM-YYYY" or "MM-DD-YYYY"')


def test_day_and_month_of_equal_number_need_no_decision(columns) -> None:
    assert columns.read(Kind.DATE, ["05-05-2024", "1/1/2024"]) == ["2024-05-05", "2024-01-01"]


def test_a_column_of_both_orders_is_refused_with_counts_and_examples(columns) -> None:
    cells = ["29-02-2024", "30-02-2024", "02-29-2024", "03-04-2024"]
    assert columns.refused(Kind.DATE, cells).sentence == (
        "2 values can only be DD-MM-YYYY, such as 29-02-2024 and 30-02-2024, "
        "and 1 can only be MM-DD-YYYY, such as 02-29-2024."
    )


def test_a_few_dates_of_another_form_stay_for_quarantine(columns) -> None:
    cells = [LEAP] * 7 + ["03-04-2024"]
    assert columns.read(Kind.DATE, cells) == cells


def test_a_good_share_of_another_form_refuses_the_column(columns) -> None:
    refusal = columns.refused(Kind.DATE, [LEAP] * 4 + ["29-02-2024", "03-04-2024"])
    assert "YYYY-MM-DD fits 4 values" in refusal.sentence
    assert "DD-MM-YYYY or MM-DD-YYYY fits 2 values" in refusal.sentence


def test_a_century_is_not_guessed(columns) -> None:
    assert "two digits in 1 value, such as 29/02/24" in str(
        columns.refused(Kind.DATE, ["29/02/24"])
    )
    assert columns.read(Kind.DATE, ["29/02/24", "1-12-69"], "DD/MM/YY") == [LEAP, "1969-12-01"]


def test_excel_numbers_are_days_only_where_all_values_are(columns) -> None:
    refusal = columns.refused(Kind.DATE, ["45351", "12", "45352"])
    assert "excel fits 2 of 3 values" in refusal.sentence
    assert columns.read(Kind.DATE, ["45351", "x", "61"], "excel") == [LEAP, "x", "1900-03-01"]


def test_a_time_of_day_is_not_dropped_unasked(columns) -> None:
    cells = ["2024-02-29 10:30", "2024-02-29T23:59:00Z"]
    assert 'format = "YYYY-MM-DD hh:mm"' in columns.refused(Kind.DATE, cells).next_step
    assert columns.read(Kind.DATE, cells, "instant") == [LEAP, LEAP]
    assert columns.read(Kind.DATE, ["1709164801"], "epoch_s") == [LEAP]


@pytest.mark.parametrize(
    "cells",
    [
        ["2024-02-29T23:59:00.000+0000", "2024-02-29 10:30:07.125"],
        ["29.02.2024 10:30", "29/02/2024 8:15"],
        ["2/29/2024", "02/29/2024 11:00 PM"],
        ["1709164801", "1709164799"],
        ["2024-02-29", "2024-02-29"],
    ],
)
def test_the_day_of_moments_is_taken_in_any_form_where_it_is_asked_for(columns, cells) -> None:
    """An export of an interface and one of a connector differ; the mapping of both is one."""
    days = [LEAP, LEAP] if "1709" not in cells[0] else [LEAP, "2024-02-28"]
    assert columns.read(Kind.DATE, cells, "day") == days


def test_the_day_of_moments_is_refused_where_the_order_cannot_be_told(columns) -> None:
    assert "Ambiguous" in str(columns.refused(Kind.DATE, ["03/04/2024 10:30"], "day"))


def test_a_moment_has_no_day_to_ask_for(columns) -> None:
    assert (
        '"day" is not a format of a moment' in columns.refused(Kind.INSTANT, [LEAP], "day").sentence
    )


def test_words_for_nothing_are_empty_and_counted(columns) -> None:
    cells = ["N/A", "null", "-", "#N/A", "0000-00-00", "0000-00-00 00:00:00", LEAP]
    assert columns.read(Kind.DATE, cells) == [None] * 6 + [LEAP]
    assert columns.seen(Kind.DATE, cells).placeholders == 6


def test_a_canonical_column_costs_nothing(columns) -> None:
    assert columns.chosen(Kind.DATE, [LEAP, "2023-12-31", "soon"]).untouched


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("MM-DD-YYYY", "be the other way round, such as 29-02-2024, and none only this way"),
        ("YYYYMMDD", 'None of 2 values fits the declared format "YYYYMMDD"'),
        ("DD-MM-YYYJ", "Did you mean 'DD-MM-YYYY'"),
    ],
)
def test_a_declared_format_that_cannot_be_is_refused(columns, declared: str, said: str) -> None:
    assert said in str(columns.refused(Kind.DATE, ["29-02-2024", "03-04-2024"], declared))
