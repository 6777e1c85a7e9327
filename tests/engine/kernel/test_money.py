"""Minor units, against ISO 4217 and the rule of half to even."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.kernel.money import convert_minor, currencies, currency_digits, from_minor, to_minor


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("EUR", 2)])
def test_a_currency_has_its_own_digits(currency: str, digits: int) -> None:
    assert currency_digits(currency) == digits


@pytest.mark.parametrize(
    ("amount", "minor"), [("0.125", 12), ("0.135", 14), ("-0.125", -12), ("1", 100)]
)
def test_half_a_cent_rounds_to_the_even_cent(amount: str, minor: int) -> None:
    assert to_minor(Decimal(amount), "USD") == minor


def test_ten_thousand_yen_at_0_0067_are_67_dollars() -> None:
    assert convert_minor(10_000, "JPY", "USD", Decimal("0.0067")) == 6_700


@given(st.integers(-(10**15), 10**15), st.sampled_from(["USD", "JPY", "KWD"]))
def test_minor_units_survive_the_way_to_major_units_and_back(minor: int, currency: str) -> None:
    assert to_minor(from_minor(minor, currency), currency) == minor


def test_words_that_are_no_currency_are_not_among_the_currencies() -> None:
    assert "USD" in currencies()
    assert "ZZZ" not in currencies()
