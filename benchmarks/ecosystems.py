"""Simulated ecosystems through the pipeline: what comparisons say, beside what is true."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.true_effects import OUTCOMES, read_quarters, true_effect
from lichen.engines import connect
from lichen.kernel.periods import month_end
from lichen.ledger import load
from lichen.ledger.facts import Facts
from lichen.simulation import Effects, Settings, simulate
from lichen.value.comparison.cohort import cohorts
from lichen.value.comparison.compare import compare, compare_default
from lichen.value.comparison.comparing import Designs
from lichen.value.comparison.exposure import Exposure
from lichen.value.comparison.panel import Panel
from lichen.value.comparison.result import Comparison
from lichen.value.comparison.study import study_of
from lichen.vocabulary.definitions import Definitions

ANY = Exposure("any")
EFFECTS = Effects(potency={**Effects().potency, "agency": -0.8})
"""Agencies that hurt by less than in the example company, so that most partners help."""
ENTITIES = (
    "account", "attribute_change", "partner", "opportunity", "subscription", "renewal",
    "involvement", "usage", "survey", "ticket", "cost", "fx_rate",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of ecosystem: whether partners change anything, and why they come where they come.

    `asks_all` compares all default exposures, else only any partner.
    """

    name: str
    has_effects: bool = True
    confounding: str = "observed"
    partners_after: int = 0
    asks_all: bool = True

    def settings(self, accounts: int, months: int, seed: int) -> Settings:
        """One ecosystem of the kind."""
        return Settings(
            accounts=accounts,
            months=months,
            seed=seed,
            truth=True,
            entities=ENTITIES,
            effects=EFFECTS if self.has_effects else Effects.none(),
            confounding=self.confounding,
            partners_after=self.partners_after,
        )


KINDS = (
    Kind("effects"),
    Kind("no effects", has_effects=False),
    Kind("hidden causes", confounding="hidden", asks_all=False),
    Kind(
        "late meetings",
        has_effects=False,
        confounding="none",
        partners_after=18,
        asks_all=False,
    ),
)


class Answer(NamedTuple):
    """One outcome of one exposure in one ecosystem, and the truth for its matched accounts."""

    kind: str
    seed: int
    exposure: str
    outcome: str
    verdict: str
    matched_accounts: int
    truth: float | None
    naive: float | None
    estimates: dict[str, tuple[float, float, float]]
    reasons: tuple[str, ...]


def answers(kind: Kind, seed: int, accounts: int, months: int) -> Iterator[Answer]:
    """What every default comparison of one ecosystem says; the truth beside those with any."""
    with tempfile.TemporaryDirectory() as name, connect("duckdb", threads=1) as engine:
        folder = Path(name)
        simulate(folder, kind.settings(accounts, months, seed))
        definitions = Definitions()
        ledger = load(folder, definitions)
        facts = ledger.as_of(ledger.default_as_of(definitions), engine)
        found = (
            compare_default(facts, definitions)
            if kind.asks_all
            else compare(facts, definitions, ANY)
        )
        truths = true_effects(facts, definitions, folder)
        for each in found.comparisons:
            truth = truths.get(each.outcome) if each.exposure == ANY.text else None
            yield _answer(kind, seed, each, truth)
        if kind.partners_after:
            yield ever_or_never(kind, seed, facts)


def true_effects(facts: Facts, definitions: Definitions, folder: Path) -> dict[str, float]:
    """The true effect of any partner on the matched exposed accounts of each outcome."""
    held = cohorts(facts, definitions, (ANY,))
    panel = study_of(facts, definitions, held, OUTCOMES).panel(0)
    designs = Designs(definitions.comparison)
    quarters = read_quarters(folder, ANY, held.asked.horizon)
    names = facts.engine.to_arrow(facts.table("account").select("account_key", "account_id"))
    ids = dict(zip(*(names[name].to_pylist() for name in names.column_names), strict=True))
    found = {}
    for outcome in OUTCOMES:
        known = np.isfinite(panel.outcomes[outcome])
        if not (panel.exposed & known).any():
            continue
        part = panel if known.all() else panel.take(known)
        matched = _matched(part, designs, panel, known)
        pairs = [
            (ids[int(account)], month_end(int(landmark)))
            for account, landmark in zip(matched.account, matched.landmark, strict=True)
        ]
        found[outcome] = true_effect(quarters, outcome, pairs).value
    return found


def _matched(part: Panel, designs: Designs, panel: Panel, known: np.ndarray) -> Panel:
    design = designs.of(panel, known)
    return part.take(design.matched & part.exposed)


def _answer(kind: Kind, seed: int, found: Comparison, truth: float | None) -> Answer:
    estimates = {}
    for name in ("matched", "weighted", "doubly_robust"):
        effect = getattr(found, name)
        if effect.value is not None and effect.low is not None and effect.high is not None:
            estimates[name] = (effect.value, effect.low, effect.high)
    return Answer(
        kind=kind.name,
        seed=seed,
        exposure=found.exposure,
        outcome=found.outcome,
        verdict=found.verdict.value,
        matched_accounts=found.counts.matched,
        truth=truth,
        naive=found.naive.value,
        estimates=estimates,
        reasons=found.reasons,
    )


def ever_or_never(kind: Kind, seed: int, facts: Facts) -> Answer:
    """What a split by "ever had a partner" says of logo retention: the trap's own answer.

    Of all customers that there ever were, the share that still is one, by whether any partner
    came before the end.
    """
    engine = facts.engine
    lines = engine.to_arrow(
        facts.table("subscription").select("account_key", "starts_on", "ends_on")
    )
    owners = lines["account_key"].to_numpy()
    ends = np.array([day is None or day > facts.as_of for day in lines["ends_on"].to_pylist()])
    everyone = np.unique(owners)
    stays = np.isin(everyone, owners[ends])
    met = engine.to_arrow(facts.table("involvement").select("account_key"))["account_key"]
    ever = np.isin(everyone, met.to_numpy())
    gap = float(stays[ever].mean() - stays[~ever].mean())
    return Answer(kind.name, seed, "ever", "logo_retention", "", int(ever.sum()), 0.0, gap, {}, ())
