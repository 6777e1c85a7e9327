"""What a pilot says, in the shape that pages, tables and JSON read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from lichen.value.comparison.result import Effect
from lichen.vocabulary.figure import Verdict


class Compliance(NamedTuple):
    """Accounts of each arm, and how many of them got the play after the pilot had begun.

    `units` are what was drawn: accounts, or partners. The counts of who got it are None where no
    feed says it.
    """

    offered: int
    offered_got: int | None
    held_out: int
    held_out_got: int | None
    offered_units: int
    held_out_units: int


@dataclass(frozen=True)
class PilotOutcome:
    """One outcome of a pilot: means of both arms and their difference, in the outcome's unit.

    `effect` is by intention to treat: all that were offered the play less all that were held out,
    whoever got it. Nulls where there is nothing. `low99` and `high99` belong to it; `p` is
    unadjusted and two-sided, `adjusted_p` by Holm over the pilot's primary outcomes.
    """

    outcome: str
    unit: str
    direction: int
    primary: bool
    offered: int
    held_out: int
    offered_mean: float | None
    held_out_mean: float | None
    effect: Effect
    low99: float | None
    high99: float | None
    p: float | None
    adjusted_p: float | None
    verdict: Verdict
    reasons: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class PilotReading:
    """One pilot, read so many months after it began: `outcomes` in the order of the catalogue."""

    pilot: str
    play: str
    unit: str
    share_held_out: float
    starts_on: date
    horizon: int
    compliance: Compliance
    outcomes: tuple[PilotOutcome, ...]
    findings: tuple[str, ...]
