"""What customers say and do besides using the product: surveys, tickets, advocacy, goals."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lichen.simulation import tables
from lichen.simulation.draws import Ints
from lichen.simulation.feeds_revenue import partner_ids
from lichen.simulation.partners import ROLE_CODE
from lichen.simulation.pipeline import partner_at
from lichen.simulation.population import logistic
from lichen.simulation.proxies import opens_ticket
from lichen.simulation.world import World

_SURVEYS = ("nps", "csat", "ces")
_SCALE = np.array([10, 5, 7])
_ADVOCACY = ("referral", "reference", "case_study", "review")
_SEVERITY = ("low", "normal", "urgent")
_GOALS = ("hours saved a month", "orders handled a day", "days to close the books")
_GOES_DOWN = 2


def _alive(world: World) -> tuple[Ints, Ints]:
    """Accounts and months of fact with a contract, by account."""
    at, month = np.nonzero(world.path.alive[: world.calendar.months].T)
    return at, month


def _day(world: World, purpose: str, month: Ints, at: Ints) -> Ints:
    """A day of the month, never before the first contract."""
    day = world.luck(purpose).whole(1, 28, month, at)
    begins = world.people.start[at] == month
    day = np.where(begins, np.maximum(day, world.people.anchor[at]), day)
    return world.calendar.day(month, day)


def _numbered(world: World, letter: str, at: Ints, month: Ints, width: int = 3) -> pa.Array:
    stem = tables.numbered(f"cs:{letter}", world.people.index[at], 7)
    return tables.joined(stem, tables.numbered("-", month, width))


def survey(world: World) -> pa.Table:
    """An answer now and then, higher from the healthy; some rate a partner instead."""
    at, month = _alive(world)
    answers = world.luck("survey").uniform(month, at) < 0.09
    at, month = at[answers], month[answers]
    day = _day(world, "survey day", month, at)
    kind = world.luck("survey kind").choice((60, 25, 15), month, at)
    level = logistic(
        0.9 + 0.8 * world.health[month, at] + 0.6 * world.luck("survey mood").normal(month, at)
    )
    scale = _SCALE[kind]
    low = np.where(kind == 0, 0, 1)
    score = np.rint(low + level * (scale - low))
    partner = _rated_partner(world, at, day)
    kinds = np.where(partner >= 0, len(_SURVEYS), kind)
    score = np.where(partner >= 0, np.rint(1 + 4 * level), score)
    return tables.feed(
        "survey",
        {
            "survey_id": _numbered(world, "Q", at, month),
            "account_id": tables.words(at, world.account_ids),
            "responded_on": tables.days(day),
            "kind": tables.words(kinds, (*_SURVEYS, "partner_rating")),
            "score": tables.real(score),
            "partner_id": tables.words(partner, partner_ids(world)),
        },
    )


def _rated_partner(world: World, at: Ints, day: Ints) -> Ints:
    partner = partner_at(world, at, day)
    month = world.calendar.month_of(day)
    return np.where(world.luck("rates partner").uniform(month, at) < 0.3, partner, -1)


def ticket(world: World) -> pa.Table:
    """Support cases, more from the unhealthy; a supporting partner handles its customers' cases."""
    at, month = _alive(world)
    opens = opens_ticket(world.draws, world.people, world.health, month, at)
    at, month = at[opens], month[opens]
    day = _day(world, "ticket day", month, at)
    second = world.luck("ticket second").whole(0, 86_399, month, at)
    severity = world.luck("severity").choice((5, 4, 1), month, at)
    hours = world.luck("ticket hours").whole(1, 240, month, at) // (severity + 1) + 1
    closed = day * 86_400 + second + hours * 3600
    supporters = _supporter(world, at, day)
    return tables.feed(
        "ticket",
        {
            "ticket_id": _numbered(world, "T", at, month),
            "account_id": tables.words(at, world.account_ids),
            "opened_at": tables.instants(day, second),
            "closed_at": tables.instants(
                closed // 86_400, closed % 86_400, closed // 86_400 <= world.calendar.end_day
            ),
            "severity": tables.words(severity, _SEVERITY),
            "handled_by_partner_id": tables.words(supporters, partner_ids(world)),
        },
    )


def _supporter(world: World, at: Ints, day: Ints) -> Ints:
    """The partner at work as support or managed service, -1 = none."""
    return partner_at(world, at, day, (ROLE_CODE["supported"], ROLE_CODE["managed"]))


def advocacy(world: World) -> pa.Table:
    """Good words from healthy customers; a referral names the account it led to."""
    at, month = _alive(world)
    odds = -5.4 + 0.9 * world.health[month, at]
    speaks = world.luck("advocacy").uniform(month, at) < logistic(odds)
    speaks &= month > world.people.start[at] + 3
    at, month = at[speaks], month[speaks]
    kind = world.luck("advocacy kind").choice((30, 35, 15, 20), month, at)
    total = world.settings.accounts
    other = (world.luck("referred").uniform(month, at) * total).astype(np.int64)
    named = (kind == 0) & (other != world.people.index[at])
    others = tables.numbered("crm:A", other, 7)
    return tables.feed(
        "advocacy",
        {
            "advocacy_id": _numbered(world, "V", at, month),
            "account_id": tables.words(at, world.account_ids),
            "happened_on": tables.days(_day(world, "advocacy day", month, at)),
            "kind": tables.words(kind, _ADVOCACY),
            "referred_account_id": tables.words(np.where(named, np.arange(len(other)), -1), others),
        },
    )


def outcome_goal(world: World) -> pa.Table:
    """What two customers in five want to achieve, and how far they got."""
    customer = world.people.start < world.calendar.months
    at = np.flatnonzero(customer & (world.luck("goal").uniform() < 0.4))
    agreed = world.start_day[at] + world.luck("goal agreed").whole(0, 45, 0, at)
    due = agreed + 270
    at, agreed, due = (x[agreed <= world.calendar.end_day] for x in (at, agreed, due))
    level = world.people.wellbeing[at] + 0.5 * world.luck("goal luck").normal(0, at)
    goal = world.luck("which goal").choice((1, 1, 1), 0, at)
    way = np.where(goal == _GOES_DOWN, -1.0, 1.0)
    baseline = world.luck("goal baseline").whole(10, 200, 0, at).astype(np.float64)
    achieved = np.maximum(np.rint(baseline * (1 + way * (0.3 + 0.25 * level))), 0)
    target = np.rint(baseline * (1 + way * 0.3))
    reached = way * achieved >= way * target
    day = due + world.luck("goal reached").whole(-120, 60, 0, at)
    known = np.where(reached, day, due) <= world.calendar.end_day
    return tables.feed(
        "outcome_goal",
        {
            "goal_id": _numbered(world, "G", at, np.ones(len(at), dtype=np.int64), 1),
            "account_id": tables.words(at, world.account_ids),
            "goal": tables.words(goal, _GOALS),
            "baseline": tables.real(baseline),
            "target": tables.real(target),
            "achieved": tables.real(achieved, known),
            "unit": tables.words(np.zeros(len(at), dtype=np.int64), ("count",)),
            "agreed_on": tables.days(agreed),
            "due_on": tables.days(due),
            "achieved_on": tables.days(day, known & reached),
        },
    )
