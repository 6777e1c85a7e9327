"""One figure in two runs: how far it moved, whether beyond noise, and what came or went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import hypot, inf

from lichen.scorecards.diff.parts import Part, exactly, measure_of
from lichen.scorecards.diff.questions import LEVEL, Question
from lichen.scorecards.published import months
from lichen.vocabulary.figure import Figure
from lichen.vocabulary.metrics import Base, Unit


class Move(StrEnum):
    """How a question's answer came or went, where no difference of two values can be told."""

    APPEARED = "appeared"
    DISAPPEARED = "disappeared"
    READABLE = "became readable"
    UNREADABLE = "is no longer readable"
    OTHER_UNIT = "is in another currency"


@dataclass(frozen=True)
class FigureChange:
    """A figure that both runs publish with a value.

    `parts` sum to `change`; they are empty where the change is given whole, and `whole_because`
    says why. `rank` is 0 for what every board shows first and for targets, else 1. `total` is the
    earlier value of the same question for all accounts, if it has one.
    """

    question: Question
    before: Figure
    after: Figure
    parts: tuple[Part, ...]
    whole_because: str = ""
    rank: int = 1
    total: float | None = None

    @cached_property
    def change(self) -> Fraction:
        """The later value less the earlier one, exactly."""
        measure = measure_of(self.before, self.after)
        earlier, later = exactly(self.before, measure), exactly(self.after, measure)
        assert earlier is not None, "only figures with a value are paired"
        assert later is not None, "only figures with a value are paired"
        return later - earlier

    @property
    def moved(self) -> bool:
        """Whether the value is another one at all."""
        return self.change != 0

    @cached_property
    def noise(self) -> float | None:
        """Half widths of both intervals combined, in the unit of the figure; None without both.

        Combined as the root of the sum of squares, as for figures that share no account. Windows
        overlap, so the two err alike and their difference errs less: the rule is on the safe side.
        """
        widths = [_half_width(figure) for figure in (self.before, self.after)]
        if widths[0] is None or widths[1] is None:
            return None
        return hypot(widths[0], widths[1])

    @property
    def noise_is_known(self) -> bool:
        """Whether both values have an interval, or need none as sums over every account."""
        return self.noise is not None or self.after.unit in (Unit.MONEY, Unit.COUNT)

    @property
    def beyond_noise(self) -> bool:
        """Whether it moved by more than its noise; sums without an interval: whether it moved.

        Never where the noise is not known, nor where the windows are of other lengths, as those of
        a fiscal year under way: the longer one has had more time.
        """
        if not (self.noise_is_known and self.like_for_like):
            return False
        return abs(float(self.change)) > (self.noise or 0.0)

    @property
    def like_for_like(self) -> bool:
        """Whether both windows have the same length, or none that matters."""
        return self.question.window == LEVEL or months(self.before) == months(self.after)

    @property
    def share(self) -> float | None:
        """The change as a share of the earlier value; None where that is zero."""
        if not self.before.value:
            return None
        return float(self.change) / abs(self.before.value)

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts by importance; see docs/algorithms/change_between_runs.md."""
        moved = abs(float(self.change))
        if self.noise:
            kind, size = 0, moved / self.noise
        else:
            # A line of the bridge moves with every month, a level only with its accounts.
            kind = 2 if self.question.base == Base.MOVEMENTS else 1
            size = moved / abs(self.total) if self.total else inf
        return (not self.beyond_noise, self.rank, kind, -size, self.question)


@dataclass(frozen=True)
class Appearance:
    """A question that only one run answers with a value, or whose answer changed its kind."""

    question: Question
    move: Move
    before: Figure | None
    after: Figure | None
    rank: int = 1

    @property
    def order(self) -> tuple[object, ...]:
        """Headlines and targets first, then what has a number to show, by what happened."""
        told = [each for each in (self.before, self.after) if each and each.value is not None]
        return (self.rank, not told, list(Move).index(self.move), self.question)


def _half_width(figure: Figure) -> float | None:
    if figure.low is None or figure.high is None:
        return None
    return (figure.high - figure.low) / 2
