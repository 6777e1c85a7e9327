"""Which partners plan to work with which accounts, and when: the confounded assignment.

The plan reads size and health, or their traces in a life without partners, never the outcomes that
partners move, so that withholding one partner leaves every other plan as it was. A plan becomes
fact only while the account is alive.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lichen.simulation.calendar import FAR, Calendar
from lichen.simulation.confounding import Pull
from lichen.simulation.draws import Bools, Draws, Ints
from lichen.simulation.effects import Effects
from lichen.simulation.partners import ROLE_CODE, Roster
from lichen.simulation.population import (
    FIRST_MONTHS,
    Population,
    Rows,
    first_deal,
    logistic,
)

MOST_ARRIVALS = 4
_EARLY = {"implemented": 45, "integrated": 20, "trained": 20, "supported": 10, "advised": 5}
_LATER = {
    "integrated": 28,
    "managed": 27,
    "advised": 14,
    "trained": 13,
    "supported": 10,
    "implemented": 8,
}
_LENGTH = {
    "implemented": (4, 9, 0.0),
    "trained": (2, 5, 0.0),
    "advised": (6, 14, 0.0),
    "managed": (12, 36, 0.4),
    "supported": (12, 30, 0.5),
    "integrated": (12, 40, 0.85),
}
"""Shortest and longest stay in months, and the chance that it has no planned end."""


@dataclass(frozen=True)
class Schedule(Rows):
    """One row per planned involvement, by account and start.

    `account` is a position in the population, `sequence` counts an account's plans from 1, `start`
    and `end` are months (end FAR = open), `on_deal` says that it belongs to the first deal.
    """

    account: Ints
    sequence: Ints
    partner: Ints
    role: Ints
    start: Ints
    start_day: Ints
    end: Ints
    end_day: Ints
    on_deal: Bools

    def __len__(self) -> int:
        return len(self.account)

    def of(self, account: Ints) -> Schedule:
        """The same plans as those of other accounts."""
        return replace(self, account=account)


@dataclass(frozen=True)
class _Plans(Rows):
    account: Ints
    partner: Ints
    role: Ints
    start_day: Ints
    end: Ints
    end_day: Ints
    on_deal: Bools


def draw_schedule(
    draws: Draws,
    people: Population,
    pull: Pull,
    roster: Roster,
    calendar: Calendar,
    partners_after: int = 0,
) -> Schedule:
    """Every plan that begins by the last month of fact.

    `pull` says how likely an arrival is. No partner meets an account before it has been a customer
    for `partners_after` months; with any, none is on its first deal.
    """
    parts = [_origins(draws, people, roster, calendar)] if not partners_after else []
    parts += _arrivals(draws, people, pull, roster, calendar, partners_after)
    names = ("account", "partner", "role", "start_day", "end", "end_day", "on_deal")
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    plans = _Plans(**joined)
    plans = plans.take(plans.partner >= 0)
    plans = plans.take(np.lexsort((plans.role, plans.start_day, plans.account)))
    start = calendar.month_of(plans.start_day)
    left = roster.left[plans.partner]
    leaves_first = plans.end >= left
    return Schedule(
        account=plans.account,
        sequence=sequence(plans.account),
        partner=plans.partner,
        role=plans.role,
        start=start,
        start_day=plans.start_day,
        end=np.where(leaves_first, left, plans.end),
        end_day=np.where(leaves_first, calendar.month_end(np.minimum(left, 2400)), plans.end_day),
        on_deal=plans.on_deal,
    )


def sequence(sorted_keys: Ints) -> Ints:
    """1, 2, 3 … within each run of equal keys."""
    position = np.arange(len(sorted_keys), dtype=np.int64)
    opens = np.ones(len(sorted_keys), dtype=np.bool_)
    opens[1:] = sorted_keys[1:] != sorted_keys[:-1]
    return position - np.maximum.accumulate(np.where(opens, position, 0)) + 1


def _origins(draws: Draws, people: Population, roster: Roster, calendar: Calendar) -> _Plans:
    """Partners on the first deal: they bring larger, healthier customers."""
    customer = np.flatnonzero(people.start < FAR)
    odds = -1.3 + 0.5 * people.wellbeing + 0.45 * people.size
    brought = draws.stream("origin", people.index).uniform(0, customer) < logistic(odds[customer])
    kind = draws.stream("origin role", people.index).choice((36, 26, 38), 0, customer)
    beside = draws.stream("deal helper", people.index).choice((86, 10, 4), 0, customer)
    origin = np.array([ROLE_CODE[r] for r in ("resold", "referred", "sourced")])[kind]
    helper = np.array([-1, ROLE_CODE["co_sold"], ROLE_CODE["validated"]])[beside]
    role = np.where(brought, origin, helper)
    at, role = customer[role >= 0], role[role >= 0]
    start_day = calendar.day(people.start, people.anchor)
    opened, closed = first_deal(draws, people, start_day)
    month = np.maximum(calendar.month_of(opened[at]), 0)
    stays = role == ROLE_CODE["resold"]
    return _Plans(
        account=at,
        partner=_pick(draws, people, roster, at, role, month),
        role=role,
        start_day=opened[at],
        end=np.where(stays, FAR, calendar.month_of(closed[at])),
        end_day=closed[at] + 1,
        on_deal=np.ones(len(at), dtype=np.bool_),
    )


def _arrivals(
    draws: Draws,
    people: Population,
    pull: Pull,
    roster: Roster,
    calendar: Calendar,
    partners_after: int,
) -> list[_Plans]:
    """Partners who come after the sale, month by month, where the pull is."""
    luck = draws.stream("arrival", people.index)
    came = np.zeros(len(people), dtype=np.int64)
    plans = []
    for month in range(calendar.months):
        tenure = month - people.start
        at = np.flatnonzero((tenure >= partners_after) & (came < MOST_ARRIVALS))
        young = tenure[at] < FIRST_MONTHS
        here = luck.uniform(month, at) < logistic(pull(month, at))
        at, young = at[here], young[here]
        came[at] += 1
        plans.append(_arrival(draws, people, roster, calendar, month, at, young))
    return plans


def _arrival(
    draws: Draws,
    people: Population,
    roster: Roster,
    calendar: Calendar,
    month: int,
    at: Ints,
    young: Bools,
) -> _Plans:
    index = people.index
    role = np.where(
        young, _role(draws, index, _EARLY, month, at), _role(draws, index, _LATER, month, at)
    )
    day = draws.stream("arrival day", index).whole(1, 28, month, at)
    day = np.where(people.start[at] == month, np.maximum(day, people.anchor[at]), day)
    end = month + _stay(draws, index, role, month, at)
    leave = draws.stream("leave day", index).whole(1, 28, month, at)
    return _Plans(
        account=at,
        partner=_pick(draws, people, roster, at, role, np.full(len(at), month)),
        role=role,
        start_day=calendar.day(month, day),
        end=np.where(end >= FAR, FAR, end),
        end_day=calendar.day(np.minimum(end, 2400), leave),
        on_deal=np.zeros(len(at), dtype=np.bool_),
    )


def _role(draws: Draws, index: Ints, mix: dict[str, int], month: int, at: Ints) -> Ints:
    codes = np.array([ROLE_CODE[role] for role in mix])
    return codes[draws.stream("arrival role", index).choice(tuple(mix.values()), month, at)]


def _stay(draws: Draws, index: Ints, role: Ints, month: int, at: Ints) -> Ints:
    low, high, open_share = (np.zeros(len(ROLE_CODE)) for _ in range(3))
    for name, (shortest, longest, share) in _LENGTH.items():
        code = ROLE_CODE[name]
        low[code], high[code], open_share[code] = shortest, longest, share
    span = draws.stream("stay", index).uniform(month, at)
    stay = (low[role] + span * (high[role] - low[role] + 1)).astype(np.int64)
    is_open = draws.stream("stays open", index).uniform(month, at) < open_share[role]
    return np.where(is_open, FAR, stay)


def _pick(
    draws: Draws, people: Population, roster: Roster, at: Ints, role: Ints, month: Ints
) -> Ints:
    """A partner who takes the role in the account's region and is there that month, else -1."""
    luck = draws.stream("partner", people.index).uniform(month + 256 * (role + 1), at)
    picked = np.full(len(at), -1, dtype=np.int64)
    region = people.region[at]
    for name, code in ROLE_CODE.items():
        for place in np.unique(region[role == code]):
            mine = (role == code) & (region == place)
            able = roster.candidates(name, int(place))
            bounds = np.cumsum(roster.weight[able])
            picked[mine] = able[np.searchsorted(bounds / bounds[-1], luck[mine], side="right")]
    present = (roster.joined[picked] <= month) & (roster.left[picked] > month)
    return np.where(present, picked, -1)


def shifts(
    plan: Schedule, roster: Roster, effects: Effects, channel: str, accounts: int, months: int
) -> Ints:
    """What the plans add to a channel, in thousandths, by month and account.

    Works from the month after an involvement starts to the month it ends. Whole numbers, so that
    after an involvement has ended nothing of it is left.
    """
    size = effects.by_role(channel)[plan.role]
    if channel != "margin":
        size = np.rint(size * roster.potency[plan.partner]).astype(np.int64)
    change = np.zeros((months + 1, accounts), dtype=np.int64)
    begins = np.clip(plan.start + 1, 0, months)
    np.add.at(change, (begins, plan.account), size)
    np.subtract.at(change, (np.clip(plan.end + 1, begins, months), plan.account), size)
    return np.cumsum(change[:months], axis=0)
