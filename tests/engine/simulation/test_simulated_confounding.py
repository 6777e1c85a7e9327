"""Partners come to the large and healthy, by what could be seen before they came."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lichen.simulation import Effects, Settings
from lichen.simulation.draws import Draws
from lichen.simulation.feeds_revenue import CHURNED, RENEWED, contracts
from lichen.simulation.partners import draw_roster
from lichen.simulation.schedule import draw_schedule
from lichen.simulation.truth import MEANINGFUL
from lichen.simulation.usage import active_users
from lichen.simulation.world import World, draw_world

NO_EFFECT = Settings(accounts=4000, months=60, seed=21, effects=Effects.none())


@pytest.fixture(scope="module")
def idle() -> World:
    """Four thousand accounts with partners who change nothing."""
    settings = NO_EFFECT
    roster = draw_roster(Draws(settings.seed), settings.accounts, settings.months, settings.effects)
    return draw_world(settings, roster, 0, settings.accounts)


def test_partners_without_any_effect_still_look_good_in_a_plain_split(idle: World) -> None:
    known = contracts(idle)
    plan = idle.involvements.take(MEANINGFUL[idle.involvements.role])
    decided = np.flatnonzero((known.lines.slot == 0) & np.isin(known.outcome, (RENEWED, CHURNED)))
    account, due = known.lines.account[decided], known.ends[decided]
    first = np.full(len(idle.people), 1 << 40)
    np.minimum.at(first, plan.account, plan.start_day)
    served = first[account] < due - 30
    renewed = known.outcome[decided] == RENEWED
    gap = renewed[served].mean() - renewed[~served].mean()
    # The true effect is exactly 0; a plain split shows five points or more, far beyond chance.
    chance = np.sqrt(renewed.var() * (1 / served.sum() + 1 / (~served).sum()))
    assert gap > 0.05
    assert gap > 5 * chance


def test_partners_come_to_larger_accounts(idle: World) -> None:
    served = np.unique(idle.involvements.account[MEANINGFUL[idle.involvements.role]])
    rest = np.setdiff1d(np.flatnonzero(idle.people.start < 60), served)
    assert np.median(idle.people.arr[served]) > 1.3 * np.median(idle.people.arr[rest])


def test_usage_before_a_partner_arrives_foretells_the_arrival(idle: World) -> None:
    use = active_users(idle) / idle.people.seats[None, :]
    plan = idle.involvements.take(~idle.involvements.on_deal)
    alive = idle.path.first_life()
    gaps = []
    for month in range(18, 60, 6):
        settled = alive[month] & (idle.people.start < month - 9)
        before = np.isin(np.arange(len(idle.people)), plan.account[plan.start < month])
        comes = np.isin(
            np.arange(len(idle.people)),
            plan.account[(plan.start >= month) & (plan.start < month + 3)],
        )
        seen = use[month - 3 : month].mean(axis=0)
        at_risk = settled & ~before
        gaps.append(seen[at_risk & comes].mean() - seen[at_risk & ~comes].mean())
    assert min(gaps) > 0
    assert np.mean(gaps) > 0.03


def test_no_arrival_knows_the_health_of_its_own_month_or_later(idle: World) -> None:
    month, settings = 30, idle.settings
    other = idle.health.copy()
    other[month:] -= 3.0
    changed = draw_schedule(idle.draws, idle.people, other, idle.roster, settings.calendar)
    for field in ("account", "partner", "role", "start_day", "end"):
        until = [getattr(p, field)[p.start <= month] for p in (idle.plan, changed)]
        assert np.array_equal(*until)
    assert len(changed) < len(idle.plan)


def test_plans_do_not_depend_on_what_partners_change(idle: World) -> None:
    settings = replace(NO_EFFECT, effects=Effects(potency={}))
    roster = draw_roster(Draws(settings.seed), settings.accounts, settings.months, settings.effects)
    moved = draw_world(settings, roster, 0, settings.accounts)
    assert np.array_equal(moved.plan.partner, idle.plan.partner)
    assert np.array_equal(moved.plan.start_day, idle.plan.start_day)
    assert not np.array_equal(moved.path.arr, idle.path.arr)
