"""What partners truly change, as parameters: the answer that an analysis should find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from lichen.simulation.draws import Ints
from lichen.vocabulary.roles import ROLES

CHANNELS = ("renewal", "expansion", "time_to_value", "adoption", "cost", "margin", "acquisition")
"""The outcomes that a partner can move, each by its own parameters and by nothing else."""

SCALE = 1000
"""Effects act in whole thousandths, so that sums of starts and ends cancel exactly."""


def _renewal() -> dict[str, float]:
    return {
        "implemented": 0.7,
        "integrated": 0.9,
        "trained": 0.4,
        "managed": 1.2,
        "supported": 0.4,
        "advised": 0.3,
        "resold": -0.35,
    }


def _expansion() -> dict[str, float]:
    return {
        "implemented": 0.15,
        "integrated": 0.45,
        "trained": 0.15,
        "managed": 0.4,
        "advised": 0.7,
        "resold": 0.0,
    }


def _time_to_value() -> dict[str, float]:
    return {"implemented": 0.8, "trained": 0.4, "integrated": 0.15, "resold": -0.15}


def _adoption() -> dict[str, float]:
    return {"implemented": 0.2, "integrated": 0.45, "trained": 0.5, "managed": 0.3, "advised": 0.1}


def _cost() -> dict[str, float]:
    return {
        "managed": -0.45,
        "supported": -0.5,
        "trained": -0.15,
        "implemented": -0.2,
        "resold": -0.1,
    }


def _acquisition() -> dict[str, float]:
    return {"sourced": -0.5, "referred": -0.35, "resold": -0.6, "co_sold": -0.1}


def _potency() -> dict[str, float]:
    return {"agency": -1.6, "data": 0.0, "training": 0.8, "system_integrator": 1.2}


@dataclass(frozen=True)
class Effects:
    """True effect of one active involvement, by role; roles left out have none.

    renewal: added to the log-odds of renewing. expansion: added to the log-odds of buying an
    add-on in a month and to the log of the uplift at renewal. time_to_value: added to the log-odds
    of reaching the next milestone in a month. adoption: added to the log-odds that a seat is used.
    cost: added to the log of what onboarding, support and success work cost. margin: share of
    ARR paid to the partner. acquisition: added to the log of what sales and marketing spend on
    the first deal, by roles on that deal. Involvements add up. Each is multiplied by the partner's
    potency, which varies around `potency` of its first kind (1 where left out); margin is not.

    Other than acquisition, an effect works from the month after the involvement starts, to the
    month it ends, during the account's first life (until it churns).
    """

    renewal: Mapping[str, float] = field(default_factory=_renewal)
    expansion: Mapping[str, float] = field(default_factory=_expansion)
    time_to_value: Mapping[str, float] = field(default_factory=_time_to_value)
    adoption: Mapping[str, float] = field(default_factory=_adoption)
    cost: Mapping[str, float] = field(default_factory=_cost)
    margin: Mapping[str, float] = field(default_factory=lambda: {"resold": 0.15})
    acquisition: Mapping[str, float] = field(default_factory=_acquisition)
    potency: Mapping[str, float] = field(default_factory=_potency)

    @classmethod
    def none(cls) -> Effects:
        """Partners that change nothing: what remains between groups is confounding."""
        return cls({}, {}, {}, {}, {}, {}, {})

    def only(self, channel: str) -> Effects:
        """These effects with every channel but one switched off."""
        off: dict[str, Mapping[str, float]] = {c: {} for c in CHANNELS if c != channel}
        return replace(self, **off)

    def by_role(self, channel: str) -> Ints:
        """The channel's effect per role (in the order of ROLES), in thousandths."""
        values: Mapping[str, float] = getattr(self, channel)
        return np.array([round(values.get(role, 0.0) * SCALE) for role in ROLES], dtype=np.int64)

    def as_json(self) -> dict[str, dict[str, float]]:
        """The parameters as plain values."""
        return {name: dict(values) for name, values in asdict(self).items()}
