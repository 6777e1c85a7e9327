"""Partners ranked by what they change: who stands where, and who without numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests
from tests.engine.worked_tables import worked_tables

from lichen.value.comparison.ranking import PartnerEstimate, rank
from lichen.vocabulary.definitions import Comparison
from lichen.vocabulary.figure import Verdict

WORDS = Comparison()


def partner(
    name: str,
    value: float | None,
    se: float | None = 4,
    *,
    kind: str = "services",
    matched: int = 40,
    controls: int = 90,
    rarer: int | None = None,
    is_comparable: bool = True,
) -> PartnerEstimate:
    return PartnerEstimate(
        name, kind, value, se, matched + 3, matched, controls, rarer, is_comparable
    )


def names(rows: list[PartnerEstimate], direction: int = 1) -> list[str]:
    return [row.partner_id for row in rank(rows, "logo_retention", direction, WORDS)]


FIVE = [partner(name, value) for name, value in zip("abcde", (9, 5, 0, -2, -4), strict=True)]


def test_the_ranking_of_the_page() -> None:
    partners = worked_tables("shrinkage")[0]
    ranks = rank(
        [
            partner(row["partner"], float(row["value"]), float(row["se"]), kind=row["kind"])
            for row in partners
        ],
        "logo_retention",
        1,
        WORDS,
    )
    shown = {row["partner"]: row for row in partners}
    for place, row in enumerate(ranks, start=1):
        assert shown[row.partner_id]["place"] == str(place)
        assert f"{row.shrunk:.4f}" == shown[row.partner_id]["shrunk"]
        assert f"{row.adjusted_p:.3f}" == shown[row.partner_id]["adjusted p"]


def test_the_best_stands_first_and_fewer_tickets_are_better() -> None:
    assert names(FIVE) == ["a", "b", "c", "d", "e"]
    assert names(FIVE, direction=-1) == ["e", "d", "c", "b", "a"]


def test_a_large_but_unsure_partner_does_not_outrank_a_sure_one() -> None:
    rows = [partner("lucky", 12, 12), partner("sure", 9, 1), *FIVE[2:]]
    assert names(rows)[:2] == ["sure", "lucky"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"matched": 29}, "29 matched exposed"),
        ({"controls": 29}, "29 distinct controls"),
        ({"rarer": 9}, "9 of the rarer result"),
        ({"se": None}, "no standard error"),
        ({"se": 0}, "nothing varied"),
        ({"value": None}, "no estimate"),
        ({"value": float("nan")}, "no estimate"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_too_little_data_has_no_numbers_and_stands_last(
    change: dict[str, object], why: str
) -> None:
    few = partner("few", 50)._replace(**change)  # type: ignore[arg-type]
    last = rank([few, *FIVE], "logo_retention", 1, WORDS)[-1]
    assert last.partner_id == "few", why
    assert last.verdict is Verdict.NOT_ENOUGH_DATA
    assert (last.value, last.shrunk, last.adjusted_p) == (None, None, None)
    assert last.matched == few.matched


def test_thirty_matched_and_ten_of_the_rarer_result_are_enough() -> None:
    row = partner("a", 5, matched=30, controls=30, rarer=10)
    (found,) = rank([row], "logo_retention", 1, WORDS)
    assert found.verdict is Verdict.NO_CLEAR_EFFECT
    # Nobody else tells how far partners lie apart: it stays as it is.
    assert (found.shrunk, found.low) == pytest.approx((5, 5 - 4 * 1.959964), abs=1e-5)


def test_a_partner_that_is_not_comparable_stands_above_too_little_data_without_numbers() -> None:
    rows = [
        partner("few", 50, matched=5),
        partner("apart", 60, is_comparable=False),
        partner("both", 70, matched=5, is_comparable=False),
        *FIVE,
    ]
    found = rank(rows, "logo_retention", 1, WORDS)
    assert [row.partner_id for row in found][5:] == ["apart", "both", "few"]
    assert [row.verdict for row in found][5:] == [
        Verdict.NOT_COMPARABLE,
        Verdict.NOT_ENOUGH_DATA,
        Verdict.NOT_ENOUGH_DATA,
    ]
    # What cannot be read moves nobody else.
    assert found[:5] == rank(FIVE, "logo_retention", 1, WORDS)


def test_p_values_are_adjusted_before_anything_is_drawn_together() -> None:
    found = rank(FIVE, "logo_retention", 1, WORDS)
    raw = 2 * norm.sf(np.abs(np.array([9, 5, 0, -2, -4]) / 4))
    expected = multipletests(raw, method="fdr_bh")[1]
    assert [row.adjusted_p for row in found] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("direction", "first", "last"),
    [
        (1, Verdict.HELPS, Verdict.HURTS),
        (-1, Verdict.HELPS, Verdict.HURTS),
        (0, Verdict.MEASURED, Verdict.MEASURED),
    ],
)
def test_helping_and_hurting_follow_the_direction_of_the_outcome(
    direction: int, first: Verdict, last: Verdict
) -> None:
    rows = [partner(name, value, 1) for name, value in zip("abcde", (9, 1, 0, -1, -9), strict=True)]
    found = rank(rows, "tickets", direction, WORDS)
    assert (found[0].verdict, found[-1].verdict) == (first, last)
    assert found[0].partner_id == ("e" if direction < 0 else "a")
    if direction:
        assert {row.verdict for row in found[1:-1]} == {Verdict.NO_CLEAR_EFFECT}


def test_a_partner_on_the_other_side_of_0_than_its_kind_has_no_clear_effect() -> None:
    # Alone -11 +- 4 is clear; the others of its kind lie close together around 5.
    others = [partner(f"p{i}", 5 + i / 100, 0.1) for i in range(8)]
    found = rank([partner("odd", -11, 4), *others], "logo_retention", 1, WORDS)
    odd = next(row for row in found if row.partner_id == "odd")
    assert odd.adjusted_p is not None
    assert odd.shrunk is not None
    assert odd.adjusted_p < 0.01
    assert odd.shrunk > 0
    assert odd.verdict is Verdict.NO_CLEAR_EFFECT


@given(seed=st.integers(0, 1000))
@settings(max_examples=20)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [
        partner(f"p{i:02}", float(rng.normal()), float(rng.uniform(0.5, 2)), kind="ab"[i % 2])
        for i in range(11)
    ]
    mixed = [rows[i] for i in rng.permutation(11)]
    assert names(rows) == names(mixed)


def test_nobody_to_rank_gives_nothing() -> None:
    assert rank([], "logo_retention", 1, WORDS) == ()
