"""Landmarks: the quarters whose starts are compared, and how far each is followed."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from lichen.kernel.periods import last_month_end, month_end, month_index
from lichen.value.comparison.days import day_number

QUARTER = 3


class Landmark(NamedTuple):
    """One fiscal quarter (Q0, T0], by the month index of T0."""

    month: int

    @property
    def opens(self) -> int:
        """Month index of Q0, the end of the quarter before."""
        return self.month - QUARTER

    @property
    def t0(self) -> date:
        """The last day of the quarter: from here on outcomes count."""
        return month_end(self.month)

    @property
    def q0_day(self) -> int:
        """Day number of Q0: what is known of accounts is known by then."""
        return day_number(month_end(self.opens))

    @property
    def t0_day(self) -> int:
        """Day number of T0."""
        return day_number(self.t0)


def landmarks_of(
    as_of: date, horizon: int, *, fiscal_year_start: int = 1, most: int = 8
) -> tuple[Landmark, ...]:
    """The newest quarters that can be followed for `horizon` months by `as_of`, oldest first.

    Quarters end with the third, sixth, ninth and twelfth month of the fiscal year.
    """
    last = month_index(last_month_end(as_of)) - horizon
    newest = last - (last - (fiscal_year_start - 1) - (QUARTER - 1)) % QUARTER
    return tuple(Landmark(newest - QUARTER * back) for back in reversed(range(most)))
