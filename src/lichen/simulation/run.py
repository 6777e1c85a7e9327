"""Simulating an ecosystem into a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from lichen.kernel.progress import Progress, silent
from lichen.simulation import (
    feeds_customers,
    feeds_partners,
    feeds_revenue,
    pipeline,
    usage,
)
from lichen.simulation.draws import Draws
from lichen.simulation.partners import Roster, draw_roster
from lichen.simulation.settings import Settings
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
    "subscription": lambda c: feeds_revenue.subscription(
        c.world, c.contracts, c.deal_of_lines[0]
    ),
    "renewal": lambda c: feeds_revenue.renewal(c.world, c.contracts, c.deal_of_lines[1]),
    "adjustment": lambda c: feeds_revenue.adjustment(c.world, c.contracts),
    "involvement": lambda c: feeds_partners.involvement(
        c.world, pipeline.involvement_deals(c.world, c.deals)
    ),
    "usage": lambda c: usage.usage(c.world),
    "touchpoint": lambda c: pipeline.touchpoint(c.world, c.deals),
    "participation": lambda c: feeds_partners.participation(c.world),
}

FEED_OF_ALL: dict[str, Callable[[Settings, Roster], pa.Table]] = {
    "partner": lambda s, r: feeds_partners.partner(Draws(s.seed), r, s.calendar),
    "certification": lambda s, r: feeds_partners.certification(Draws(s.seed), r, s.calendar),
}


def simulate(
    folder: Path, settings: Settings, *, progress: Progress = silent
) -> dict[str, int]:
    """Write `feeds/` (and, when asked for, `truth/`) under `folder`; returns rows per feed.

    Files of the simulated entities are replaced; nothing else in the folder is touched.
    """
    roster = draw_roster(Draws(settings.seed), settings.accounts, settings.months, settings.effects)
    feeds = folder / "feeds"
    wanted = [name for name in settings.entities if name != "attribute_change" or settings.history]
    with Writer(feeds, settings.format) as writer:
        for name in wanted:
            if name in FEED_OF_ALL:
                writer.write(name, FEED_OF_ALL[name](settings, roster))
        for world in worlds(settings, roster, progress):
            chunk = Chunk(world)
            for name in wanted:
                if name in FEED_OF_ACCOUNTS:
                    writer.write(name, FEED_OF_ACCOUNTS[name](chunk))
        return writer.rows


def worlds(settings: Settings, roster: Roster, progress: Progress) -> Iterator[World]:
    """The accounts, a chunk at a time."""
    for first in range(0, settings.accounts, settings.chunk):
        progress("Simulating accounts", first, settings.accounts)
        last = min(first + settings.chunk, settings.accounts)
        yield draw_world(settings, roster, first, last)
    progress("Simulating accounts", settings.accounts, settings.accounts)


def parameters(settings: Settings) -> str:
    """The effects and settings behind the truth, as JSON."""
    content = {
        "accounts": settings.accounts, "months": settings.months, "seed": settings.seed,
        "end": settings.calendar.end.isoformat(), "effects": settings.effects.as_json(),
    }
    return json.dumps(content, indent=2) + "\n"
