"""Several exposures in one pass: cohorts, covariates and outcomes once, then panel by panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lichen.ledger.facts import Facts
from lichen.value.comparison.arms import Arms, Members, arms_of
from lichen.value.comparison.covariates import covariates_at
from lichen.value.comparison.known import Known, known_of
from lichen.value.comparison.members import Cohorts
from lichen.value.comparison.outcomes import PLACEBO_MONTHS, outcomes_after, placebo_growth
from lichen.value.comparison.panel import Panel
from lichen.value.comparison.strata_then import strata_known
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.finding import Finding


@dataclass(frozen=True, eq=False)
class Study:
    """What all comparisons of these cohorts read; `earlier` is what was known for the placebo."""

    cohorts: Cohorts
    arms: Arms
    known: Known
    earlier: Known | None
    findings: tuple[Finding, ...]

    def panel(self, number: int) -> Panel:
        """The accounts of the exposure at this place, with all that is known of them."""
        return _panel(self.arms.members(number), self.known)

    def placebo(self, number: int) -> Panel | None:
        """The same accounts a year earlier, in strata of then; None where none was asked for."""
        if self.earlier is None:
            return None
        then = _panel(self.arms.members(number), self.earlier)
        return replace(then, stratum=strata_known(then))


def study_of(
    facts: Facts, definitions: Definitions, cohorts: Cohorts, outcomes: Sequence[str]
) -> Study:
    """Read covariates, outcomes and the placebo's growth of every point of the cohorts.

    Raises:
        CovariateAfterStart: a covariate rests on a fact of after the quarter's start.
        RateMissing: a month end with foreign ARR has no fresh rate.
    """
    points, design = cohorts.points, cohorts.arranged.design
    before = covariates_at(facts, definitions, points, design=design)
    after = outcomes_after(facts, definitions, points, cohorts.asked.horizon, tuple(outcomes))
    known = known_of(facts, before, after)
    earlier = None
    if design == "quarter":
        then = covariates_at(facts, definitions, points, shift=PLACEBO_MONTHS)
        earlier = known_of(facts, then, placebo_growth(facts, definitions, points))
    return Study(cohorts, arms_of(cohorts), known, earlier, before.findings)


def _panel(members: Members, known: Known) -> Panel:
    rows = known.rows_of(members.account, members.landmark)
    there = rows >= 0
    rows = rows[there]
    return Panel(
        account=members.account[there],
        landmark=members.landmark[there],
        exposed=members.exposed[there],
        stratum=members.stratum[there],
        partner=members.partner[there],
        weight=members.weight[there],
        numbers={name: values[rows] for name, values in known.numbers.items()},
        words={name: codes[rows] for name, codes in known.words.items()},
        levels=known.levels,
        outcomes={name: values[rows] for name, values in known.outcomes.items()},
    )
