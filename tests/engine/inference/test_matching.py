"""Matches against a search of every pair, by hand, and what must hold whatever the data."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.inference.arm_errors import NotANumber, TooFewInArm
from lichen.inference.matching import BrokenMatch, Match, NoMatching, att, caliper_of, nearest
from lichen.inference.matching.promises import kept_promises
from lichen.inference.matching.windows import Windows

Drawn = tuple[np.ndarray, np.ndarray, np.ndarray]


def _pairs(match: Match) -> dict[int, dict[int, float]]:
    """For each exposed row its controls with their weights."""
    found: dict[int, dict[int, float]] = {}
    pairs = match.pairs()
    for exposed, control, weight in zip(pairs.exposed, pairs.controls, pairs.weight, strict=True):
        found.setdefault(int(exposed), {})[int(control)] = float(weight)
    return found


def _every_pair(
    score: np.ndarray, treated: np.ndarray, strata: np.ndarray, ratio: int, caliper: float | None
) -> dict[int, dict[int, float]]:
    """The same by looking at every control of every exposed row."""
    found = {}
    for row in np.flatnonzero(treated):
        candidates = [
            (abs(score[row] - score[other]), int(other))
            for other in np.flatnonzero(~treated & (strata == strata[row]))
            if caliper is None or abs(score[row] - score[other]) <= caliper
        ]
        candidates.sort()
        if candidates:
            last = candidates[: max(ratio, 1)][-1][0]
            near = [other for distance, other in candidates if distance <= last + 1e-9]
            found[int(row)] = dict.fromkeys(near, 1 / len(near))
    return found


@st.composite
def arms(draw: st.DrawFn, most: int = 30) -> Drawn:
    """Scores on a coarse grid, so that ties abound, both arms, and strata."""
    size = draw(st.integers(3, most))
    score = draw(st.lists(st.integers(-8, 8), min_size=size, max_size=size))
    treated = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    strata = draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
    exposed = np.array(treated)
    exposed[0], exposed[1] = True, False
    return np.array(score) / 10, exposed, np.array(strata)


def test_five_rows_by_hand() -> None:
    """Row 0 at 0.5 has controls at 0.4 (row 2) and 0.7 (row 3); row 1 at 0.1 has 0.4 nearest."""
    match = nearest([0.5, 0.1, 0.4, 0.7, 9.0], [1, 1, 0, 0, 0])
    assert _pairs(match) == {0: {2: 1.0}, 1: {2: 1.0}}
    assert match.control_weights.tolist() == [0, 0, 2, 0, 0]
    assert match.farthest == pytest.approx([0.1, 0.3])


def test_a_caliper_is_in_units_of_the_score_and_leaves_rows_unmatched() -> None:
    match = nearest([0.5, 0.1, 0.4, 0.7], [1, 1, 0, 0], ratio=2, caliper=0.2)
    assert _pairs(match) == {0: {2: 0.5, 3: 0.5}}
    assert match.unmatched.tolist() == [1]


def test_controls_equally_near_share_the_match() -> None:
    """0.5 lies between 0.4 and 0.6, of which there are two."""
    assert _pairs(nearest([0.5, 0.4, 0.6, 0.6, 0.9], [1, 0, 0, 0, 0])) == {
        0: {1: pytest.approx(1 / 3), 2: pytest.approx(1 / 3), 3: pytest.approx(1 / 3)}
    }


def test_ties_taken_first_are_exactly_as_many_as_asked_for() -> None:
    match = nearest([0.5, 0.4, 0.6, 0.6, 0.9], [1, 0, 0, 0, 0], ratio=2, ties="first")
    assert len(match.pairs().weight) == 2


def test_nobody_is_matched_across_strata() -> None:
    match = nearest([1.0, 2.0, 1.0, 2.1], [1, 1, 0, 0], exact=["a", "b", "b", "b"])
    assert _pairs(match) == {1: {3: 1.0}}
    assert match.unmatched.tolist() == [0]


def test_without_replacement_the_highest_score_chooses_first() -> None:
    """1.0 takes the control at 0.9, so that 0.85 is left with 0.5 and 0.1 with none."""
    score, treated = [0.85, 1.0, 0.1, 0.9, 0.5], [1, 1, 1, 0, 0]
    match = nearest(score, treated, replace=False)
    assert _pairs(match) == {0: {4: 1.0}, 1: {3: 1.0}}
    assert match.unmatched.tolist() == [2]


def test_without_replacement_the_ratio_is_filled_in_rounds() -> None:
    """Both get one control before the first gets a second: three controls, two each asked for."""
    match = nearest([1.0, 0.9, 0.95, 0.8, 0.1], [1, 1, 0, 0, 0], ratio=2, replace=False)
    assert _pairs(match) == {0: {2: 0.5, 4: 0.5}, 1: {3: 1.0}}


@given(drawn=arms(), ratio=st.integers(1, 5), caliper=st.sampled_from([None, 0.0, 0.15, 0.3]))
@settings(max_examples=300)
def test_matches_are_those_of_a_search_of_every_pair(
    drawn: Drawn, ratio: int, caliper: float | None
) -> None:
    score, treated, strata = drawn
    match = nearest(score, treated, exact=strata, ratio=ratio, caliper=caliper)
    expected = _every_pair(score, treated, strata, ratio, caliper)
    found = _pairs(match)
    assert {row: set(near) for row, near in found.items()} == {
        row: set(near) for row, near in expected.items()
    }
    for row, near in found.items():
        assert near == pytest.approx(expected[row])
    loads = np.zeros(len(score))
    for near in expected.values():
        for control, weight in near.items():
            loads[control] += weight
    assert match.control_weights == pytest.approx(loads)
    assert sorted([*match.unmatched, *expected]) == np.flatnonzero(treated).tolist()


@given(drawn=arms(), ratio=st.integers(1, 3), caliper=st.sampled_from([None, 0.15]))
@settings(max_examples=200)
def test_greedy_matches_are_those_of_a_greedy_search_of_every_pair(
    drawn: Drawn, ratio: int, caliper: float | None
) -> None:
    score, treated, strata = drawn
    found = nearest(score, treated, exact=strata, ratio=ratio, caliper=caliper, replace=False)
    taken: dict[int, set[int]] = {}
    left = set(np.flatnonzero(~treated).tolist())
    turns = sorted(np.flatnonzero(treated).tolist(), key=lambda row: (-score[row], row))
    for _ in range(ratio):
        for row in turns:
            reach = [
                (round(abs(score[row] - score[other]), 9), score[other], other)
                for other in left
                if strata[other] == strata[row]
                and (caliper is None or abs(score[row] - score[other]) <= caliper)
            ]
            if reach:
                taken.setdefault(row, set()).add(min(reach)[2])
                left.discard(min(reach)[2])
    distances = {
        row: sorted(round(float(abs(score[row] - score[other])), 9) for other in near)
        for row, near in taken.items()
    }
    assert distances == {
        row: sorted(round(float(abs(score[row] - score[other])), 9) for other in near)
        for row, near in _pairs(found).items()
    }
    assert len(found.controls) == len(found.pairs().controls)


@given(drawn=arms(), ratio=st.integers(1, 4), seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(drawn: Drawn, ratio: int, seed: int) -> None:
    score, treated, strata = drawn
    draw = np.random.default_rng(seed)
    outcome, moved = draw.normal(size=len(score)), draw.permutation(len(score))
    one = att(outcome, nearest(score, treated, exact=strata, ratio=ratio))
    other = att(
        outcome[moved], nearest(score[moved], treated[moved], exact=strata[moved], ratio=ratio)
    )
    assert (one.value, one.se) == pytest.approx((other.value, other.se), abs=1e-10, nan_ok=True)
    if one.influence is not None and other.influence is not None:
        assert one.influence[moved] == pytest.approx(other.influence, abs=1e-10, nan_ok=True)


@given(drawn=arms(), ratio=st.integers(1, 4), seed=st.integers(0, 99))
def test_rows_doubled_with_the_ratio_doubled_leave_the_effect(
    drawn: Drawn, ratio: int, seed: int
) -> None:
    score, treated, strata = drawn
    outcome = np.random.default_rng(seed).normal(size=len(score))
    one = att(outcome, nearest(score, treated, exact=strata, ratio=ratio))
    twice = nearest(np.tile(score, 2), np.tile(treated, 2), exact=np.tile(strata, 2),
                    ratio=2 * ratio)  # fmt: skip
    both = att(np.tile(outcome, 2), twice)
    assert both.value == pytest.approx(one.value, abs=1e-10, nan_ok=True)


def test_scores_that_differ_by_rounding_alone_are_ties() -> None:
    """Three times 0.1 is not 0.3 in binary; the same account must not lose to its own twin."""
    match = nearest([0.3, 3 * 0.1, 0.1 + 0.2, 0.9], [1, 0, 0, 0])
    assert len(_pairs(match)[0]) == 2


@pytest.mark.parametrize(
    ("damage", "promise"),
    [
        (lambda match: {"caliper": 0.01}, "exceeds the caliper"),
        (lambda match: {"windows": Windows(np.array([1, 2]), np.array([2, 3]))}, "the nearest"),
        (lambda match: {"ratio": 2}, "filled up"),
    ],
)
def test_a_broken_match_is_refused(damage: object, promise: str) -> None:
    """Scores 0.5 and 0.1 with controls at 0.4, 0.7 and 9: the match is then tampered with."""
    score = np.array([0.5, 0.1, 0.4, 0.7, 9.0])
    match = nearest(score, [1, 1, 0, 0, 0])
    broken = dataclasses.replace(match, **damage(match))  # type: ignore[operator]
    with pytest.raises(BrokenMatch, match=promise):
        kept_promises(broken, score, np.zeros(5, np.int64), exhaustive=True)


def test_a_caliper_of_the_logit_is_a_share_of_its_deviation() -> None:
    """Deviation of 0, 2 and 4 is 2; with weights 1, 2, 1 they are as 0, 2, 2, 4."""
    assert caliper_of([0.0, 2.0, 4.0]) == pytest.approx(0.4)
    assert caliper_of([0.0, 2.0, 4.0], sd=1.0) == pytest.approx(2.0)


@pytest.mark.parametrize(
    "call",
    [
        {"ratio": 0},
        {"ratio": 1.5},
        {"caliper": -0.1},
        {"caliper": float("nan")},
        {"ties": "avarage"},
    ],
)
def test_a_call_that_does_not_say_how_to_match_is_refused(call: dict[str, object]) -> None:
    with pytest.raises(NoMatching):
        nearest([0.1, 0.2], [1, 0], **call)  # type: ignore[arg-type]


def test_an_empty_arm_and_a_score_that_is_no_number_are_refused() -> None:
    with pytest.raises(TooFewInArm, match="0 controls"):
        nearest([0.1, 0.2], [1, 1])
    with pytest.raises(NotANumber, match="row 1"):
        nearest([0.1, float("nan")], [1, 0])
