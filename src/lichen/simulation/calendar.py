"""Simulated months as numbers from 0, and the days they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from lichen.kernel.periods import month_end, month_index
from lichen.simulation.draws import Ints

_EPOCH_MONTH = 1970 * 12
FAR = 1 << 20
"""A simulated month later than any other: never, or not ended."""


@dataclass(frozen=True)
class Calendar:
    """`months` simulated months, the last of which is the month index `last`.

    Days are whole days since 1970-01-01, months count from 0 and may be negative or lie beyond
    the last one.
    """

    last: int
    months: int

    @classmethod
    def ending(cls, day: date, months: int) -> Calendar:
        """The calendar whose last month holds `day`."""
        return cls(month_index(day), months)

    @property
    def end(self) -> date:
        """The last day that facts may bear."""
        return month_end(self.last)

    @property
    def end_day(self) -> int:
        """`end` in days since 1970-01-01."""
        return (self.end - date(1970, 1, 1)).days

    def first_day(self, month: int | Ints) -> Ints:
        """The first day of each month."""
        absolute = np.asarray(month, dtype=np.int64) + (self.last - self.months + 1 - _EPOCH_MONTH)
        days = absolute.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        return np.asarray(days, dtype=np.int64)

    def day(self, month: int | Ints, day_of_month: Ints) -> Ints:
        """The day in each month, counted from 1."""
        return self.first_day(month) + day_of_month - 1

    def month_end(self, month: int | Ints) -> Ints:
        """The last day of each month."""
        return self.first_day(np.asarray(month, dtype=np.int64) + 1) - 1

    def quarter_close(self, month: Ints) -> Ints:
        """The last month of the calendar quarter that holds each month."""
        absolute = month + (self.last - self.months + 1)
        return np.asarray(month + 2 - absolute % 3, dtype=np.int64)

    def month_of(self, day: Ints) -> Ints:
        """The simulated month that holds each day."""
        absolute = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return np.asarray(absolute - (self.last - self.months + 1 - _EPOCH_MONTH), dtype=np.int64)
