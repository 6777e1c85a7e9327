"""Why partners come where they come: the log-odds of an arrival in a month.

`hidden` reads the latent health of the three months before, of which usage, tickets and surveys are
traces with noise: an analysis can adjust for most of it and never for all. `observed` reads, at the
start of each calendar quarter, what the feeds say of the account on that day and nothing else: an
analysis with these covariates can be right. `none` reads nothing: a plain split is right.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lichen.simulation.calendar import Calendar
from lichen.simulation.draws import Floats, Ints
from lichen.simulation.population import FIRST_MONTHS, Population, health_before
from lichen.simulation.proxies import Seen

CONFOUNDING = ("hidden", "observed", "none")

Pull = Callable[[int, Ints], Floats]
"""From a month and positions of accounts to the log-odds that a partner comes."""


def base(people: Population, month: int, at: Ints) -> Floats:
    """The log-odds of an arrival at an average account."""
    young = month - people.start[at] < FIRST_MONTHS
    return np.where(young, -3.0, -4.4)


def by_health(people: Population, health: Floats) -> Pull:
    """More often to the large and healthy, by the health of the three months before."""

    def pull(month: int, at: Ints) -> Floats:
        seen = health_before(health, month, people)[at]
        return base(people, month, at) + 0.8 * seen + 0.5 * people.size[at]

    return pull


def by_proxies(people: Population, seen: Seen, calendar: Calendar) -> Pull:
    """More often to the large and active, by what feeds said when the quarter began.

    Accounts that were no customers then are met by the size of their first contract alone.
    """

    def pull(month: int, at: Ints) -> Floats:
        q0 = calendar.quarter_close(np.array([month]))[0] - 3
        first = 0.5 * np.log(people.arr[at] / 1.5e6)
        odds = base(people, month, at) + first
        if q0 < 0:
            return odds
        known = seen.arr[q0, at] > 0
        tenure = np.log1p(np.maximum(q0 - people.start[at], 0))
        asked = -3.6 + 5.0 * (seen.adoption[q0, at] - 0.5) + first
        asked += -0.15 * seen.tickets[q0, at] - 0.3 * tenure
        return np.where(known, asked, odds)

    return pull


def at_random(people: Population) -> Pull:
    """To any account alike."""

    def pull(month: int, at: Ints) -> Floats:
        return base(people, month, at) + 0.4

    return pull
