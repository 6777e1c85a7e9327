"""The accounts of comparisons that share their controls, and how one of them is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.value.comparison.exposure import Exposure
from lichen.value.comparison.landmarks import Landmark
from lichen.value.comparison.panel import NOBODY
from lichen.value.comparison.quarter import COMPARED


@dataclass(frozen=True)
class CohortCounts:
    """Every account that ever started the exposure, once, and the controls that there are.

    `ever` is the sum of `exposed` (compared at a landmark), `prevalent` and `reasons`. `pool`
    counts comparable accounts over all landmarks, an account once for each.
    """

    ever: int
    exposed: int
    prevalent: int
    reasons: Mapping[str, int]
    pool: int


@dataclass(frozen=True, eq=False)
class Cohorts:
    """The accounts of several comparisons that share their controls.

    `points` are all distinct accounts and landmarks that any of them needs: account_key, landmark
    (month index of T0), t0 (date), stratum. `strata` are the words of the codes of strata: stratum
    modulo STRATA. `counts` are by place of the exposure.
    """

    facts: Facts
    exposures: tuple[Exposure, ...]
    arms: str
    design: str
    horizon: int
    landmarks: tuple[Landmark, ...]
    points: ir.Table
    counts: tuple[CohortCounts, ...]
    strata: tuple[str, ...]
    findings: tuple[str, ...]
    starts: ir.Table
    judged: ir.Table
    kept: ir.Table
    shares: ir.Table

    def members(self, number: int) -> ir.Table:
        """The accounts of the exposure at this place: exposed, and controls that were kept.

        account_key, landmark, t0, stratum, exposed, partner_key (NOBODY for controls), weight (1
        for the exposed; for a control the inverse of the share of its stratum that was kept).
        Not computed until read.
        """
        judged = self.judged.filter(self.judged.exposure == number)
        exposed = judged.filter(judged.reason == COMPARED).select(
            "account_key",
            "landmark",
            "stratum",
            "partner_key",
            exposed=ibis.literal(True),
            weight=ibis.literal(1.0),
        )
        members = exposed.union(self._controls(number).select(*exposed.columns))
        return with_t0(members, self.landmarks)

    def _controls(self, number: int) -> ir.Table:
        """Kept accounts whose draw lies below their stratum's share and who did not start it."""
        shares = self.shares.filter(self.shares.exposure == number)
        shares = shares.select("share", of_stratum="stratum")
        met = self.kept.join(shares, [("stratum", "of_stratum")])
        below = met.filter(met.draw < met.share)
        started = self.starts.filter(self.starts.exposure == number)
        started = started.select(starter="account_key", day="day")
        never = below.anti_join(
            started, [below.account_key == started.starter, started.day <= below.t0_day]
        )
        return never.select(
            "account_key",
            "landmark",
            "stratum",
            partner_key=whole(NOBODY),
            exposed=ibis.literal(False),
            weight=1.0 / never.share,
        )


def with_t0(rows: ir.Table, landmarks: Sequence[Landmark]) -> ir.Table:
    """The rows with `t0`, the last day of their landmark's quarter."""
    days = ((rows.landmark == landmark.month, ibis.date(landmark.t0)) for landmark in landmarks)
    return rows.mutate(t0=ibis.cases(*days))
