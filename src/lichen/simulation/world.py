"""One chunk of accounts with everything that happens to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from lichen.simulation import tables
from lichen.simulation.calendar import FAR, Calendar
from lichen.simulation.confounding import Pull, at_random, by_health, by_proxies
from lichen.simulation.draws import Draws, Floats, Ints, Stream
from lichen.simulation.partners import Roster
from lichen.simulation.population import Population, draw_population, walk_health
from lichen.simulation.proxies import seen_without_partners
from lichen.simulation.revenue_path import RevenuePath, walk_revenue
from lichen.simulation.schedule import Schedule, draw_schedule, shifts
from lichen.simulation.settings import Settings


@dataclass(frozen=True)
class World:
    """Accounts, their health, the partners planned for them, and the life that follows.

    `health` is (months, accounts) and sets how long the world lives.
    """

    settings: Settings
    draws: Draws
    roster: Roster
    people: Population
    health: Floats
    plan: Schedule

    @property
    def calendar(self) -> Calendar:
        """The months of fact."""
        return self.settings.calendar

    @property
    def months(self) -> int:
        """Months lived through, those after the last fact included."""
        return len(self.health)

    def luck(self, purpose: str) -> Stream:
        """The accounts' luck for a purpose."""
        return self.draws.stream(purpose, self.people.index)

    def shift(self, channel: str) -> Ints:
        """What partners add to a channel, in thousandths, by month and account."""
        return shifts(
            self.plan, self.roster, self.settings.effects, channel, len(self.people), self.months
        )

    def living_shift(self, channel: str) -> Floats:
        """`shift` as a real number while the account is in its first life, else 0."""
        return np.asarray(np.where(self.path.first_life(), self.shift(channel), 0) / 1000.0)

    @cached_property
    def path(self) -> RevenuePath:
        """The accounts' contracts and ARR."""
        return walk_revenue(
            self.draws,
            self.people,
            self.health,
            self.shift("renewal"),
            self.shift("expansion"),
            self.calendar,
        )

    @cached_property
    def account_ids(self) -> pa.Array:
        """`account_id` by position."""
        return tables.numbered("crm:A", self.people.index, 7)

    @cached_property
    def start_day(self) -> Ints:
        """The day of the first contract; meaningless for prospects."""
        return self.calendar.day(np.minimum(self.people.start, 2400), self.people.anchor)

    @cached_property
    def churn_day(self) -> Ints:
        """The day on which the first life ended; meaningless while it lasts."""
        return self.calendar.day(np.minimum(self.path.churned, 2400), self.people.anchor)

    @cached_property
    def involvements(self) -> Schedule:
        """The plans that became fact by the last month of fact, ended by churn where it came first.

        `end` FAR means not ended by the last day of fact.
        """
        plan = self.plan
        churned = self.path.churned[plan.account]
        happens = (plan.start < churned) & (plan.start_day <= self.calendar.end_day)
        plan, churned = plan.take(happens), churned[happens]
        ends_by_churn = churned < plan.end
        end = np.where(ends_by_churn, churned, plan.end)
        end_day = np.where(ends_by_churn, self.churn_day[plan.account], plan.end_day)
        known = (end < FAR) & (end_day <= self.calendar.end_day)
        return replace(plan, end=np.where(known, end, FAR), end_day=end_day)

    def relive(self, at: Ints, plan: Schedule) -> World:
        """The accounts at these positions once more, with the same luck and another plan."""
        return replace(self, people=self.people.take(at), health=self.health[:, at], plan=plan)


def draw_world(settings: Settings, roster: Roster, first: int, last: int) -> World:
    """The world of accounts number `first` to `last` - 1."""
    draws = Draws(settings.seed)
    people = draw_population(draws, first, last, settings.months)
    health = walk_health(draws, people, settings.horizon)
    pull = draw_pull(settings, draws, people, health)
    after = settings.partners_after
    plan = draw_schedule(draws, people, pull, roster, settings.calendar, after)
    return World(settings, draws, roster, people, health, plan)


def draw_pull(settings: Settings, draws: Draws, people: Population, health: Floats) -> Pull:
    """What draws partners to accounts, as the settings say."""
    if settings.confounding == "none":
        return at_random(people)
    if settings.confounding == "hidden":
        return by_health(people, health)
    months = settings.months
    nobody = np.zeros((months, len(people)), dtype=np.int64)
    path = walk_revenue(draws, people, health[:months], nobody, nobody, settings.calendar)
    seen = seen_without_partners(draws, people, health, path, months)
    return by_proxies(people, seen, settings.calendar)
