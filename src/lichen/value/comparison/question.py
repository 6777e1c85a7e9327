"""What is asked of one exposure: the words for it, and who was left out before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lichen.value.comparison.outcomes import Outcome
from lichen.vocabulary.definitions import Comparison as Rules


@dataclass(frozen=True)
class Question:
    """One exposure, its arms and its time zero, with phrases for sentences.

    `who` follows a noun ("where a partner joined"), `similar` names the others ("in similar
    accounts without partners"). `prevalent` and `reasons` count exposed accounts that no landmark
    takes, by why.
    """

    exposure: str
    horizon: int
    who: str
    similar: str
    arms: str = "starting"
    design: str = "quarter"
    prevalent: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[str, ...] = ()

    def claims(self, outcome: Outcome, rules: Rules) -> bool:
        """Whether the outcome is one of those judged together: primary, at the declared horizon.

        Who may ask after 6, 12 and 24 months until one is clear would find one too often.
        """
        return outcome.primary and self.horizon == rules.horizon

    @property
    def estimand(self) -> str:
        """What the difference is of."""
        return "att_of_matched_exposed"
