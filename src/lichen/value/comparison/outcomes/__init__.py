"""What became of accounts after a landmark."""

from lichen.value.comparison.outcomes.after import outcomes_after
from lichen.value.comparison.outcomes.placebo import PLACEBO_MONTHS, placebo_growth
from lichen.value.comparison.outcomes.registry import OUTCOMES, Outcome, outcome_named

__all__ = [
    "OUTCOMES",
    "PLACEBO_MONTHS",
    "Outcome",
    "outcome_named",
    "outcomes_after",
    "placebo_growth",
]
