"""Lives by group: against a loop over accounts and months, and case by case."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest
from facts_from_rows import facts_from_rows, grouping, line, month, request, whole_base
from hypothesis import HealthCheck, Phase, given, settings
from ledgers import AS_OF, Book, books

from lichen.engines import Engine
from lichen.kernel.periods import FAR_MONTH, month_end, month_index
from lichen.ledger.facts import Measured
from lichen.revenue import tenure
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure

ANY_SIZE = Definitions.model_validate({"scorecard": {"minimum_count": 1}})
FEW = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.shrink],
)
"""Shrinking a ledger takes minutes and tells no more than the ledger itself."""
CLOSE = date(2025, 12, 31)

Lives = dict[int, tuple[int, int, bool]]
"""By account: month index of the start, age when it left, whether it was lost then."""


def _lives(book: Book) -> Lives:
    """Read month end by month end; a month without ARR after one with it is a loss."""
    last, found = month_index(AS_OF), {}
    for account in book.accounts:
        since = book.first_start(account)
        months = range(since, last + 1) if since else ()
        held = [book.arr(account, month_end(m), m) > 0 for m in months]
        if any(held):
            first = held.index(True)
            lost = next((age for age in range(first, len(held)) if not held[age]), None)
            found[account] = (since, last - since if lost is None else lost, lost is not None)
        elif since and (gone := _gone_within_a_month(book, account)):
            found[account] = (since, month_index(gone) - since, True)
    return found


def _gone_within_a_month(book: Book, account: int) -> date | None:
    """The first day on which nothing was left, of an account that no month end ever saw."""
    starts = min(row["starts_on"] for row in book.lines if row["account_key"] == account)
    days = [starts + timedelta(days=n) for n in range((AS_OF - starts).days + 1)]
    held = [book.arr(account, day, month_index(starts)) > 0 for day in days]
    if True not in held:
        return None
    first = held.index(True)
    return days[held.index(False, first)]


def _by_loops(book: Book, group: str | None) -> dict[int, tuple[int, Fraction]]:
    """At risk and survival by age: an account of age a is in the group of the month end before."""
    at_risk: dict[int, int] = defaultdict(int)
    lost: dict[int, int] = defaultdict(int)
    for account, (since, left, ended) in _lives(book).items():
        for age in range(left + 1):
            if group in (None, book.group(account, since + max(age - 1, 0))):
                at_risk[age] += 1
                lost[age] += ended and age == left
    alive, found = Fraction(1), {}
    for age in sorted(at_risk):
        alive *= Fraction(at_risk[age] - lost[age], at_risk[age])
        found[age] = (at_risk[age], alive)
    return found


@FEW
@given(book=books())
def test_curves_equal_a_loop_over_accounts_and_months(book: Book, duckdb: Engine) -> None:
    measured = tenure.measure(request(book.facts(duckdb), [book.grouping(duckdb)], (), ANY_SIZE))
    drawn: dict[str, dict[int, tuple[int, float]]] = defaultdict(dict)
    rows = measured.tables["survival_curves"].to_pylist() if measured.tables else []
    for row in rows:
        drawn[row["groups"]][row["month"]] = (row["at_risk"], row["survival"])
    for groups, value in (("", None), ("segment=smb", "smb"), ("segment=enterprise", "enterprise")):
        expected = _by_loops(book, value)
        for age, (at_risk, alive) in expected.items():
            if age in drawn[groups] and at_risk:
                assert drawn[groups][age][0] == at_risk, (groups, age)
                assert drawn[groups][age][1] == pytest.approx(float(alive), abs=1e-12)
        if expected and groups in drawn:
            assert max(drawn[groups]) == max(expected)


def _figures(measured: Measured) -> dict[tuple[str, str], Figure]:
    return {(figure.groups, figure.parameters): figure for figure in measured.figures}


@FEW
@given(book=books())
def test_every_account_is_lost_in_one_group_or_still_in_one(book: Book, duckdb: Engine) -> None:
    asked = request(book.facts(duckdb), [book.grouping(duckdb)], (), ANY_SIZE)
    found = _figures(tenure.measure(asked))
    if not found:
        return
    total = found["", "months=24"]
    parts = [f for (groups, about), f in found.items() if groups and about == "months=24"]
    assert sum(part.n for part in parts) == total.n
    assert sum(part.numerator or 0 for part in parts) == total.numerator


def test_an_account_lost_in_its_first_month_is_lost_at_age_0(duckdb: Engine) -> None:
    lines = [
        line(1, "2023-03-02", "2023-03-20", 100),
        line(2, "2023-03-05", None, 100),
        line(3, "2023-03-07", None, 100),
        line(4, "2023-03-09", None, 100),
    ]
    facts = facts_from_rows(duckdb, CLOSE, subscription=lines)
    measured = tenure.measure(request(facts, [whole_base(duckdb, range(1, 5))], (), ANY_SIZE))
    figure = _figures(measured)["", "months=24"]
    assert (figure.n, figure.numerator, figure.value) == (4, 1, 18)
    first = measured.tables["survival_curves"].to_pylist()[0]
    assert (first["month"], first["at_risk"], first["survival"]) == (0, 4, 0.75)


def test_a_gap_between_month_ends_is_no_loss_and_what_comes_back_later_is_no_part_of_the_life(
    duckdb: Engine,
) -> None:
    lines = [
        line(1, "2023-01-10", "2023-06-05", 100),
        line(1, "2023-06-20", "2023-09-05", 100),
        line(1, "2024-02-01", None, 100),
        line(2, "2023-01-10", None, 100),
    ]
    facts = facts_from_rows(duckdb, CLOSE, subscription=lines)
    measured = tenure.measure(request(facts, [whole_base(duckdb, [1, 2])], (), ANY_SIZE))
    figure = _figures(measured)["", "months=24"]
    # 1 is lost in September, eight months after January: 8 + 16 / 2.
    assert (figure.n, figure.numerator, figure.value) == (2, 1, 16)


def test_where_earlier_losses_are_missing_accounts_are_at_risk_from_the_day_on(
    duckdb: Engine,
) -> None:
    # Known from July 2023 on: 1 came 18 months before and is lost 6 months later, at 24; 2 was
    # lost by then and is no part; 3 to 5 came after it, and 5 is lost at 6 months.
    lines = [
        line(1, "2022-01-10", "2024-01-05", 100),
        line(2, "2022-01-10", "2023-03-05", 100),
        line(3, "2023-08-01", None, 100),
        line(4, "2023-09-01", None, 100),
        line(5, "2023-10-01", "2024-04-01", 100),
    ]
    facts = facts_from_rows(duckdb, CLOSE, subscription=lines)
    everyone = whole_base(duckdb, range(1, 6))
    late = Definitions.model_validate(
        {
            "scorecard": {"minimum_count": 1},
            "tenure": {"observed_from": date(2023, 7, 1)},
        }
    )
    figure = _figures(tenure.measure(request(facts, [everyone], (), late)))["", "months=24"]
    # 6 months: 2/3; 24 months: 1, 3 and 4 at risk, too late to move the mean to 24 months.
    assert (figure.n, figure.numerator) == (4, 2)
    assert figure.value == pytest.approx(6 + 18 * 2 / 3)
    plain = _figures(tenure.measure(request(facts, [everyone], (), ANY_SIZE)))["", "months=24"]
    assert (plain.n, plain.numerator) == (5, 3)
    assert "tenure:" in figure.definition and figure.definition != plain.definition


def test_a_group_that_nobody_is_in_from_the_start_has_no_mean(duckdb: Engine) -> None:
    lines = [line(1, "2022-01-10", None, 100), line(2, "2022-02-10", None, 100)]
    facts = facts_from_rows(duckdb, CLOSE, subscription=lines)
    later = month("2022-08")
    members = {
        (1, 0, later): {"involved": "no"},
        (1, later, FAR_MONTH): {"involved": "yes"},
        (2, 0, FAR_MONTH): {"involved": "no"},
    }
    asked = request(facts, [grouping(duckdb, ("involved",), members)], (), ANY_SIZE)
    found = _figures(tenure.measure(asked))
    assert found["involved=yes", "months=24"].verdict == "not_followed"
    assert found["involved=no", "months=24"].value == 24
    assert found["involved=no", "months=24"].low is None
    assert found["", "months=60"].verdict == "not_followed"


def test_too_few_accounts_are_not_enough_data(duckdb: Engine) -> None:
    facts = facts_from_rows(duckdb, CLOSE, subscription=[line(1, "2022-01-10", None, 100)])
    figure = tenure.measure(request(facts, [whole_base(duckdb, [1])])).figures[0]
    assert (figure.verdict, figure.value, figure.n) == ("not_enough_data", None, 1)


def test_a_start_cohort_is_told_only_as_far_as_all_of_it_has_come(duckdb: Engine) -> None:
    # January to March 2025: at nine months in December the March start is there, at twelve not.
    lines = [line(1, "2025-01-10", None, 100), line(2, "2025-03-10", "2025-08-01", 300)]
    facts = facts_from_rows(duckdb, CLOSE, subscription=lines)
    measured = tenure.measure(request(facts, [whole_base(duckdb, [1, 2])], (), ANY_SIZE))
    cells = measured.tables["cohort_retention"].to_pylist()
    assert [(cell["age_months"], cell["retained"], cell["arr_now_minor"]) for cell in cells] == [
        (0, 2, 400),
        (3, 2, 400),
        (6, 1, 100),
        (9, 1, 100),
    ]
    assert {(cell["cohort"], cell["accounts"]) for cell in cells} == {("2025-Q1", 2)}
    assert [cell["arr_share"] for cell in cells] == [1.0, 1.0, 0.25, 0.25]
