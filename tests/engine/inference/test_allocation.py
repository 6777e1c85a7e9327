"""Whole amounts divided by largest remainder."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lichen.inference.allocation import largest_remainder

WEIGHTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=9)


def test_units_left_over_go_to_the_largest_remainders_and_the_first_of_equals() -> None:
    # 10 over 1:1:1 is 3 1/3 each; 100 over 3:3:1 is 42 6/7, 42 6/7 and 14 2/7
    assert largest_remainder(10, [1, 1, 1]).tolist() == [4, 3, 3]
    assert largest_remainder(100, [3, 3, 1]).tolist() == [43, 43, 14]
    assert largest_remainder(-10, [1, 1, 1]).tolist() == [-4, -3, -3]


def test_nothing_is_given_where_nobody_has_a_weight() -> None:
    assert largest_remainder(10, [0, 0]).tolist() == [0, 0]


@given(total=st.integers(-(10**14), 10**14), weights=WEIGHTS)
def test_no_unit_is_lost_and_every_part_is_next_to_its_exact_share(
    total: int, weights: list[int]
) -> None:
    parts = largest_remainder(total, weights).tolist()
    size = sum(weights)
    if size:
        assert sum(parts) == total
        exact = [Fraction(total * weight, size) for weight in weights]
        assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))
