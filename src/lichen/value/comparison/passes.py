"""One pass over the facts: every exposure of one design, with its controls shared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lichen.kernel.progress import Progress
from lichen.ledger.facts import Facts
from lichen.value.comparison.cohort import WITH_PARTNER, cohorts, design_of, worth_comparing
from lichen.value.comparison.comparing import Designs, Part, part_of, too_few_part
from lichen.value.comparison.exposure import ANY, Exposure
from lichen.value.comparison.members import Arms, Cohorts, Design
from lichen.value.comparison.outcomes import OUTCOMES, Outcome
from lichen.value.comparison.panel import Panel
from lichen.value.comparison.phrases import SIMILAR, where
from lichen.value.comparison.quarter import OTHER_BEFORE
from lichen.value.comparison.question import Question
from lichen.value.comparison.ranks import named_partners, ranks_of
from lichen.value.comparison.result import PartnerRank
from lichen.value.comparison.study import Study, study_of
from lichen.vocabulary.definitions import Comparison as Rules
from lichen.vocabulary.definitions import Definitions

Answered = tuple[Exposure, Part, tuple[PartnerRank, ...]]


@dataclass(frozen=True, eq=False)
class Pass:
    """The exposures of `asked` that have a question in this design.

    What helps to win an account is asked at first contracts, everything else of quarters; time to
    value is always asked at first contracts. Adding a partner to another is asked of quarters only.
    """

    facts: Facts
    definitions: Definitions
    design: Design
    asked: Sequence[Exposure]
    horizon: int | None
    arms: Arms

    @cached_property
    def exposures(self) -> tuple[Exposure, ...]:
        """Those with at least one outcome here."""
        if self.design == "first_contract" and self.arms == "adding":
            return ()
        return tuple(exposure for exposure in self.asked if self.outcomes(exposure))

    def outcomes(self, exposure: Exposure) -> list[Outcome]:
        """What is asked of an exposure in this design."""
        if design_of(exposure) == "first_contract":
            return list(OUTCOMES.values()) if self.design == "first_contract" else []
        waits = self.design == "first_contract"
        return [each for each in OUTCOMES.values() if each.since_start == waits]

    @cached_property
    def cohorts(self) -> Cohorts:
        """Who is compared with whom."""
        return cohorts(
            self.facts,
            self.definitions,
            self.exposures,
            self.horizon,
            arms=self.arms,
            design=self.design,
        )

    @cached_property
    def study(self) -> Study | None:
        """All that the comparisons of this pass read; None where every arm is too small."""
        largest = max((counts.exposed for counts in self.cohorts.counts), default=0)
        if largest < self.definitions.comparison.minimum_exposed:
            return None
        return study_of(self.facts, self.definitions, self.cohorts, tuple(OUTCOMES))

    def parts(self, progress: Progress) -> Iterator[Answered]:
        """Each exposure worth comparing with its answers, and the partners ranked by them."""
        minimum = self.definitions.comparison.minimum_exposed
        places = worth_comparing(self.cohorts, minimum)
        for done, place in enumerate(places):
            exposure = self.cohorts.exposures[place]
            progress(f"Comparing {exposure.text} with similar accounts", done, len(places))
            yield exposure, *self._part(place)

    def _part(self, place: int) -> tuple[Part, tuple[PartnerRank, ...]]:
        rules, counts = self.definitions.comparison, self.cohorts.counts[place]
        exposure = self.cohorts.exposures[place]
        outcomes, question = self.outcomes(exposure), _question(self.cohorts, place, rules)
        if self.study is None or counts.exposed < rules.minimum_exposed:
            few = too_few_part(
                question, outcomes, counts, self.cohorts.landmarks, rules.minimum_exposed
            )
            return few, ()
        panel, designs = self.study.panel(place), Designs(rules)
        told = _sampled(panel, counts.comparable)
        question = replace(question, findings=(*question.findings, *told))
        part = part_of(panel, self.study.placebo(place), question, outcomes, designs)
        if exposure.name != ANY or self.design != "quarter":
            return part, ()
        names = named_partners(self.facts)
        return part, ranks_of(panel, outcomes, designs, names, part.placebo, rules)


FIRMOGRAPHICS_ONLY = (
    "At a first contract only what the account is (segment, industry, region) is known before, not "
    "how it would have done."
)


def _sampled(panel: Panel, comparable: int) -> Iterator[str]:
    """Of how many comparable accounts only some are compared, where not all are."""
    kept = len(np.unique(panel.account[~panel.exposed]))
    if kept < comparable:
        yield (
            f"{kept:,} of {comparable:,} comparable accounts are compared: none where nobody has "
            "the partner in their stratum, and a weighted sample where there are many for each "
            "who has."
        )


def _question(held: Cohorts, place: int, rules: Rules) -> Question:
    exposure, counts = held.exposures[place], held.counts[place]
    return Question(
        exposure=exposure.text,
        horizon=held.asked.horizon,
        who=where(exposure, _called(held.asked.facts, exposure)),
        similar=SIMILAR[held.asked.arms],
        arms=held.asked.arms,
        design=held.arranged.design,
        prevalent=counts.prevalent,
        reasons=counts.reasons,
        findings=(*held.findings, *_to_know(held, place, rules)),
    )


def _called(facts: Facts, exposure: Exposure) -> dict[str, str]:
    """The name of the partner that an exposure names, by its id."""
    if exposure.name != "partner":
        return {}
    rows = facts.table("partner").select("partner_id", "name")
    named = facts.engine.to_arrow(rows.filter(rows.partner_id == exposure.value))
    return {row["partner_id"]: row["name"] for row in named.to_pylist() if row["name"]}


def _to_know(held: Cohorts, place: int, rules: Rules) -> Iterator[str]:
    """What a reader of one exposure should know, and what else may be asked."""
    if held.arranged.design == "first_contract":
        yield FIRMOGRAPHICS_ONLY
    counts, exposure = held.counts[place], held.exposures[place]
    others = counts.reasons.get(OTHER_BEFORE, 0)
    too_few = counts.exposed < rules.minimum_exposed <= others
    if too_few and exposure.name in WITH_PARTNER:
        yield (
            f"{others:,} accounts had another partner before. Compare them with accounts that had "
            "one too: --arms adding."
        )
