"""Named partners side by side: each one's part of the comparison with any partner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from lichen.inference import matching
from lichen.inference.balance import balance
from lichen.ledger.facts import Facts
from lichen.value.comparison.answer import rarer_of
from lichen.value.comparison.comparing import Designs
from lichen.value.comparison.design import Design
from lichen.value.comparison.matrix import covariate_matrix
from lichen.value.comparison.outcomes import Outcome
from lichen.value.comparison.panel import NOBODY, Bools, Floats, Panel
from lichen.value.comparison.ranking import PartnerEstimate, rank
from lichen.value.comparison.result import PartnerRank, Placebo
from lichen.vocabulary.definitions import Comparison as Rules

RANKED = ("logo_retention", "nrr")
"""Outcomes by which partners are ranked."""


class Named(NamedTuple):
    """A partner's id and the kind towards which its estimate is drawn: the first of its kinds."""

    partner_id: str
    kind: str


def ranks_of(
    panel: Panel,
    outcomes: Sequence[Outcome],
    designs: Designs,
    names: Mapping[int, Named],
    placebo: Placebo | None,
    rules: Rules,
) -> tuple[PartnerRank, ...]:
    """The partners of the exposed of one panel, for each outcome of RANKED among `outcomes`.

    An account counts for the partner that joined it first. Each partner's exposed keep the matches
    that they have among all exposed, and are as alike to them as the balance of its own says.
    """
    found: list[PartnerRank] = []
    for outcome in (each for each in outcomes if each.name in RANKED):
        estimates = list(_estimates(panel, outcome, designs, names, placebo, rules))
        found += rank(estimates, outcome.name, outcome.direction, rules)
    return tuple(found)


def named_partners(facts: Facts) -> dict[int, Named]:
    """Every partner by its key."""
    rows = facts.table("partner").select("partner_key", "partner_id", "kinds")
    return {
        row["partner_key"]: Named(row["partner_id"], min((row["kinds"] or "").split("|")))
        for row in facts.engine.to_arrow(rows).to_pylist()
    }


def _estimates(
    panel: Panel,
    outcome: Outcome,
    designs: Designs,
    names: Mapping[int, Named],
    placebo: Placebo | None,
    rules: Rules,
) -> Iterator[PartnerEstimate]:
    values = panel.outcomes[outcome.name]
    known = np.isfinite(values)
    if int((panel.exposed & known).sum()) < rules.minimum_exposed:
        return
    shared = _Shared(designs.of(panel, known), values[known], outcome.is_binary, rules)
    fails = placebo is not None and not placebo.passes
    for key in np.unique(shared.design.panel.partner):
        if key != NOBODY and int(key) in names:
            yield shared.estimate(int(key), names[int(key)], fails=fails)


class _Shared:
    """One design and outcome, of which each partner has a part."""

    def __init__(self, design: Design, values: Floats, is_binary: bool, rules: Rules) -> None:
        self.design, self._values = design, values
        self._is_binary, self._rules = is_binary, rules
        self._names, self._x = covariate_matrix(design.panel)

    def estimate(self, key: int, named: Named, *, fails: bool) -> PartnerEstimate:
        """The part of one partner; without a number where it has too few accounts."""
        own = self.design.panel.partner == key
        exposed, matched = int(own.sum()), int((own & self.design.matched).sum())
        if matched < self._rules.minimum_exposed:
            return PartnerEstimate(*named, None, None, exposed, matched, 0)
        panel, match = self.design.panel, self.design.match
        counted = np.where(panel.exposed, own, 1.0).astype(np.float64)
        found = matching.att(
            self._values, match, fit=self.design.fit, weights=counted, clusters=panel.account
        )
        loads = match.loads(counted[match.rows], None)
        used = (own & self.design.matched) | (loads > 0)
        return PartnerEstimate(
            *named,
            found.value,
            found.se,
            exposed,
            matched,
            len(np.unique(panel.account[loads > 0])),
            rarer_of(self._values[used]) if self._is_binary else None,
            is_comparable=not fails and self._is_alike(own, loads, matched, exposed),
        )

    def _is_alike(self, own: Bools, loads: Floats, matched: int, exposed: int) -> bool:
        if exposed - matched > self._rules.unmatched_share * exposed:
            return False
        panel = self.design.panel
        theirs = own | ~panel.exposed
        weight = np.where(self.design.matched, 1.0, loads)[theirs]
        found = balance(
            self._x[theirs],
            panel.exposed[theirs],
            weight,
            names=self._names,
            clusters=panel.account[theirs],
            close=self._rules.balance,
            far=self._rules.balance_most,
        )
        return found.is_balanced
