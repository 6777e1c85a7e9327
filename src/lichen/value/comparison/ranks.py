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
from lichen.value.comparison.panel import NOBODY, Bools, Floats, Ints, Panel
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
        weight = self._weights(own)
        rows = np.flatnonzero(own | (weight > 0))
        panel, values = self.design.panel.take(rows), self._values[rows]
        # The controls used are the nearest of all, so that among them each finds the same again.
        match = matching.nearest(
            self.design.fit.logit[rows],
            panel.exposed,
            exact=panel.stratum,
            ratio=self._rules.ratio,
            caliper=self.design.match.caliper,
        )
        found = matching.att(values, match, clusters=panel.account)
        used = ~panel.exposed | self.design.matched[rows]
        return PartnerEstimate(
            *named,
            found.value,
            found.se,
            exposed,
            matched,
            len(np.unique(panel.account[~panel.exposed])),
            rarer_of(values[used]) if self._is_binary else None,
            is_comparable=not fails and self._is_alike(rows, panel, weight[rows]),
        )

    def _weights(self, own: Bools) -> Floats:
        """What each control weighs as a match of these exposed."""
        match = self.design.match
        return match.loads(own[match.rows].astype(np.float64), None)

    def _is_alike(self, rows: Ints, panel: Panel, loads: Floats) -> bool:
        matched = self.design.matched[rows]
        unmatched = int((panel.exposed & ~matched).sum())
        if unmatched > self._rules.unmatched_share * int(panel.exposed.sum()):
            return False
        found = balance(
            self._x[rows],
            panel.exposed,
            np.where(matched, 1.0, loads),
            names=self._names,
            clusters=panel.account,
            close=self._rules.balance,
            far=self._rules.balance_most,
        )
        return found.is_balanced
