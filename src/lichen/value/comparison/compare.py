"""Compared with similar accounts: the default set of every run, and any one question."""

from __future__ import annotations

from collections.abc import Sequence

from lichen.kernel.progress import Progress, silent
from lichen.ledger.facts import Facts
from lichen.value.comparison.cohort import cohorts, worth_comparing
from lichen.value.comparison.comparing import Designs, compare_panel
from lichen.value.comparison.exposure import ANY, Exposure, default_exposures
from lichen.value.comparison.members import Arms, Cohorts
from lichen.value.comparison.outcomes import OUTCOMES, Outcome, outcome_named
from lichen.value.comparison.phrases import SIMILAR, where
from lichen.value.comparison.question import Question
from lichen.value.comparison.ranks import named_partners, ranks_of
from lichen.value.comparison.result import Compared, Comparison, PartnerRank
from lichen.value.comparison.study import study_of
from lichen.vocabulary.definitions import Definitions

AT_FIRST_CONTRACT = ("time_to_value", "value_within")
"""Outcomes that are counted from the first contract, not from a quarter's end."""


def compare_default(
    facts: Facts, definitions: Definitions, progress: Progress = silent
) -> Compared:
    """What every run compares: any partner, each role, each kind of partner with enough accounts.

    All with the horizon of the definitions, in one pass over the facts.
    """
    exposures = default_exposures(facts, definitions)
    outcomes = [each for each in OUTCOMES.values() if each.name not in AT_FIRST_CONTRACT]
    return _compared(facts, definitions, exposures, outcomes, progress)


def compare(
    facts: Facts,
    definitions: Definitions,
    exposure: Exposure,
    outcomes: Sequence[str] = (),
    horizon: int | None = None,
    arms: Arms = "starting",
    progress: Progress = silent,
) -> Compared:
    """One exposure on the outcomes named (none = all), after `horizon` months.

    Holm's adjustment goes over the primary outcomes of the exposure, also those not asked for, so
    that a verdict does not depend on what else was asked.

    Raises:
        UnknownName: there is no such outcome.
        NothingToAdd: `adding` is asked of an exposure that names no partner, role or kind.
    """
    for name in outcomes:
        outcome_named(name)
    every = [each for each in OUTCOMES.values() if each.name not in AT_FIRST_CONTRACT]
    found = _compared(facts, definitions, (exposure,), every, progress, horizon, arms)
    if not outcomes:
        return found
    asked = tuple(each for each in found.comparisons if each.outcome in outcomes)
    return Compared(asked, found.ranks, found.findings)


def _compared(
    facts: Facts,
    definitions: Definitions,
    exposures: Sequence[Exposure],
    outcomes: Sequence[Outcome],
    progress: Progress,
    horizon: int | None = None,
    arms: Arms = "starting",
) -> Compared:
    progress("Finding similar accounts")
    held = cohorts(facts, definitions, exposures, horizon, arms=arms)
    study = study_of(facts, definitions, held, [outcome.name for outcome in outcomes])
    rules = definitions.comparison
    places = worth_comparing(held, rules.minimum_exposed)
    names = named_partners(facts)
    found: list[Comparison] = []
    ranks: tuple[PartnerRank, ...] = ()
    for done, place in enumerate(places):
        exposure = held.exposures[place]
        progress(f"Comparing {exposure.text} with similar accounts", done, len(places))
        panel, designs = study.panel(place), Designs(rules)
        answers = compare_panel(
            panel, study.placebo(place), _question(held, place), outcomes, designs
        )
        found += answers
        if exposure.name == ANY:
            ranks = ranks_of(panel, outcomes, designs, names, answers[0].placebo, rules)
    return Compared(tuple(found), ranks, study.findings)


def _question(held: Cohorts, place: int) -> Question:
    exposure, counts = held.exposures[place], held.counts[place]
    return Question(
        exposure=exposure.text,
        horizon=held.asked.horizon,
        who=where(exposure),
        similar=SIMILAR[held.asked.arms],
        arms=held.asked.arms,
        design=held.arranged.design,
        prevalent=counts.prevalent,
        reasons=counts.reasons,
        findings=held.findings,
    )
