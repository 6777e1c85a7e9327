"""The same comparison a year earlier, when a partner can have changed nothing yet."""

from __future__ import annotations

import numpy as np

from lichen.inference import matching
from lichen.inference.sensitivity import placebo_check
from lichen.kernel.errors import LichenError
from lichen.value.comparison.design import design_of
from lichen.value.comparison.panel import Panel
from lichen.value.comparison.result import Placebo
from lichen.vocabulary.definitions import Comparison as Rules

NOT_JUDGED = "The placebo of a year earlier could not be judged: {why}."


def placebo_of(
    earlier: Panel, outcome: str, rules: Rules
) -> tuple[Placebo | None, tuple[str, ...]]:
    """The growth before any partner, between the same exposed and similar accounts of then.

    It passes when its 95% interval holds 0. With fewer matched accounts than a comparison needs
    it is not judged, and a sentence says so.
    """
    values = earlier.outcomes[outcome]
    known = np.isfinite(values)
    exposed = int((earlier.exposed & known).sum())
    if exposed < rules.minimum_exposed:
        return None, (NOT_JUDGED.format(why=f"only {exposed} accounts with the partner had ARR"),)
    try:
        design = design_of(earlier.take(known), rules)
    except LichenError as error:
        return None, (NOT_JUDGED.format(why=error.sentence.rstrip(".")),)
    matched = int(design.matched.sum())
    if matched < rules.minimum_exposed or design.distinct_controls < rules.minimum_controls:
        why = f"{matched} accounts with the partner and {design.distinct_controls} similar ones"
        return None, (NOT_JUDGED.format(why=f"only {why} had ARR then"),)
    # Shares were kept by the strata of Q0, so that weights differ within those of a year earlier.
    found = matching.att(
        values[known],
        design.match,
        fit=design.fit,
        weights=design.panel.weight,
        clusters=design.panel.account,
    )
    checked = placebo_check(found, rules.minimum_exposed)
    if checked.passes is None:
        return None, (NOT_JUDGED.format(why=checked.reason.removesuffix(": not judged")),)
    return Placebo(outcome, found.value, found.low, found.high, matched, checked.passes), ()
