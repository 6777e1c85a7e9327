"""Weekly exchange rates that wander, as rates do."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lichen.simulation import tables, words
from lichen.simulation.calendar import Calendar
from lichen.simulation.draws import Draws, Ints

_MEAN = {"EUR": 1.10, "GBP": 1.27}
BEFORE = 9
"""Months before the first one that have rates, since first deals are opened before they are won."""


def fx_rate(draws: Draws, calendar: Calendar) -> pa.Table:
    """One row per foreign currency and Monday, in US dollars for one unit."""
    first = int(calendar.first_day(-BEFORE))
    # 1970-01-05 was a Monday; counting weeks from it keeps a rate when the window grows.
    weeks = np.arange((first - 4) // 7, (calendar.end_day - 4) // 7 + 1, dtype=np.int64)
    foreign = words.CURRENCIES[1:]
    rates = np.concatenate([_rates(draws, name, weeks) for name in foreign])
    return tables.feed(
        "fx_rate",
        {
            "currency": tables.words(np.repeat(np.arange(len(foreign)), len(weeks)), foreign),
            "on": tables.days(np.tile(weeks * 7 + 4, len(foreign))),
            "rate": tables.rates(rates),
        },
    )


def _rates(draws: Draws, currency: str, weeks: Ints) -> Ints:
    """Hundred-millionths of a dollar for one unit, to four digits."""
    luck = draws.stream(f"rate {currency}", weeks)
    slow = np.sin(weeks / 41.0) * 0.05
    return (
        np.rint(_MEAN[currency] * (1 + slow + 0.006 * luck.normal()) * 10_000).astype(np.int64)
        * 10_000
    )
