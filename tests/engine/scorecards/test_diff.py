"""Changes between two runs: exact parts, the noise rule, questions and their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.kernel.periods import Window, month_end, month_index
from lichen.scorecards.diff import (
    FigureChange,
    Measure,
    Part,
    Question,
    answers,
    change_sentence,
    exactly,
    measure_of,
    split,
)
from lichen.scorecards.diff.pairing import pairs, ranking
from lichen.vocabulary.definitions import Target
from lichen.vocabulary.figure import Figure, figure_id, figures_table

JUNE = date(2026, 6, 30)


def months_to(closes: date, length: int) -> Window:
    return Window(month_end(month_index(closes) - length), closes)


YEAR = months_to(JUNE, 12)


def figure(
    value: float | None,
    numerator: int | None = None,
    denominator: int | None = None,
    *,
    metric: str = "nrr",
    base: str = "cohort",
    unit: str = "ratio",
    half: float | None = None,
    window: Window = YEAR,
    parameters: str = "",
    groups: str = "",
) -> Figure:
    """A figure with an interval of `half` on either side."""
    ends = None if half is None or value is None else (value - half, value + half)
    return Figure(
        metric,
        base,
        groups,
        parameters,
        window.opens_on,
        window.closes_on,
        value,
        unit,
        ends[0] if ends else None,
        ends[1] if ends else None,
        40,
        numerator,
        denominator,
        "measured" if value is not None else "not_enough_data",
        (),
        "",
        "run",
        figure_id(metric, base, groups, parameters, window),
    )


def change(before: Figure, after: Figure, *parts: Part, rank: int = 1) -> FigureChange:
    kind = "level" if before.base == "accounts" else "12m"
    question = Question(before.metric, before.base, before.groups, before.parameters, kind)
    return FigureChange(question, before, after, parts, rank=rank)


STEPS = st.lists(st.tuples(st.text(max_size=5), st.none() | st.fractions()), min_size=1, max_size=6)


@given(st.fractions(), STEPS, st.fractions())
def test_parts_sum_to_the_change_exactly(
    start: Fraction, steps: list[tuple[str, Fraction | None]], end: Fraction
) -> None:
    found = split(start, steps, end)
    assert sum(part.change for part in found) == end - start
    assert " and ".join(part.cause for part in found) == " and ".join(cause for cause, _ in steps)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1e300, 1e300), STEPS)
def test_parts_of_floats_sum_to_their_difference_with_every_bit(
    before: float, after: float, steps: list[tuple[str, Fraction | None]]
) -> None:
    start, end = Fraction(before), Fraction(after)
    assert sum(part.change for part in split(start, steps, end)) == end - start


def test_a_value_that_is_absent_in_between_joins_two_causes() -> None:
    steps = [("corrected facts", None), ("new facts", Fraction(3)), ("later date", None)]
    assert split(Fraction(1), steps, Fraction(7)) == (
        Part("corrected facts and new facts", Fraction(2)),
        Part("later date", Fraction(4)),
    )


@pytest.mark.parametrize(
    ("found", "measure", "exact"),
    [
        (figure(1 / 3, 1, 3), Measure.RATIO, Fraction(1, 3)),
        (figure(7.0, 7, None, unit="count"), Measure.AMOUNT, Fraction(7)),
        (figure(0.5, 1, 3), Measure.VALUE, Fraction(1, 2)),
        (figure(0.1), Measure.VALUE, Fraction(0.1)),
    ],
)
def test_a_value_is_taken_from_whole_numbers_where_they_give_it(
    found: Figure, measure: Measure, exact: Fraction
) -> None:
    assert measure_of(found) is measure
    assert exactly(found, measure) == exact


def test_both_ends_of_a_change_are_measured_alike() -> None:
    assert measure_of(figure(1 / 3, 1, 3), figure(0.5)) is Measure.VALUE


@pytest.mark.parametrize(
    ("after", "half", "beyond"),
    # Half widths of 3 and 4 points combine to 5.
    [(1.06, 0.04, True), (1.04, 0.04, False), (2.0, None, False)],
)
def test_a_change_is_beyond_noise_when_larger_than_both_half_widths_combined(
    after: float, half: float | None, beyond: bool
) -> None:
    before = figure(1.0, half=None if half is None else 0.03)
    found = change(before, figure(after, half=half))
    assert found.beyond_noise is beyond
    if half is not None:
        assert found.noise == pytest.approx(0.05)


@pytest.mark.parametrize(("unit", "beyond"), [("money", True), ("count", True), ("days", False)])
def test_without_an_interval_sums_move_beyond_noise_and_estimates_never(
    unit: str, beyond: bool
) -> None:
    before, after = figure(100.0, unit=unit), figure(101.0, unit=unit)
    assert change(before, after).beyond_noise is beyond
    assert not change(before, before).beyond_noise
    assert change_sentence(change(before, after)).endswith("noise is not known.") is not beyond


def test_a_fiscal_year_under_way_is_never_beyond_noise() -> None:
    before = figure(0.9, window=months_to(JUNE, 6))
    after = figure(0.8, window=months_to(date(2026, 7, 31), 7))
    found = change(before, after)
    assert not found.beyond_noise
    assert change_sentence(found).endswith("; not like for like, its window has 7 months after 6.")


def test_headlines_and_targets_stand_before_larger_changes() -> None:
    small, large = figure(1.2, half=0.1), figure(1.9, half=0.1)
    wide = figure(1.05, half=0.5)
    before = figure(1.0, half=0.1)
    level = figure(100.0, 100, base="accounts", metric="arr", unit="money")
    line = figure(100.0, 100, base="movements", metric="arr_movement", unit="money")
    of_four = replace(change(level, level._replace(value=101.0, numerator=101)), total=400.0)
    grown = replace(change(level, level._replace(value=99.0, numerator=99)), total=100.0)
    moved = change(line, line._replace(value=900.0, numerator=900))
    listed = [
        change(before, wide),
        moved,
        of_four,
        grown,
        change(before, large),
        change(before, small),
        change(before, small, rank=0),
    ]
    found = sorted(listed, key=lambda each: each.order)
    assert found == [listed[6], listed[4], listed[5], grown, of_four, moved, listed[0]]


def test_a_question_forgets_the_days_and_the_length_of_its_window() -> None:
    windows = {"12m": months_to(JUNE, 12), "fiscal_year": months_to(JUNE, 6)}
    ytd = figure(
        5.0,
        5,
        metric="arr_movement",
        base="movements",
        window=windows["fiscal_year"],
        parameters="line=new,months=6",
    )
    trend = figure(1.0, parameters="months=12", metric="usage_trend", base="served")
    older = figure(1.0, window=months_to(date(2026, 5, 31), 12))
    found = answers(figures_table([ytd, trend, older]), windows)
    assert {(q.parameters, q.window) for q in found} == {
        ("line=new", "fiscal_year"),
        ("months=12", "12m"),
    }


def test_a_year_that_is_also_the_fiscal_year_is_compared_once() -> None:
    december, january = date(2025, 12, 31), date(2026, 1, 31)
    year = months_to(december, 12)
    then = answers(figures_table([figure(1.0, window=year)]), {"12m": year, "fiscal_year": year})
    assert {question.window for question in then} == {"12m", "fiscal_year"}
    assert len(pairs(then, then)) == 1
    later = months_to(january, 12)
    now = answers(figures_table([figure(1.1, window=later)]), {"12m": later})
    assert [pair.question.window for pair in pairs(then, now)] == ["12m"]


def test_a_target_makes_its_figure_a_headline() -> None:
    target = Target(metric="grr", groups={"segment": "smb"}, value=0.9, owner="Ann")
    rank = ranking((target,))
    asked = Question("grr", "cohort", "segment=smb", "", "12m")
    assert rank(asked) == 0
    assert rank(replace(asked, window="quarter")) == 1
    assert rank(replace(asked, parameters="bound=all_lost")) == 1
    assert rank(Question("nrr", "cohort", "", "", "12m")) == 0


def test_a_target_with_parameters_speaks_of_them_only() -> None:
    target = Target(metric="value_within", parameters={"days": "90"}, value=0.9, owner="Ann")
    rank = ranking((target,))
    asked = Question("value_within", "starts", "", "days=90", "12m")
    assert (rank(asked), rank(replace(asked, parameters="days=180"))) == (0, 1)


def test_partners_are_not_said_to_be_of_all_accounts() -> None:
    before = figure(56.0, 56, metric="partners_signed", base="partners", unit="count")
    after = before._replace(value=58.0, numerator=58)
    assert change_sentence(change(before, after)).startswith("Partners signed rose 2, from 56")


def test_a_change_reads_as_one_plain_sentence() -> None:
    before, after = figure(0.981, 981, 1000, half=0.02), figure(0.993, 993, 1000, half=0.02)
    parts = (
        Part("corrected facts", Fraction(-1, 1000)),
        Part("new facts", Fraction(4, 1000)),
        Part("later date", Fraction(9, 1000)),
    )
    assert change_sentence(change(before, after, *parts)) == (
        "NRR of all accounts rose 1.2 points, from 98.1% to 99.3%: +0.9 later date, "
        "+0.4 new facts, −0.1 corrected facts; within noise."
    )
