"""The truth: every exposed account lived again with the same luck, that exposure withheld."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lichen.simulation import tables, words
from lichen.simulation.calendar import FAR
from lichen.simulation.costs import monthly_cost
from lichen.simulation.draws import Bools, Ints
from lichen.simulation.feeds_revenue import partner_ids
from lichen.simulation.milestones import MILESTONES, reached
from lichen.simulation.partners import Roster
from lichen.simulation.population import Rows
from lichen.simulation.schedule import Schedule
from lichen.simulation.usage import active_users
from lichen.simulation.winning import spending
from lichen.simulation.world import World
from lichen.vocabulary.definitions import Involvement
from lichen.vocabulary.roles import PARTNER_KINDS, ROLES

ANY, ROLE, KIND, PARTNER = range(4)
EXPOSURES = ("any", "role", "kind", "partner")
BATCH = 8_000
"""Lives re-run at a time."""

MEANINGFUL = np.isin(ROLES, Involvement.model_validate({}).meaningful_roles)


@dataclass(frozen=True)
class Exposed(Rows):
    """One row per account and exposure that it had: `value` is a role, kind or partner code."""

    account: Ints
    exposure: Ints
    value: Ints
    start_day: Ints

    def __len__(self) -> int:
        return len(self.account)

    def key(self) -> Ints:
        """One number for each account, exposure and value, in their order."""
        return (self.account * len(EXPOSURES) + self.exposure) * 4096 + self.value


def starts(world: World) -> Exposed:
    """Every start of every exposure, by account, exposure, value and day."""
    plan, has_kind = world.involvements, world.roster.has_kind()
    row, kind = np.nonzero(has_kind[plan.partner])
    meaningful = np.flatnonzero(MEANINGFUL[plan.role])
    everyone = np.arange(len(plan), dtype=np.int64)
    parts = (
        (ANY, meaningful, np.zeros(len(meaningful), dtype=np.int64)),
        (ROLE, everyone, plan.role),
        (KIND, row, kind),
        (PARTNER, everyone, plan.partner),
    )
    account = np.concatenate([plan.account[rows] for _, rows, _ in parts])
    day = np.concatenate([plan.start_day[rows] for _, rows, _ in parts])
    exposure = np.concatenate([np.full(len(rows), code) for code, rows, _ in parts])
    value = np.concatenate([value for _, _, value in parts])
    order = np.lexsort((day, value, exposure, account))
    return Exposed(account, exposure, value, day).take(order)


def first_starts(world: World) -> Exposed:
    """When each account first had each exposure, by account, exposure and value."""
    every = starts(world)
    return every.take(opens_run(every.key()))


def opens_run(sorted_keys: Ints) -> Bools:
    """Whether each key differs from the one before it."""
    opens = np.ones(len(sorted_keys), dtype=np.bool_)
    opens[1:] = sorted_keys[1:] != sorted_keys[:-1]
    return opens


def is_exposure(plan: Schedule, roster: Roster, exposure: Ints, value: Ints) -> Bools:
    """Whether each planned involvement belongs to the exposure beside it."""
    kind = np.where(exposure == KIND, value, 0)
    questions = [exposure == ANY, exposure == ROLE, exposure == KIND]
    answers = [MEANINGFUL[plan.role], plan.role == value, roster.has_kind()[plan.partner, kind]]
    return np.asarray(np.select(questions, answers, plan.partner == value), dtype=np.bool_)


def withhold(world: World, exposed: Exposed) -> World:
    """The exposed accounts, one life per row, without that row's exposure."""
    life, lives = planned(world, exposed)
    gone = is_exposure(lives, world.roster, exposed.exposure[life], exposed.value[life])
    return world.relive(exposed.account, lives.of(life).take(~gone))


def planned(world: World, exposed: Exposed) -> tuple[Ints, Schedule]:
    """The plans of each row's account, and the position of the row that each stands for."""
    account = world.plan.account
    opens = np.searchsorted(account, exposed.account, side="left")
    closes = np.searchsorted(account, exposed.account, side="right")
    life, rows = spread(opens, closes)
    return life, world.plan.take(rows)


def spread(opens: Ints, closes: Ints) -> tuple[Ints, Ints]:
    """Every number of each half-open range, with the position of its range."""
    count = closes - opens
    owner = np.repeat(np.arange(len(opens), dtype=np.int64), count)
    before = np.cumsum(count) - count
    return owner, np.arange(len(owner), dtype=np.int64) - before[owner] + opens[owner]


