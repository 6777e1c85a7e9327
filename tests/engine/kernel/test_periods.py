"""Months, month ends and windows, against a calendar on paper."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.kernel.periods import (
    WindowKind,
    last_month_end,
    month_end,
    month_index,
    window_ending,
)

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@given(days)
def test_a_month_end_lies_in_its_own_month_and_the_next_day_does_not(day: date) -> None:
    end = month_end(month_index(day))
    assert month_index(end) == month_index(day)
    assert month_index(end + timedelta(days=1)) == month_index(day) + 1


@given(days)
def test_the_last_month_end_is_never_after_the_day_and_less_than_a_month_before(day: date) -> None:
    end = last_month_end(day)
    assert end <= day
    assert day - end < timedelta(days=31)


def test_29_february_2024_to_28_february_2025_is_one_year() -> None:
    window = window_ending(date(2025, 2, 28), WindowKind.ROLLING_12M)
    assert window.opens_on == date(2024, 2, 29)
    assert window.months == 12


@pytest.mark.parametrize(
    ("closes_on", "fiscal_year_start", "opens_on"),
    [
        (date(2026, 12, 31), 1, date(2025, 12, 31)),
        (date(2026, 3, 31), 1, date(2025, 12, 31)),
        (date(2026, 1, 31), 2, date(2025, 1, 31)),
        (date(2026, 2, 28), 2, date(2026, 1, 31)),
    ],
)
def test_a_fiscal_year_window_opens_where_the_previous_fiscal_year_closed(
    closes_on: date, fiscal_year_start: int, opens_on: date
) -> None:
    window = window_ending(closes_on, WindowKind.FISCAL_YEAR, fiscal_year_start)
    assert window.opens_on == opens_on


def test_a_quarter_is_three_months() -> None:
    assert window_ending(date(2026, 5, 31), WindowKind.QUARTER).opens_on == date(2026, 2, 28)
