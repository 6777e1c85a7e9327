"""Who the partners are: kinds, the roles they take, where they work, and how good they are."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np

from lichen.simulation import words
from lichen.simulation.calendar import FAR
from lichen.simulation.draws import Draws, Floats, Ints
from lichen.simulation.effects import Effects
from lichen.vocabulary.roles import PARTNER_KINDS, ROLES

ROLES_OF_KIND = {
    "technology": ("integrated",),
    "services": ("implemented", "managed", "trained", "supported"),
    "system_integrator": ("implemented", "advised", "validated"),
    "agency": ("advised", "managed"),
    "reseller": ("resold", "supported"),
    "distributor": ("resold",),
    "referral": ("referred", "sourced"),
    "alliance": ("co_sold", "validated"),
    "marketplace": ("sourced",),
    "training": ("trained",),
    "data": ("integrated",),
}
"""What a partner of a kind does with customers."""

_ORDER = (
    "technology",
    "services",
    "reseller",
    "referral",
    "system_integrator",
    "marketplace",
    "technology",
    "agency",
    "alliance",
    "services",
    "technology",
    "training",
    "reseller",
    "distributor",
    "data",
    "services",
    "technology",
    "system_integrator",
)
"""Which kind comes next in a roster, so that a small one already holds every kind."""

_SECOND_KIND = {"services": "training", "system_integrator": "alliance", "reseller": "services"}
ANYWHERE = len(words.REGIONS)


@dataclass(frozen=True)
class Roster:
    """Every partner, by position.

    `kinds` holds tuples of words, `region` a code or ANYWHERE, `weight` how often it is picked,
    `potency` what its effects are multiplied by, `joined` and `left` simulated months.
    """

    kinds: tuple[tuple[str, ...], ...]
    region: Ints
    weight: Floats
    potency: Floats
    joined: Ints
    left: Ints

    def __len__(self) -> int:
        return len(self.kinds)

    def candidates(self, role: str, region: int) -> Ints:
        """Positions of the partners who take this role in this region."""
        able = [any(role in ROLES_OF_KIND[kind] for kind in kinds) for kinds in self.kinds]
        near = (self.region == region) | (self.region == ANYWHERE)
        return np.flatnonzero(np.array(able) & near)

    def has_kind(self) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        """Whether partner i (row) is of kind k (column, in the order of PARTNER_KINDS)."""
        return np.array([[kind in kinds for kind in PARTNER_KINDS] for kinds in self.kinds])


def draw_roster(draws: Draws, accounts: int, months: int, effects: Effects) -> Roster:
    """The partners of an ecosystem of this size: 36 at 2,000 accounts, at least 18, at most 120."""
    count = int(np.clip(round(36 * (accounts / 2000) ** 0.3), 18, 120))
    index = np.arange(count, dtype=np.int64)
    first = list(islice(cycle(_ORDER), count))
    two = draws.stream("partner second kind", index).uniform() < 0.35
    kinds = tuple(
        (kind, _SECOND_KIND[kind]) if both and kind in _SECOND_KIND else (kind,)
        for kind, both in zip(first, two, strict=True)
    )
    region = draws.stream("partner region", index).choice((30, 25, 10, 5, 30))
    skill = 0.5 + draws.stream("partner skill", index).uniform()
    late = draws.stream("partner late", index).uniform() < 0.3
    leaves = draws.stream("partner leaves", index).uniform() < 0.1
    joined = draws.stream("partner joined", index).whole(0, max(1, months // 2))
    stays = draws.stream("partner stays", index).whole(12, max(13, months))
    # The first partner of each kind works anywhere from the start, so that no role lacks one.
    founder = index < len(_ORDER)
    return Roster(
        kinds=kinds,
        region=np.where(founder, ANYWHERE, region),
        weight=0.4 + draws.stream("partner weight", index).uniform() ** 2 * 2,
        potency=skill * np.array([effects.potency.get(kind, 1.0) for kind in first]),
        joined=np.where(late & ~founder, joined, -24),
        left=np.where(leaves & ~founder, np.maximum(joined, 0) + stays, FAR),
    )


ROLE_CODE: dict[str, int] = {role: code for code, role in enumerate(ROLES)}
