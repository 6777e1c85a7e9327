"""The accounts of comparisons that share their controls, and how one of them is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.value.comparison.exposure import Exposure
from lichen.value.comparison.landmarks import Landmark
from lichen.value.comparison.panel import NOBODY
from lichen.vocabulary.definitions import Definitions

Arms = Literal["starting", "adding"]
Design = Literal["quarter", "first_contract"]

COMPARED = "compared"
PREVALENT = "prevalent"

STRATA = 1_000
"""A stratum is its landmark times this, plus the code of the segment or third."""


@dataclass(frozen=True)
class CohortCounts:
    """Every account that ever started the exposure, once, and the controls that there are.

    `ever` is the sum of `exposed` (compared at a landmark), `prevalent` and `reasons`. `pool`
    counts comparable accounts over all landmarks, an account once for each; `comparable` counts
    each of them once.
    """

    ever: int
    exposed: int
    prevalent: int
    reasons: Mapping[str, int]
    pool: int
    comparable: int


@dataclass(frozen=True)
class Asked:
    """What cohorts are wanted of."""

    facts: Facts
    definitions: Definitions
    exposures: tuple[Exposure, ...]
    horizon: int
    landmarks: tuple[Landmark, ...]
    arms: Arms


@dataclass(frozen=True, eq=False)
class Arrangement:
    """What a design says of every start, and who is comparable.

    `starts`: exposure, account_key, day, partner_key: who is no control of it from that day on.
    `judged`: every start with reason (COMPARED, or why not), and landmark, t0, stratum and
    already_at_value, which only those compared need. `pool`: account_key, landmark, t0, t0_day,
    stratum, already_at_value of accounts that are comparable unless they started the exposure up
    to T0. `strata` are the words of the codes of strata.
    """

    design: Design
    starts: ir.Table
    judged: ir.Table
    pool: ir.Table
    strata: tuple[str, ...]
    findings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Cohorts:
    """The accounts of several comparisons that share their controls.

    `points` are all distinct accounts and landmarks that any of them needs: account_key, landmark
    (month index of the quarter's end), t0 (date), stratum (stratum modulo STRATA is a code of
    `arranged.strata`), already_at_value (no case of time to value). `counts` are by place of the
    exposure.
    """

    asked: Asked
    arranged: Arrangement
    points: ir.Table
    counts: tuple[CohortCounts, ...]
    kept: ir.Table
    shares: ir.Table

    @property
    def exposures(self) -> tuple[Exposure, ...]:
        """What was asked, in its order."""
        return self.asked.exposures

    @property
    def landmarks(self) -> tuple[Landmark, ...]:
        """The quarters compared, oldest first."""
        return self.asked.landmarks

    @property
    def findings(self) -> tuple[str, ...]:
        """What a reader should know about who is compared, in sentences."""
        return self.arranged.findings

    def members(self, number: int) -> ir.Table:
        """The accounts of the exposure at this place: exposed, and controls that were kept.

        The columns of `points`, exposed, partner_key (NOBODY for controls), weight (1 for the
        exposed; for a control the inverse of the share of its stratum that was kept). Not computed
        until read.
        """
        judged = self.arranged.judged
        judged = judged.filter(judged.exposure == number)
        exposed = judged.filter(judged.reason == COMPARED).select(
            "account_key",
            "landmark",
            "t0",
            "stratum",
            "already_at_value",
            "partner_key",
            exposed=ibis.literal(True),
            weight=ibis.literal(1.0),
        )
        return exposed.union(self._controls(number).select(*exposed.columns))

    def _controls(self, number: int) -> ir.Table:
        """Kept accounts whose draw lies below their stratum's share and who did not start it."""
        shares = self.shares.filter(self.shares.exposure == number)
        shares = shares.select("share", of_stratum="stratum")
        met = self.kept.join(shares, [("stratum", "of_stratum")])
        below = met.filter(met.draw < met.share)
        starts = self.arranged.starts
        started = starts.filter(starts.exposure == number)
        started = started.select(starter="account_key", day="day")
        never = below.anti_join(
            started, [below.account_key == started.starter, started.day <= below.t0_day]
        )
        return never.select(
            "account_key",
            "landmark",
            "t0",
            "stratum",
            "already_at_value",
            partner_key=whole(NOBODY),
            exposed=ibis.literal(False),
            weight=1.0 / never.share,
        )
