"""From a panel to what is published: every outcome of one exposure, with its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lichen.inference import multiplicity
from lichen.kernel.errors import LichenError
from lichen.value.comparison.answer import Answer, answer_of, not_answered, unanswered
from lichen.value.comparison.design import Design, design_of
from lichen.value.comparison.landmarks import Landmark
from lichen.value.comparison.members import CohortCounts
from lichen.value.comparison.outcomes import OUTCOMES, Outcome
from lichen.value.comparison.panel import Bools, Panel
from lichen.value.comparison.placebo import placebo_of
from lichen.value.comparison.publishing import published
from lichen.value.comparison.question import Question
from lichen.value.comparison.result import Comparison, Placebo
from lichen.vocabulary.definitions import Comparison as Rules

GROWTH = "growth"
"""The outcome of the placebo, beside the covariates of a year earlier."""


@dataclass(frozen=True, eq=False)
class Part:
    """The answers of one exposure in one design; an exposure has one or two."""

    question: Question
    outcomes: Sequence[Outcome]
    answers: Sequence[Answer]
    placebo: Placebo | None


def part_of(
    panel: Panel,
    earlier: Panel | None,
    question: Question,
    outcomes: Sequence[Outcome],
    designs: Designs,
) -> Part:
    """One answer for each outcome; `earlier` is the panel of the placebo, None without one.

    `designs` are those of this panel, empty at first.
    """
    placebo, told = _placebo(earlier, designs.rules)
    answers = [_answer(panel, outcome, designs) for outcome in outcomes]
    found = replace(question, findings=(*question.findings, *panel.findings, *told))
    return Part(found, outcomes, answers, placebo)


def too_few_part(
    question: Question,
    outcomes: Sequence[Outcome],
    counts: CohortCounts,
    landmarks: Sequence[Landmark],
    minimum: int,
) -> Part:
    """The answers of an exposure that too few accounts have, without looking at any of them."""
    why, quarters = too_few(counts.exposed, minimum), tuple(each.t0 for each in landmarks)
    one = not_answered(counts.exposed, counts.comparable, quarters, why)
    answers = [one for _ in outcomes]
    return Part(question, outcomes, answers, None)


def too_few(exposed: int, minimum: int) -> str:
    """Why there is no estimate."""
    return f"{exposed} accounts with the partner, needs {minimum}"


def judged(parts: Sequence[Part], rules: Rules) -> list[Comparison]:
    """The comparisons of one exposure, in the order of the catalogue of outcomes.

    Holm's adjustment goes over all primary outcomes of the exposure that have a p-value, whatever
    design they are of.
    """
    rows = [
        (part, outcome, answer)
        for part in parts
        for outcome, answer in zip(part.outcomes, part.answers, strict=True)
    ]
    adjusted = multiplicity.holm(
        [a.p if part.question.claims(outcome, rules) else np.nan for part, outcome, a in rows]
    )
    found = [
        published(answer, outcome, part.question, part.placebo, float(p), rules)
        for (part, outcome, answer), p in zip(rows, adjusted, strict=True)
    ]
    return sorted(found, key=lambda comparison: tuple(OUTCOMES).index(comparison.outcome))


class Designs:
    """Designs by the rows they are made of: outcomes known for the same accounts share one."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._made: dict[bytes, Design] = {}

    def of(self, panel: Panel, known: Bools) -> Design:
        """The design of the rows that are known.

        Raises:
            LichenError: there is nothing to fit from.
        """
        key = np.packbits(known).tobytes()
        if key not in self._made:
            part = panel if known.all() else panel.take(known)
            self._made[key] = design_of(part, self.rules)
        return self._made[key]


def _answer(panel: Panel, outcome: Outcome, designs: Designs) -> Answer:
    values = panel.outcomes[outcome.name]
    known = np.isfinite(values)
    part = panel if known.all() else panel.take(known)
    exposed = int(part.exposed.sum())
    unknown = int(panel.exposed.sum()) - exposed
    if exposed < designs.rules.minimum_exposed:
        why = too_few(exposed, designs.rules.minimum_exposed)
        return unanswered(part, unknown, why)
    try:
        design = designs.of(panel, known)
        return answer_of(design, values[known], outcome, unknown, designs.rules)
    except LichenError as error:
        return unanswered(part, unknown, error.sentence)


def _placebo(earlier: Panel | None, rules: Rules) -> tuple[Placebo | None, tuple[str, ...]]:
    """The placebo, or why there is none."""
    if earlier is None:
        return None, ()
    return placebo_of(earlier, GROWTH, rules)
