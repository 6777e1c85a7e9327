"""What anyone can see of an account's health: how it uses its seats, how often it asks for help.

Here as it would be without partners; what they add is added where facts are written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lichen.simulation.draws import Bools, Draws, Floats, Ints
from lichen.simulation.population import Population, logistic
from lichen.simulation.revenue_path import RevenuePath

RAMP_MONTHS = 4
MONTHS_SEEN = 3
"""Usage and tickets of a quarter are looked at together."""


def seat_odds(draws: Draws, people: Population, health: Floats) -> Floats:
    """Log-odds that a seat is used, by month and account, without partners."""
    months = np.arange(len(health))[:, None]
    tenure = np.clip(months - people.start[None, :], 0, RAMP_MONTHS)
    noise = draws.stream("usage", people.index).normal(months)
    odds: Floats = -0.9 + 0.9 * tenure / RAMP_MONTHS + 0.55 * health + 0.25 * noise
    return odds


def opens_ticket(draws: Draws, people: Population, health: Floats, month: Ints, at: Ints) -> Bools:
    """Whether the accounts at these positions open a support case in these months."""
    odds = -1.6 - 0.35 * health[month, at] + 0.3 * people.size[at]
    luck = draws.stream("ticket", people.index).uniform(month, at)
    return np.asarray(luck < logistic(odds), dtype=np.bool_)


@dataclass(frozen=True)
class Seen:
    """What a feed would say of the accounts at month ends had no partner ever come.

    Each is (months, accounts): `adoption` users over seats and `tickets` opened, both of the three
    months to that month end; `arr` in minor units, 0 while there is no contract. Until partners
    come, it is what the feeds do say.
    """

    adoption: Floats
    tickets: Floats
    arr: Ints


def seen_without_partners(
    draws: Draws, people: Population, health: Floats, path: RevenuePath, months: int
) -> Seen:
    """The proxies of the first `months` months on a path that no partner has moved."""
    health, alive = health[:months], path.alive[:months]
    share = logistic(seat_odds(draws, people, health))
    users = np.where(alive, np.rint(share * people.seats[None, :]), 0.0)
    seats = np.where(alive, people.seats[None, :], 0.0)
    month, at = np.nonzero(alive)
    tickets = np.zeros(alive.shape)
    tickets[month, at] = opens_ticket(draws, people, health, month, at)
    used, had = (_of_quarter(values) for values in (users, seats))
    return Seen(used / np.maximum(had, 1), _of_quarter(tickets), path.arr[:months])


def _of_quarter(values: Floats) -> Floats:
    """Sums over each month and the two before it."""
    total = values.copy()
    for back in range(1, MONTHS_SEEN):
        total[back:] += values[:-back]
    return total
