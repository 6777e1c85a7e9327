"""Months, month ends and windows: the calendar that every figure shares.

A *month index* is `year * 12 + month - 1`, so that neighbouring months differ by one and a lag of
twelve months is a subtraction. A month stands for its last day.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FAR_MONTH = 120_000
"""A month index later than any fact (year 9999 is 119,999): the open end of a membership."""


class WindowKind(StrEnum):
    """How long a window looks back from its end."""

    ROLLING_12M = "12m"
    QUARTER = "quarter"
    FISCAL_YEAR = "fiscal_year"


@dataclass(frozen=True, order=True)
class Window:
    """The half-open span (opens_on, closes_on] between two month ends.

    Groups and cohorts are taken at `opens_on` (written L in the definitions), outcomes at
    `closes_on` (written D).
    """

    opens_on: date
    closes_on: date

    @property
    def months(self) -> int:
        """Length in whole months."""
        return month_index(self.closes_on) - month_index(self.opens_on)


def month_index(day: date) -> int:
    """The index of the month that holds `day`."""
    return day.year * 12 + day.month - 1


def month_end(index: int) -> date:
    """The last day of the month with this index."""
    year, month = divmod(index, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def last_month_end(day: date) -> date:
    """The last month end on or before `day`."""
    index = month_index(day)
    end = month_end(index)
    return end if end == day else month_end(index - 1)


def window_ending(closes_on: date, kind: WindowKind, fiscal_year_start: int = 1) -> Window:
    """The window of this kind that ends at the month end `closes_on`.

    A fiscal-year window runs from the close of the previous fiscal year, so it is shorter than
    twelve months when `closes_on` is not the last month of a fiscal year.
    """
    closing = month_index(closes_on)
    if kind is WindowKind.ROLLING_12M:
        months = 12
    elif kind is WindowKind.QUARTER:
        months = 3
    else:
        months = (closes_on.month - fiscal_year_start) % 12 + 1
    return Window(month_end(closing - months), month_end(closing))
