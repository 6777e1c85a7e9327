"""How fast a customer gets to first value: faster when healthy, and when partners help."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from lichen.simulation import tables
from lichen.simulation.calendar import FAR
from lichen.simulation.draws import Ints
from lichen.simulation.population import logistic
from lichen.simulation.world import World

MILESTONES = ("kickoff", "go_live", "first_value")
_LOG_ODDS = {"kickoff": 1.2, "go_live": -0.5, "first_value": -1.0}
PROMISED_DAYS = {"kickoff": 21, "go_live": 75, "first_value": 120}


def reached(world: World) -> Mapping[str, Ints]:
    """By milestone and account, the day it was reached in the first life; FAR = never.

    Each month an account that is alive may reach the next milestone, never two in one month.
    """
    count, months = len(world.people), world.months
    alive, shift = world.path.first_life(), world.living_shift("time_to_value")
    found = {name: np.full(count, FAR, dtype=np.int64) for name in MILESTONES}
    at_stage = np.zeros(count, dtype=np.int64)
    for month in range(months):
        stage_then = at_stage.copy()
        for stage, name in enumerate(MILESTONES):
            at = np.flatnonzero(alive[month] & (stage_then == stage))
            odds = _LOG_ODDS[name] + 0.35 * world.health[month, at] - 0.25 * world.people.size[at]
            luck = world.luck(f"reach {name}").uniform(month, at)
            at = at[luck < logistic(odds + shift[month, at])]
            found[name][at] = _day(world, name, month, at)
            at_stage[at] += 1
    return found


def _day(world: World, name: str, month: int, at: Ints) -> Ints:
    day = world.luck(f"{name} day").whole(1, 28, month, at)
    begins = world.people.start[at] == month
    day = np.where(begins, np.maximum(day, world.people.anchor[at]), day)
    return world.calendar.day(month, day)


def milestone(world: World) -> pa.Table:
    """Three rows per customer; `reached_on` is empty for what has not been reached."""
    at = np.flatnonzero(world.people.start < world.calendar.months)
    days = reached(world)
    account = np.repeat(at, len(MILESTONES))
    which = np.tile(np.arange(len(MILESTONES)), len(at))
    day = np.stack([days[name][at] for name in MILESTONES], axis=1).ravel()
    promised = np.array([PROMISED_DAYS[name] for name in MILESTONES])[which]
    promised = world.start_day[account] + promised
    slip = world.luck("slip").choice((5, 2, 1), which, account) * 15
    return tables.feed(
        "milestone",
        {
            "account_id": tables.words(account, world.account_ids),
            "milestone": tables.words(which, MILESTONES),
            "due_on": tables.days(promised + slip),
            "promised_on": tables.days(promised),
            "reached_on": tables.days(day, day <= world.calendar.end_day),
        },
    )
