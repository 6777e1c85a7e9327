"""Numbers are written one way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.reports.format import (
    format_count,
    format_days,
    format_difference,
    format_figure,
    format_interval,
    format_money,
    format_money_exact,
)


@pytest.mark.parametrize(
    ("value", "unit", "extra", "written"),
    [
        (1.12, "ratio", {"low": 1.07, "high": 1.17}, "112.0% (107.0 to 117.0)"),
        (0.9, "ratio", {}, "90.0%"),
        (1.12, "ratio", {"low": 0.95, "high": 1.29}, "112% (95 to 129)"),
        (0.05, "ratio", {"low": -0.03, "high": 0.13}, "5.0% (−3.0 to 13.0)"),
        (-0.00001, "ratio", {}, "0.0%"),
        (1_241_880_00, "money", {}, "$1.24M"),
        (1_241_880_00, "money", {"full": True}, "$1,241,880"),
        (-150_000_00, "money", {}, "−$150k"),
        (1204, "count", {}, "1,204"),
        (None, "ratio", {"n": 12, "needs": 20}, "not enough data (n = 12, needs 20)"),
        (None, "ratio", {"n": 12}, "not enough data (n = 12)"),
        (
            0.9,
            "ratio",
            {"n": 12, "needs": 20, "verdict": "not_enough_data"},
            "not enough data (n = 12, needs 20)",
        ),
        (
            None,
            "ratio",
            {"n": 45, "needs": 30.0},
            "not enough data (n = 45, but of so uneven size that they count as fewer than 30)",
        ),
    ],
)
def test_a_figure_is_written_as_the_look_says(
    value: float | None, unit: str, extra: dict[str, Any], written: str
) -> None:
    assert format_figure(value, unit, **extra) == written


@pytest.mark.parametrize(
    ("minor", "currency", "short", "exact"),
    [
        (99_996_000, "USD", "$1.00M", "$999,960.00"),
        (99_949_900, "USD", "$999k", "$999,499.00"),
        (12_345, "USD", "$123", "$123.45"),
        (-40, "USD", "$0", "−$0.40"),
        (5_000, "JPY", "¥5.00k", "¥5,000"),
        (1_234_567, "KWD", "KWD\u00a01.23k", "KWD\u00a01,234.567"),
        (0, "EUR", "€0", "€0.00"),
    ],
)
def test_money_keeps_three_digits_in_headlines_and_all_where_lines_must_add_up(
    minor: int, currency: str, short: str, exact: str
) -> None:
    assert format_money(minor, currency) == short
    assert format_money_exact(minor, currency) == exact


def test_differences_carry_their_sign_and_ratios_differ_in_points() -> None:
    assert format_difference(0.0312, "ratio") == "+3.1 points"
    assert format_difference(-0.0312, "ratio") == "−3.1 points"
    assert format_difference(120_000_00, "money") == "+$120k"
    assert format_difference(-4, "count") == "−4"


def test_days_are_whole_and_counts_are_separated() -> None:
    assert format_days(47.6) == "48 d"
    assert format_count(-1204) == "−1,204"


@given(st.floats(-10, 10), st.floats(0, 2))
def test_no_text_ever_holds_a_hyphen_for_a_minus(value: float, half: float) -> None:
    shown = format_figure(value, "ratio", low=value - half, high=value + half)
    assert "-" not in shown
    assert format_interval(value - half, value + half, "ratio") in shown
