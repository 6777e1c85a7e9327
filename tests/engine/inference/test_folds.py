"""Where an account goes depends on its id alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.inference.folds import NotIds, TooFewFolds, folds_of, places_of, share_of

IDS = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=30)


def splitmix64(state: int) -> int:
    """The published C code, in Python's integers."""
    mask = 2**64 - 1
    z = (state + 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


def test_the_published_first_draws_of_splitmix64_come_out() -> None:
    # The reference generator seeded with 0 adds the golden number before each draw.
    assert [splitmix64(0), splitmix64(0x9E3779B97F4A7C15)] == [
        0xE220A8397B1DCDAF,
        0x6E789E6AA1B965F4,
    ]


def test_a_share_is_the_top_53_bits_of_the_mixed_id() -> None:
    import hashlib

    salt = int.from_bytes(hashlib.blake2b(b"placebo", digest_size=8).digest(), "little")
    expected = [(splitmix64((i % 2**64) ^ salt) >> 11) / 2**53 for i in (-1, 0, 7, 10**12)]
    assert share_of([-1, 0, 7, 10**12], "placebo").tolist() == expected


@given(IDS, st.randoms(use_true_random=False))
def test_neither_order_nor_company_changes_a_fold(ids: list[int], random: object) -> None:
    shuffled = list(ids)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    alone = {each: int(folds_of([each], 5)[0]) for each in ids}
    assert dict(zip(shuffled, folds_of(shuffled, 5).tolist(), strict=True)) == alone


def test_text_and_whole_numbers_of_any_width_are_ids() -> None:
    narrow = share_of(np.array([1, 2, 3], dtype=np.int8))
    assert narrow.tolist() == share_of([1, 2, 3]).tolist()
    named = share_of(np.array(["a", "b", "a"]))
    assert named[0] == named[2] != named[1]
    assert share_of(["a", "b", "a"]).tolist() == named.tolist()


def test_shares_are_even_and_another_salt_draws_anew() -> None:
    shares, others = share_of(np.arange(100_000)), share_of(np.arange(100_000), "other")
    counts = np.bincount((shares * 20).astype(int))
    # Each of 20 bins expects 5,000 with a standard deviation of 69.
    assert np.abs(counts - 5_000).max() < 4 * 69
    assert abs(np.corrcoef(shares, others)[0, 1]) < 4 / np.sqrt(100_000)


@pytest.mark.parametrize("ids", [[1.5, 2.0], [None, "a"], [[1], [2]], [np.nan]])
def test_other_ids_are_refused(ids: object) -> None:
    with pytest.raises(NotIds, match="whole numbers or of text"):
        share_of(ids)  # type: ignore[arg-type]
    with pytest.raises(TooFewFolds):
        folds_of([1], 0)


def test_rows_without_ids_are_placed_by_content() -> None:
    first, second = np.array([2.0, 1.0, 2.0, 1.0]), np.array([5.0, 9.0, 4.0, 8.0])
    assert places_of([first, second]).tolist() == [3, 1, 2, 0]
    third = np.array([0.0, 0.0, 0.0, 1.0])
    assert places_of([np.zeros(4), first, third]).tolist() == [2, 0, 3, 1]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=20))
def test_places_are_those_of_sorted_rows(rows: list[tuple[int, int]]) -> None:
    columns = [np.array([row[i] for row in rows], dtype=float) for i in (0, 1)]
    places = places_of(columns)
    assert sorted(places.tolist()) == list(range(len(rows)))
    assert [rows[i] for i in np.argsort(places)] == sorted(rows)
