"""Panels whose true effect is known, because both outcomes of every account were drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lichen.value.comparison.comparing import Designs, judged, part_of
from lichen.value.comparison.outcomes import OUTCOMES, Outcome
from lichen.value.comparison.panel import NOBODY, Panel
from lichen.value.comparison.question import Question
from lichen.value.comparison.result import Comparison
from lichen.vocabulary.definitions import Comparison as Rules

RULES = Rules.model_validate({})
NRR, LOGO = OUTCOMES["nrr"], OUTCOMES["logo_retention"]
QUESTION = Question(
    "any", 12, "where a partner joined", "in similar accounts without partners", prevalent=3
)
T0 = 2024 * 12 + 11


def drawn_panel(seed: int, accounts: int = 1500, effect: float = 0.15, pull: float = 1.2) -> Panel:
    """Accounts of which partners join the healthy, who would have done well without them too.

    `health` is seen as adoption. The outcome `nrr` has the effect added for the exposed, and
    `logo_retention` follows health alone.
    """
    draw = np.random.default_rng(seed)
    health = draw.normal(size=accounts)
    segment = draw.integers(0, 3, accounts)
    joined = draw.random(accounts) < 1 / (1 + np.exp(2.0 - pull * health))
    nrr = 1.0 + 0.2 * health + draw.normal(0, 0.3, accounts) + effect * joined
    logo = (draw.random(accounts) < 1 / (1 + np.exp(-1.5 - health))).astype(np.float64)
    return Panel(
        account=np.arange(accounts, dtype=np.int64),
        landmark=np.full(accounts, T0, np.int64),
        exposed=joined,
        stratum=T0 * 1000 + segment,
        partner=np.where(joined, 7, NOBODY).astype(np.int64),
        weight=np.ones(accounts),
        numbers={"adoption": health},
        words={"segment": segment},
        levels={"segment": ("smb", "mid_market", "enterprise")},
        outcomes={"nrr": nrr, "logo_retention": logo},
    )


def compared(
    panel: Panel, *outcomes: Outcome, earlier: Panel | None = None, rules: Rules = RULES
) -> list[Comparison]:
    """The comparisons of a panel on these outcomes (none = NRR)."""
    part = part_of(panel, earlier, QUESTION, outcomes or (NRR,), Designs(rules))
    return judged([part], rules)


def a_year_earlier(panel: Panel, moved: float) -> Panel:
    """The same accounts with a growth that is `moved` for those exposed later."""
    draw = np.random.default_rng(99)
    growth = 1.0 + draw.normal(0, 0.2, len(panel)) + moved * panel.exposed
    return replace(panel, outcomes={"growth": growth})
