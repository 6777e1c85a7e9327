"""Simulating an ecosystem into a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from lichen.kernel.progress import Progress, silent
from lichen.simulation import (
    costs,
    engagement,
    feeds_customers,
    feeds_partners,
    feeds_revenue,
    milestones,
    pipeline,
    rates,
    usage,
)
from lichen.simulation.draws import Draws
from lichen.simulation.folder import prepare, write_parameters
from lichen.simulation.partners import Roster, draw_roster
from lichen.simulation.quarters import quarter_truth
from lichen.simulation.settings import Settings
from lichen.simulation.truth import partner_truth, truth
from lichen.simulation.world import World, draw_world
from lichen.simulation.writing import Writer


@dataclass(frozen=True)
class Chunk:
    """A world and what several of its feeds share."""

    world: World

    @cached_property
    def contracts(self) -> feeds_revenue.Contracts:
        """Lines that facts show."""
        return feeds_revenue.contracts(self.world)

    @cached_property
    def deals(self) -> pipeline.Deals:
        """Opportunities."""
        return pipeline.draw_deals(self.world, self.contracts)

    @cached_property
    def deal_of_lines(self) -> tuple[pa.Array, pa.Array]:
        """By line, the opportunity that sold it and the one that renews it."""
        return pipeline.deal_of_lines(self.world, self.contracts, self.deals)


FEED_OF_ACCOUNTS: dict[str, Callable[[Chunk], pa.Table]] = {
    "account": lambda c: feeds_customers.account(c.world),
    "attribute_change": lambda c: feeds_customers.attribute_change(c.world),
    "opportunity": lambda c: pipeline.opportunity(c.world, c.deals),
    "subscription": lambda c: feeds_revenue.subscription(c.world, c.contracts, c.deal_of_lines[0]),
    "renewal": lambda c: feeds_revenue.renewal(c.world, c.contracts, c.deal_of_lines[1]),
    "adjustment": lambda c: feeds_revenue.adjustment(c.world, c.contracts),
    "involvement": lambda c: feeds_partners.involvement(
        c.world, pipeline.involvement_deals(c.world, c.deals)
    ),
    "usage": lambda c: usage.usage(c.world),
    "milestone": lambda c: milestones.milestone(c.world),
    "outcome_goal": lambda c: engagement.outcome_goal(c.world),
    "survey": lambda c: engagement.survey(c.world),
    "advocacy": lambda c: engagement.advocacy(c.world),
    "ticket": lambda c: engagement.ticket(c.world),
    "cost": lambda c: costs.cost(c.world),
    "touchpoint": lambda c: pipeline.touchpoint(c.world, c.deals),
    "participation": lambda c: feeds_partners.participation(c.world),
}

FEED_OF_ALL: dict[str, Callable[[Settings, Roster], pa.Table]] = {
    "partner": lambda s, r: feeds_partners.partner(Draws(s.seed), r, s.calendar),
    "certification": lambda s, r: feeds_partners.certification(Draws(s.seed), r, s.calendar),
    "fx_rate": lambda s, _: rates.fx_rate(Draws(s.seed), s.calendar),
}


def simulate(folder: Path, settings: Settings, *, progress: Progress = silent) -> dict[str, int]:
    """Write `feeds/` (and, when asked for, `truth/`) under `folder`; returns rows per table.

    What an earlier simulation wrote there is replaced; nothing else in the folder is touched.

    Raises:
        FeedsOfSomeoneElse: the folder holds feeds that no simulation wrote.
    """
    roster = draw_roster(Draws(settings.seed), settings.accounts, settings.months, settings.effects)
    feeds = [name for name in settings.entities if name != "attribute_change" or settings.history]
    prepare(folder, settings, feeds)
    with ExitStack() as files:
        writer = files.enter_context(Writer(folder / "feeds", settings.format))
        for name in feeds:
            if name in FEED_OF_ALL:
                writer.write(name, FEED_OF_ALL[name](settings, roster))
        truths = None
        if settings.truth:
            truths = files.enter_context(Writer(folder / "truth", "parquet"))
            truths.write("partners", partner_truth(roster))
            write_parameters(folder, settings)
        for world in worlds(settings, roster, progress):
            chunk = Chunk(world)
            for name in feeds:
                if name in FEED_OF_ACCOUNTS:
                    writer.write(name, FEED_OF_ACCOUNTS[name](chunk))
            if truths is not None:
                for name, table in truth(world):
                    truths.write(name, table)
                for table in quarter_truth(world):
                    truths.write("quarters", table)
        told = {f"truth/{name}": rows for name, rows in truths.rows.items()} if truths else {}
        return {**writer.rows, **told}


def worlds(settings: Settings, roster: Roster, progress: Progress) -> Iterator[World]:
    """The accounts, a chunk at a time."""
    for first in range(0, settings.accounts, settings.chunk):
        progress("Simulating accounts", first, settings.accounts)
        last = min(first + settings.chunk, settings.accounts)
        yield draw_world(settings, roster, first, last)
    progress("Simulating accounts", settings.accounts, settings.accounts)
