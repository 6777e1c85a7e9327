"""Partners come to the large and healthy, by what could be seen before they came."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from lichen.kernel.periods import month_index
from lichen.simulation import Effects, Settings, simulate
from lichen.simulation.confounding import by_health
from lichen.simulation.draws import Draws
from lichen.simulation.feeds_revenue import CHURNED, RENEWED, contracts
from lichen.simulation.partners import draw_roster
from lichen.simulation.proxies import seen_without_partners
from lichen.simulation.schedule import draw_schedule
from lichen.simulation.truth import MEANINGFUL
from lichen.simulation.usage import active_users
from lichen.simulation.world import World, draw_pull, draw_world

NO_EFFECT = Settings(accounts=4000, months=60, seed=21, effects=Effects.none())
HIDDEN = replace(NO_EFFECT, confounding="hidden")


def world_of(settings: Settings) -> World:
    roster = draw_roster(Draws(settings.seed), settings.accounts, settings.months, settings.effects)
    return draw_world(settings, roster, 0, settings.accounts)


@pytest.fixture(scope="module", params=[NO_EFFECT, HIDDEN], ids=["observed", "hidden"])
def idle(request: pytest.FixtureRequest) -> World:
    """Four thousand accounts with partners who change nothing."""
    return world_of(request.param)


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
    # The true effect is exactly 0; a plain split shows four points or more, far beyond chance.
    chance = np.sqrt(renewed.var() * (1 / served.sum() + 1 / (~served).sum()))
    assert gap > 0.04
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


def test_no_arrival_knows_the_health_of_its_own_month_or_later() -> None:
    idle = world_of(HIDDEN)
    month, settings = 30, HIDDEN
    other = idle.health.copy()
    other[month:] -= 3.0
    pull = by_health(idle.people, other)
    changed = draw_schedule(idle.draws, idle.people, pull, idle.roster, settings.calendar)
    for field in ("account", "partner", "role", "start_day", "end"):
        until = [getattr(p, field)[p.start <= month] for p in (idle.plan, changed)]
        assert np.array_equal(*until)
    assert len(changed) < len(idle.plan)


def test_plans_do_not_depend_on_what_partners_change(idle: World) -> None:
    moved = world_of(replace(idle.settings, effects=Effects(potency={})))
    assert np.array_equal(moved.plan.partner, idle.plan.partner)
    assert np.array_equal(moved.plan.start_day, idle.plan.start_day)
    assert not np.array_equal(moved.path.arr, idle.path.arr)


def test_no_observed_arrival_knows_anything_of_its_own_quarter() -> None:
    idle, calendar = world_of(NO_EFFECT), NO_EFFECT.calendar
    # Months of fact run from November 2021: month 31 is June 2024, the end of a quarter.
    q0 = 31
    health = idle.health.copy()
    health[q0 + 1 :] -= 3.0
    pull = draw_pull(NO_EFFECT, idle.draws, idle.people, health)
    changed = draw_schedule(idle.draws, idle.people, pull, idle.roster, calendar)
    for field in ("account", "partner", "role", "start_day", "end"):
        until = [getattr(p, field)[p.start <= q0 + 3] for p in (idle.plan, changed)]
        assert np.array_equal(*until)
    assert len(changed) < len(idle.plan)


def test_what_draws_partners_stands_in_the_feeds(tmp_path: Path) -> None:
    settings = replace(NO_EFFECT, accounts=300, months=24)
    simulate(tmp_path, settings)
    world = world_of(settings)
    seen = seen_without_partners(
        world.draws, world.people, world.health, world.path, settings.months
    )
    first = month_index(settings.end) - settings.months + 1
    users, seats, tickets = (np.zeros((24, 300)) for _ in range(3))
    for row in pq.read_table(tmp_path / "feeds" / "usage.parquet").to_pylist():
        if row["feature"] is None:
            at = month_index(row["month"]) - first, int(row["account_id"][5:])
            users[at], seats[at] = row["active_users"], row["seats"]
    for row in pq.read_table(tmp_path / "feeds" / "ticket.parquet").to_pylist():
        tickets[month_index(row["opened_at"].date()) - first, int(row["account_id"][5:])] += 1
    for month in (2, 11, 23):
        quarter = slice(month - 2, month + 1)
        used, had = users[quarter].sum(axis=0), seats[quarter].sum(axis=0)
        there = had > 0
        assert np.allclose(seen.adoption[month, there], used[there] / had[there])
        assert np.array_equal(seen.tickets[month], tickets[quarter].sum(axis=0))
    assert tickets.sum() > 500


def test_partners_who_come_at_random_look_as_good_as_they_are() -> None:
    idle = world_of(replace(NO_EFFECT, confounding="none"))
    settled, month = idle.path.first_life()[30], 30
    comes = np.zeros(len(idle.people), dtype=bool)
    plan = idle.involvements.take(~idle.involvements.on_deal)
    comes[plan.account[(plan.start > month) & (plan.start <= month + 6)]] = True
    size, health = idle.people.size[settled], idle.health[month, settled]
    for what in (size, health):
        gap = what[comes[settled]].mean() - what[~comes[settled]].mean()
        assert abs(gap) < 4 * what.std() * np.sqrt(1 / comes[settled].sum())
    assert comes[settled].sum() > 100


def test_partners_who_meet_only_old_customers_look_good_to_who_asks_ever_or_never() -> None:
    trap = world_of(replace(NO_EFFECT, confounding="none", partners_after=18))
    assert (trap.plan.start - trap.people.start[trap.plan.account]).min() == 18
    began = trap.people.start < 30
    met = np.isin(np.arange(len(trap.people)), trap.involvements.account)
    stayed = trap.path.churned >= 60
    gap = stayed[began & met].mean() - stayed[began & ~met].mean()
    assert gap > 0.1
