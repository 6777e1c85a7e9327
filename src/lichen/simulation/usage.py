"""How much of what was bought is used: health made visible, and raised by partners."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lichen.simulation import tables, words
from lichen.simulation.draws import Floats, Ints
from lichen.simulation.population import logistic
from lichen.simulation.world import World

RAMP_MONTHS = 4


def seat_use(world: World) -> Floats:
    """Share of seats used, by month and account, alive or not."""
    months = np.arange(world.months)[:, None]
    tenure = np.clip(months - world.people.start[None, :], 0, RAMP_MONTHS)
    noise = world.luck("usage").normal(months)
    odds = -0.9 + 0.9 * tenure / RAMP_MONTHS + 0.55 * world.health + 0.25 * noise
    return logistic(odds + world.living_shift("adoption"))


def active_users(world: World) -> Ints:
    """Users active in a month, by month and account; 0 while it has no contract."""
    users = np.rint(seat_use(world) * world.people.seats[None, :]).astype(np.int64)
    return np.where(world.path.alive, users, 0)


def usage(world: World) -> pa.Table:
    """Per account and month with a contract, one row in total and one for its main feature."""
    months = world.calendar.months
    at, month = np.nonzero(world.path.alive[:months].T)
    total = active_users(world)[:months].T[at, month]
    intensity = world.luck("intensity").whole(8, 30)[at]
    share = 0.3 + 0.6 * world.luck("feature share").uniform()[at]
    feature = world.luck("feature").choice((4, 3, 2, 1))[at]
    part = np.rint(total * share).astype(np.int64)
    both = np.repeat(np.arange(len(at)), 2)
    is_total = np.tile(np.array([True, False]), len(at))
    users = np.where(is_total, total[both], part[both])
    return tables.feed(
        "usage",
        {
            "account_id": tables.words(at[both], world.account_ids),
            "month": tables.days(world.calendar.month_end(np.arange(months))[month[both]]),
            "product": tables.words(np.zeros(len(both), dtype=np.int64), words.PRODUCTS),
            "feature": tables.words(np.where(is_total, -1, feature[both]), words.FEATURES),
            "active_users": tables.whole(users),
            "seats": tables.whole(world.people.seats[at[both]]),
            "events": tables.whole(users * intensity[both]),
        },
    )
