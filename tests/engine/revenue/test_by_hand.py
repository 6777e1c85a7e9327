"""The measures against loops over accounts and days, for random ledgers."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from ledgers import (
    AS_OF,
    Book,
    books,
    cohort_by_hand,
    movements_by_hand,
    renewals_by_hand,
)

from lichen.engines import Engine
from lichen.kernel.periods import Window, month_end, month_index
from lichen.revenue.bridge import bridges, moves_of
from lichen.revenue.due import DueRenewals, due_measures, renewals_due
from lichen.revenue.gather import Gatherer, GroupSums
from lichen.revenue.levels import Levels
from lichen.revenue.renewals import due_points, due_spans
from lichen.revenue.renewals import rolling_sums as renewal_sums
from lichen.revenue.retention import cohort_points, rolling_sums, window_sums
from lichen.revenue.spans import rolling_windows
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.metrics import MOVEMENT_LINES

LAST = month_index(AS_OF)
FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


def _levels(book: Book, engine: Engine) -> tuple[Levels, Gatherer]:
    return Levels(book.facts(engine), Definitions()), Gatherer(engine, book.grouping(engine))


def _assert_equal(found: GroupSums, expected: dict[str, dict[str, int]], month: int) -> None:
    column = month - found.months.start
    for row, group in enumerate(found.groups):
        for name in expected.get("", {"n": 0}):
            by_hand = expected.get(group, {}).get(name, 0)
            assert found[name][row, column] == by_hand, (month, group, name)


@FEW
@given(book=books())
def test_every_rolling_window_equals_a_loop_over_accounts(book: Book, duckdb: Engine) -> None:
    levels, gatherer = _levels(book, duckdb)
    found = rolling_sums(levels, rolling_windows(levels, 12), gatherer)
    for month in found.months:
        _assert_equal(found, cohort_by_hand(book, month - 12, month), month)


@FEW
@given(book=books())
def test_end_points_of_any_window_equal_a_loop_over_accounts(book: Book, duckdb: Engine) -> None:
    levels, gatherer = _levels(book, duckdb)
    lengths = (3, 6, 12)
    windows = [Window(month_end(LAST - length), month_end(LAST)) for length in lengths]
    found = window_sums(levels, cohort_points(levels, windows), len(windows), gatherer)
    for place, length in enumerate(lengths):
        _assert_equal(found, cohort_by_hand(book, LAST - length, LAST), place)


@FEW
@given(book=books())
def test_movements_equal_a_loop_and_reconcile_opening_to_closing_to_the_cent(
    book: Book, duckdb: Engine
) -> None:
    levels, gatherer = _levels(book, duckdb)
    months = range(month_index(AS_OF) - 30, LAST + 1)
    found = bridges(moves_of(levels), gatherer, months)
    for column, month in enumerate(months):
        by_hand = movements_by_hand(book, month)
        for row, group in enumerate(found.groups):
            lines = {line: found.lines[line][row, column] for line in MOVEMENT_LINES}
            expected = {line: by_hand[group].get(line, 0) for line in MOVEMENT_LINES}
            assert lines == expected, (month_end(month), group)
            assert sum(lines.values()) - lines["closing"] == lines["closing"]


@FEW
@given(book=books())
def test_renewals_due_equal_a_loop_in_every_rolling_window(book: Book, duckdb: Engine) -> None:
    levels, gatherer = _levels(book, duckdb)
    due = DueRenewals(levels, renewals_due(levels))
    found = renewal_sums(levels, due_spans(due, 12), gatherer, 12)
    for month in found.months:
        _assert_equal(found, renewals_by_hand(book, month - 12, month), month)
    quarter = Window(month_end(LAST - 3), month_end(LAST))
    closing = gatherer.at_points(due_points(due, [quarter]), due_measures, range(1))
    _assert_equal(closing, renewals_by_hand(book, LAST - 3, LAST), 0)