def truth(world: World) -> Iterator[tuple[str, pa.Table]]:
    """Named tables of the truth: exposures, monthly, milestones."""
    exposed = first_starts(world)
    factual = Outcomes(world)
    for first in range(0, max(1, len(exposed)), BATCH):
        batch = exposed.take(np.arange(first, min(first + BATCH, len(exposed))))
        names = names_of(world, batch)
        other = Outcomes(withhold(world, batch))
        yield "exposures", _exposures(batch, names, factual, other)
        yield "monthly", _monthly(world, batch, names, factual, other)
        yield "milestones", _milestones(batch, names, factual, other)


class Outcomes:
    """What became of the accounts of a world, by month and account."""

    def __init__(self, world: World) -> None:
        self.arr = world.path.arr
        cost = monthly_cost(world)
        self.cost = np.sum(list(cost.values()), axis=0)
        self.served_to_date = np.cumsum(self.cost - cost["partner_margin"], axis=0)
        self.churned = world.path.churned
        self.won_for = spending(world).total
        self.users = active_users(world)
        self.seats = np.where(world.path.alive, world.people.seats[None, :], 0)
        self.reached = reached(world)


def names_of(world: World, exposed: Exposed) -> dict[str, pa.Array]:
    """The columns that name each row: account_id, exposure, value."""
    values = ["any", *ROLES, *PARTNER_KINDS, *partner_ids(world).to_pylist()]
    offset = np.array([0, 1, 1 + len(ROLES), 1 + len(ROLES) + len(PARTNER_KINDS)])
    return {
        "account_id": tables.words(exposed.account, world.account_ids),
        "exposure": tables.words(exposed.exposure, EXPOSURES),
        "value": tables.words(offset[exposed.exposure] + exposed.value, values),
    }


def _exposures(
    exposed: Exposed, names: dict[str, pa.Array], factual: Outcomes, other: Outcomes
) -> pa.Table:
    return pa.table(
        {
            **names,
            "starts_on": tables.days(exposed.start_day),
            "acquisition_minor_with": tables.whole(factual.won_for[exposed.account]),
            "acquisition_minor_without": tables.whole(other.won_for),
        }
    )


def _monthly(
    world: World,
    exposed: Exposed,
    names: dict[str, pa.Array],
    factual: Outcomes,
    other: Outcomes,
) -> pa.Table:
    opens = np.maximum(world.calendar.month_of(exposed.start_day), 0)
    life, month = spread(opens, np.full(len(exposed), world.months, dtype=np.int64))
    at = exposed.account[life]
    rows = pa.array(life)
    ends = world.calendar.month_end(np.arange(world.months))
    return pa.table(
        {
            **{name: values.take(rows) for name, values in names.items()},
            "month": tables.days(ends[month]),
            "currency": tables.words(world.people.currency[at], words.CURRENCIES),
            "arr_minor_with": tables.whole(factual.arr[month, at]),
            "arr_minor_without": tables.whole(other.arr[month, life]),
            "cost_minor_with": tables.whole(factual.cost[month, at]),
            "cost_minor_without": tables.whole(other.cost[month, life]),
            "active_users_with": tables.whole(factual.users[month, at]),
            "active_users_without": tables.whole(other.users[month, life]),
        }
    )


def _milestones(
    exposed: Exposed, names: dict[str, pa.Array], factual: Outcomes, other: Outcomes
) -> pa.Table:
    rows = pa.array(np.repeat(np.arange(len(exposed)), len(MILESTONES)))
    which = np.tile(np.arange(len(MILESTONES)), len(exposed))
    with_, without = (
        np.stack(list(each), axis=1).ravel()
        for each in (
            [factual.reached[name][exposed.account] for name in MILESTONES],
            [other.reached[name] for name in MILESTONES],
        )
    )
    return pa.table(
        {
            **{name: values.take(rows) for name, values in names.items()},
            "milestone": tables.words(which, MILESTONES),
            "reached_on_with": tables.days(with_, with_ < FAR),
            "reached_on_without": tables.days(without, without < FAR),
        }
    )


def partner_truth(roster: Roster) -> pa.Table:
    """What each partner's effects are multiplied by."""
    return pa.table(
        {
            "partner_id": tables.numbered("prm:P", np.arange(1, len(roster) + 1), 3),
            "kinds": pa.array(["|".join(sorted(kinds)) for kinds in roster.kinds]),
            "potency": tables.real(roster.potency),
        }
    )
