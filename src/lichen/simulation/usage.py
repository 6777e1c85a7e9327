"""How much of what was bought is used: health made visible, and raised by partners."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lichen.simulation import tables, words
from lichen.simulation.draws import Floats, Ints
from lichen.simulation.population import logistic
from lichen.simulation.proxies import seat_odds
from lichen.simulation.world import World

BROADENING_MONTHS = 30
"""How long an account goes on finding further features."""

FURTHER_SHARE = np.array([1.0, 1.0, 0.7, 0.5, 0.35])
"""Users of the first, second, … feature, as a share of those of the main one."""


def seat_use(world: World) -> Floats:
    """Share of seats used, by month and account, alive or not."""
    odds = seat_odds(world.draws, world.people, world.health)
    return logistic(odds + world.living_shift("adoption"))


def active_users(world: World) -> Ints:
    """Users active in a month, by month and account; 0 while it has no contract."""
    users = np.rint(seat_use(world) * world.people.seats[None, :]).astype(np.int64)
    return np.where(world.path.alive, users, 0)


def features_used(world: World, at: Ints, month: Ints) -> Ints:
    """How many features an account uses in a month: one, and more the longer it is there.

    A healthy account, and one that partners help, goes on to the next sooner.
    """
    tenure = np.clip(month - world.people.start[at], 0, BROADENING_MONTHS)
    odds = -2.6 + 2.4 * tenure / BROADENING_MONTHS + 0.5 * world.people.wellbeing[at]
    drive = logistic(odds + world.living_shift("adoption")[month, at])
    needed = world.luck("feature breadth").uniform()[at]
    further = [drive > needed + step for step in (0.0, 0.25, 0.5)]
    return np.asarray(1 + sum(each.astype(np.int64) for each in further), dtype=np.int64)


def usage(world: World) -> pa.Table:
    """Per account and month with a contract, one row in total and one for each feature in use."""
    months = world.calendar.months
    at, month = np.nonzero(world.path.alive[:months].T)
    total = active_users(world)[:months].T[at, month]
    intensity = world.luck("intensity").whole(8, 30)[at]
    share = 0.3 + 0.6 * world.luck("feature share").uniform()[at]
    main = world.luck("feature").choice((4, 3, 2, 1))[at]
    rows = 1 + features_used(world, at, month)
    each = np.repeat(np.arange(len(at)), rows)
    # 0 is the total, 1 the main feature, and every further one has fewer users.
    rank = np.arange(len(each)) - np.repeat(np.cumsum(rows) - rows, rows)
    part = np.rint((total * share)[each] * FURTHER_SHARE[rank]).astype(np.int64)
    users = np.where(rank == 0, total[each], part)
    feature = np.where(rank == 0, -1, (main[each] + rank - 1) % len(words.FEATURES))
    return tables.feed(
        "usage",
        {
            "account_id": tables.words(at[each], world.account_ids),
            "month": tables.days(world.calendar.month_end(np.arange(months))[month[each]]),
            "product": tables.words(np.zeros(len(each), dtype=np.int64), words.PRODUCTS),
            "feature": tables.words(feature, words.FEATURES),
            "active_users": tables.whole(users),
            "seats": tables.whole(world.people.seats[at[each]]),
            "events": tables.whole(users * intensity[each]),
        },
    )
