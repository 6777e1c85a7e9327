"""Who the customers are: firmographics that anyone sees, and a health that nobody does."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from lichen.simulation import words
from lichen.simulation.calendar import FAR
from lichen.simulation.draws import Bools, Draws, Floats, Ints

FIRST_MONTHS = 3
"""In its first months an account is more often met by partners."""

_SEGMENT_SIZE = np.array([-0.7, 0.3, 1.4])


@dataclass(frozen=True)
class Rows:
    """Parallel arrays, one element per row."""

    def take(self, at: Ints | Bools) -> Self:
        """The rows at these positions."""
        return type(self)(**{f.name: getattr(self, f.name)[at] for f in fields(self)})


@dataclass(frozen=True)
class Population(Rows):
    """One row per account.

    `size` is what makes an account attractive to sell to (about standard normal), `wellbeing` the
    level around which its health wanders. `start` is the month of the first contract, FAR for
    prospects who never bought. Amounts are in minor units of `currency` (a code).
    """

    index: Ints
    segment: Ints
    industry: Ints
    country: Ints
    region: Ints
    currency: Ints
    size: Floats
    wellbeing: Floats
    arr: Ints
    seats: Ints
    employees: Ints
    term: Ints
    anchor: Ints
    start: Ints

    def __len__(self) -> int:
        return len(self.index)


def draw_population(draws: Draws, first: int, last: int, months: int) -> Population:
    """Accounts number `first` to `last` - 1, with starts over `months` (more of them early)."""
    index = np.arange(first, last, dtype=np.int64)
    segment = draws.stream("segment", index).choice((55, 30, 15))
    size = _SEGMENT_SIZE[segment] + 0.3 * draws.stream("size", index).normal()
    wellbeing = 0.25 * size + 0.75 * draws.stream("wellbeing", index).normal()
    country = draws.stream("country", index).choice(words.COUNTRY_WEIGHTS)
    deal = np.exp(9.6 + 1.1 * size + 0.35 * draws.stream("deal", index).normal())
    arr = np.maximum(12, np.rint(deal / 12)).astype(np.int64) * 1200
    seats = np.maximum(3, arr // (60_000 + draws.stream("seat price", index).whole(0, 60_000)))
    start = (months * draws.stream("start", index).uniform() ** 1.3).astype(np.int64)
    prospect = draws.stream("prospect", index).uniform() < 0.04
    return Population(
        index=index,
        segment=segment,
        industry=draws.stream("industry", index).choice(words.INDUSTRY_WEIGHTS),
        country=country,
        region=np.array(words.COUNTRY_REGION)[country],
        currency=np.array(words.COUNTRY_CURRENCY)[country],
        size=size,
        wellbeing=wellbeing,
        arr=arr,
        seats=seats,
        employees=seats * draws.stream("employees", index).whole(3, 12) + 5,
        term=np.array((12, 24, 36))[draws.stream("term", index).choice((85, 9, 6))],
        anchor=np.where(
            draws.stream("first of month", index).uniform() < 0.4,
            1,
            draws.stream("anchor", index).whole(2, 28),
        ),
        start=np.where(prospect, FAR, start),
    )


def walk_health(draws: Draws, people: Population, months: int) -> Floats:
    """Latent health by month and account: it wanders around wellbeing, and no partner moves it.

    Shape (months, accounts). Renewal, expansion, usage, cost and the arrival of partners all read
    it: it is the confounder, and usage before a partner arrives is its visible trace.
    """
    luck = draws.stream("health", people.index)
    health = np.empty((months, len(people)))
    away = luck.normal(-1) * 0.6
    for month in range(months):
        away = 0.85 * away + 0.32 * luck.normal(month)
        health[month] = people.wellbeing + away
    return health


def health_before(health: Floats, month: int, people: Population) -> Floats:
    """Mean health over the three months before `month`: what a partner manager could have seen."""
    if month == 0:
        return people.wellbeing
    seen: Floats = health[max(0, month - 3) : month].mean(axis=0)
    return seen


def logistic(log_odds: Floats) -> Floats:
    """The probability with these log-odds."""
    # By tanh, which cannot overflow however sure the odds.
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * log_odds)), dtype=np.float64)


def first_deal(draws: Draws, people: Population, start_day: Ints) -> tuple[Ints, Ints]:
    """The days on which each account's first deal was opened and won."""
    closed = start_day - draws.stream("deal closed", people.index).whole(0, 10)
    opened = start_day - draws.stream("deal opened", people.index).whole(25, 120)
    return opened, closed
