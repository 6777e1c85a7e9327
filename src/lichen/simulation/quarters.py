"""The truth of comparisons: an account whose partners start this quarter, and the same without.

Who is compared with similar accounts started an exposure in a quarter (Q0, T0]; who is compared
with them had no partner start until T0, and may have one later. So the other life is the account's
own, with the same luck, without any meaningful involvement that starts in that quarter; earlier
and later ones stay as planned. The plan never reads what partners change, so nothing that comes
later depends on what is withheld.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lichen.simulation import tables, words
from lichen.simulation.draws import Bools, Ints
from lichen.simulation.population import Rows
from lichen.simulation.truth import (
    BATCH,
    MEANINGFUL,
    Exposed,
    Outcomes,
    is_exposure,
    names_of,
    opens_run,
    planned,
    starts,
)
from lichen.simulation.world import World

HORIZONS = (6, 12, 24)
"""Months after T0 at which the two lives are looked at."""

LATELY = range(3)
"""Adoption is read over so many months up to the horizon's end."""


@dataclass(frozen=True)
class Started(Rows):
    """One row per account, exposure and calendar quarter in which it started.

    `closes` is the simulated month at whose end T0 is, `is_first` whether the exposure had never
    started before.
    """

    exposed: Exposed
    closes: Ints
    is_first: Bools

    def __len__(self) -> int:
        return len(self.closes)

    def take(self, at: Ints | Bools) -> Started:
        """The rows at these positions."""
        return Started(self.exposed.take(at), self.closes[at], self.is_first[at])


def started(world: World) -> Started:
    """The quarters within the months of fact, by account, exposure, value and quarter."""
    every, calendar = starts(world), world.calendar
    closes = calendar.quarter_close(calendar.month_of(every.start_day))
    first = opens_run(every.key())
    opens = opens_run(every.key() * 4096 + closes + 1024)
    return Started(every, closes, first).take(opens & (closes >= 0) & (closes < calendar.months))


def withhold_quarter(world: World, rows: Started) -> World:
    """The accounts, one life per row, without what started in that row's quarter.

    Gone are all meaningful involvements that start in it, and those of the row's own exposure.
    """
    exposed = rows.exposed
    life, lives = planned(world, exposed)
    gone = is_exposure(lives, world.roster, exposed.exposure[life], exposed.value[life])
    gone |= MEANINGFUL[lives.role]
    gone &= world.calendar.quarter_close(lives.start) == rows.closes[life]
    return world.relive(exposed.account, lives.of(life).take(~gone))


def quarter_truth(world: World) -> Iterator[pa.Table]:
    """The table `quarters`: one row per account, exposure, quarter and horizon."""
    rows, factual = started(world), Outcomes(world)
    for first in range(0, max(1, len(rows)), BATCH):
        batch = rows.take(np.arange(first, min(first + BATCH, len(rows))))
        other = Outcomes(withhold_quarter(world, batch))
        yield _table(world, batch, factual, other)


def _table(world: World, rows: Started, factual: Outcomes, other: Outcomes) -> pa.Table:
    life = np.repeat(np.arange(len(rows)), len(HORIZONS))
    horizon = np.tile(np.array(HORIZONS), len(rows))
    places = {"with": (factual, rows.exposed.account[life]), "without": (other, life)}
    at, opens = rows.exposed.account[life], rows.closes[life]
    names = names_of(world, rows.exposed)
    return pa.table(
        {
            **{name: values.take(pa.array(life)) for name, values in names.items()},
            "starts_on": tables.days(rows.exposed.start_day[life]),
            "is_first": tables.truths(rows.is_first[life]),
            "quarter_end": tables.days(world.calendar.month_end(opens)),
            "horizon": tables.whole(horizon),
            "currency": tables.words(world.people.currency[at], words.CURRENCIES),
            "arr_minor_before": tables.whole(_before(factual, opens, at)),
            **{
                f"{name}_{side}": values
                for side, (lived, place) in places.items()
                for name, values in _became(lived, place, opens, opens + horizon).items()
            },
        }
    )


def _before(lived: Outcomes, closes: Ints, at: Ints) -> Ints:
    """ARR at Q0, 0 before the first month of fact."""
    return np.where(closes >= 3, lived.arr[np.maximum(closes - 3, 0), at], 0)


def _became(lived: Outcomes, at: Ints, opens: Ints, ends: Ints) -> dict[str, pa.Array]:
    """What became of the accounts between T0 and the end of the horizon."""
    return {
        "arr_minor_start": tables.whole(lived.arr[opens, at]),
        "arr_minor_end": tables.whole(lived.arr[ends, at]),
        "serving_minor": tables.whole(
            lived.served_to_date[ends, at] - lived.served_to_date[opens, at]
        ),
        "active_users": tables.whole(_lately(lived.users, ends, at)),
        "seats": tables.whole(_lately(lived.seats, ends, at)),
        "churned": tables.truths(lived.churned[at] <= ends),
    }


def _lately(values: Ints, ends: Ints, at: Ints) -> Ints:
    """The sum over the last months up to each end."""
    total: Ints = np.sum([values[ends - back, at] for back in LATELY], axis=0)
    return total
