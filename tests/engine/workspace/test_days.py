"""How far beyond the facts figures may be asked for."""

from __future__ import annotations

from datetime import date

import pytest

from lichen.workspace.days import check_reach, reach_findings
from lichen.workspace.errors import AsOfOutOfReach

NEWEST = date(2024, 7, 15)


def test_up_to_five_years_beyond_the_facts_are_answered_with_a_warning() -> None:
    check_reach(date(2029, 7, 31), NEWEST)
    (told,) = reach_findings(date(2029, 7, 31), NEWEST)
    assert (told.code, told.count) == ("as_of_beyond_facts", 60)


def test_beyond_five_years_the_refusal_names_the_last_day() -> None:
    with pytest.raises(AsOfOutOfReach) as refused:
        check_reach(date(2029, 8, 1), NEWEST)
    assert str(refused.value) == (
        "Figures as of 2029-08-01 are out of reach of the facts: the newest one is of 2024-07-15, "
        "and figures go up to five years beyond it. Name a day from 1900-01-01 to 2029-07-31, or "
        "leave as-of out to end at the newest fact."
    )
    assert refused.value.last is not None
    check_reach(refused.value.last, NEWEST)


def test_facts_at_the_end_of_the_calendar_are_no_trouble() -> None:
    check_reach(date.max, date(9999, 1, 1))
    with pytest.raises(AsOfOutOfReach, match="to 9999-12-31"):
        check_reach(date(1899, 12, 31), date(9999, 1, 1))


def test_without_a_dated_fact_no_day_is_in_reach() -> None:
    with pytest.raises(AsOfOutOfReach, match="no fact has a date"):
        check_reach(NEWEST, None)
