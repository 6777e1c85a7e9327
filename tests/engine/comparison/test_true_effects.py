"""The truth of a comparison as its benchmark reads it: by hand, on four lives."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from benchmarks.comparison_truth import page_table, renewed, truth_table
from benchmarks.ecosystems import Answer
from benchmarks.true_effects import true_effect

T0 = date(2025, 3, 31)

LIVES = pa.table(
    {
        "account_id": ["a", "b", "c", "d"],
        "quarter_end": [T0] * 4,
        # a grows, b is saved, c shrinks, d is a customer at T0 only because of the partner.
        "arr_minor_start_with": [100, 200, 100, 100],
        "arr_minor_start_without": [100, 200, 100, 0],
        "arr_minor_end_with": [150, 200, 80, 100],
        "arr_minor_end_without": [110, 0, 90, 0],
        "active_users_with": [20, 10, 9, 30],
        "active_users_without": [10, 0, 9, 0],
        "seats_with": [40, 40, 30, 30],
        "seats_without": [40, 0, 30, 0],
        "serving_minor_with": [20, 50, 10, 10],
        "serving_minor_without": [30, 30, 10, 0],
    }
)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("logo_retention", (0 + 1 + 0) / 3),
        ("nrr", (0.4 + 1.0 - 0.1) / 3),
        ("expansion_rate", (0.4 + 0 + 0) / 3),
        ("adoption", (0.25 + 0.25 + 0) / 3),
        ("cost_to_serve", (-0.1 + 0.1 + 0) / 3),
    ],
)
def test_the_true_effect_is_the_mean_change_of_who_was_a_customer_either_way(
    outcome: str, expected: float
) -> None:
    found = true_effect(LIVES, outcome, [(name, T0) for name in "abcd"])
    assert found.value == pytest.approx(expected)
    assert (found.n, found.left_out) == (3, 1)


def test_only_the_asked_accounts_count_and_as_often_as_they_are_asked() -> None:
    assert true_effect(LIVES, "nrr", [("a", T0), ("c", T0)]).value == pytest.approx(0.15)
    assert true_effect(LIVES, "nrr", [("a", T0), ("a", T0), ("c", T0)]).n == 3


def test_an_account_without_truth_is_an_error() -> None:
    with pytest.raises(KeyError):
        true_effect(LIVES, "nrr", [("z", T0)])


def answer(seed: int, **keys: object) -> Answer:
    told = {
        "kind": "effects", "seed": seed, "exposure": "any", "outcome": "nrr",
        "verdict": "helps", "matched_accounts": 100, "truth": 0.04, "naive": 0.10,
        "estimates": {"matched": (0.05, 0.01, 0.09)}, "reasons": (),
    }  # fmt: skip
    return Answer(**{**told, **keys})


def test_the_table_counts_intervals_that_hold_and_how_wrong_the_plain_split_is() -> None:
    found = [answer(1), answer(2, naive=0.08), answer(3, truth=0.10, naive=0.10)]
    # Errors over truth: 0.06 / 0.04, 0.04 / 0.04, 0. The third truth lies above the interval.
    assert truth_table(found, "effects")[2:] == [
        "| nrr | +6.0 | +9.3 | 1.0 | +5.0 | 2 of 3 | 0 of 3 | 0 of 3 |"
    ]


def test_a_page_without_effects_counts_once_however_much_it_claims() -> None:
    found = [
        answer(1, kind="no effects"), answer(1, kind="no effects", outcome="adoption"),
        answer(1, kind="no effects", exposure="role=managed", verdict="no_clear_effect"),
        answer(2, kind="no effects", verdict="measured"),
    ]  # fmt: skip
    assert page_table(found)[2:] == ["| no effects | 2 | 1 | 50.0% |"]


def test_a_table_is_renewed_between_its_marks_alone() -> None:
    page = "Before\n<!-- trap -->\nold\n<!-- end -->\nAfter\n"
    assert renewed(page, "trap", ["| a |", "|---|"]) == (
        "Before\n<!-- trap -->\n| a |\n|---|\n<!-- end -->\nAfter\n"
    )
