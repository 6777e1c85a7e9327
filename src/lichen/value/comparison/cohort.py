"""Who is compared with whom: exposed accounts, comparable ones, and everyone left out, counted.

Definition and worked table: docs/algorithms/comparison_cohort.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines import Engine
from lichen.involvement import believed
from lichen.kernel.errors import LichenError
from lichen.ledger.facts import Facts
from lichen.revenue.levels import levels_of
from lichen.value.comparison.exposure import Exposure
from lichen.value.comparison.landmarks import landmarks_of
from lichen.value.comparison.members import CohortCounts, Cohorts, with_t0
from lichen.value.comparison.quarter import (
    COMPARED,
    PREVALENT,
    Arms,
    comparable,
    judged_starts,
)
from lichen.value.comparison.sampling import drawn
from lichen.value.comparison.starts import exposure_starts, first_meaningful, meaningful_rows
from lichen.value.comparison.states import account_states
from lichen.value.comparison.strata import with_strata
from lichen.vocabulary.definitions import Definitions

WITH_PARTNER = ("role", "partner_kind", "partner")
"""Exposures that name a partner, so that another one can have been there before."""


class NothingToAdd(LichenError):
    """Adding a partner to another was asked of an exposure that names none."""

    def __init__(self, exposure: Exposure) -> None:
        self.exposure = exposure
        super().__init__(
            f"'{exposure.text}' cannot be compared among accounts that had another partner before.",
            f"Ask that of a {', a '.join(WITH_PARTNER[:-1])} or a named {WITH_PARTNER[-1]}.",
        )


Cell = tuple[int, int]
"""An exposure, by place, and a stratum."""


def cohorts(
    facts: Facts,
    definitions: Definitions,
    exposures: Sequence[Exposure],
    horizon: int | None = None,
    *,
    arms: Arms = "starting",
) -> Cohorts:
    """Exposed and comparable accounts of every exposure, in one pass over the facts.

    Quarters are the newest that can be followed for `horizon` months (default: the definition's).
    `arms` is `starting`, against no partner at all, or `adding`, where both arms had another
    partner before Q0.

    Raises:
        NothingToAdd: `adding` is asked of an exposure that names no partner, role or kind.
        RateMissing: a month end with foreign ARR has no fresh rate.
    """
    for exposure in exposures if arms == "adding" else ():
        if exposure.name not in WITH_PARTNER:
            raise NothingToAdd(exposure)
    words = definitions.comparison
    months = horizon or words.horizon
    landmarks = landmarks_of(
        facts.as_of,
        months,
        fiscal_year_start=definitions.workspace.fiscal_year_start,
        most=words.landmarks,
    )
    seen, engine = believed(facts, definitions), facts.engine
    met = first_meaningful(meaningful_rows(seen, definitions))
    states = account_states(levels_of(facts, definitions), landmarks, met)
    strata = with_strata(facts, definitions, states, landmarks)
    starts = engine.materialise(exposure_starts(seen, definitions, exposures))
    judged = engine.materialise(judged_starts(starts, strata.states, landmarks, arms))
    pool = comparable(engine, strata.states, landmarks, arms)
    exposed = _cells(engine, judged.filter(judged.reason == COMPARED))
    controls = _controls(engine, pool, starts, len(exposures))
    shares = _shares(exposed, controls, words.controls_per_exposed)
    kept = _kept(facts, pool, shares)
    return Cohorts(
        facts=facts,
        exposures=tuple(exposures),
        arms=arms,
        design="quarter",
        horizon=months,
        landmarks=landmarks,
        points=engine.materialise(with_t0(_points(judged, kept), landmarks)),
        counts=_counts(engine, judged, controls, len(exposures)),
        strata=strata.words,
        findings=() if strata.finding is None else (strata.finding,),
        starts=starts,
        judged=judged,
        kept=kept,
        shares=engine.from_arrow(_share_table(shares)),
    )


def worth_comparing(cohorts: Cohorts, minimum_exposed: int) -> tuple[int, ...]:
    """The places of exposures worth a comparison of their own: kinds only with enough exposed.

    Other exposures are kept whatever their number, and say so where there are too few.
    """
    return tuple(
        place
        for place, exposure in enumerate(cohorts.exposures)
        if exposure.name != "partner_kind" or cohorts.counts[place].exposed >= minimum_exposed
    )


def _cells(engine: Engine, rows: ir.Table) -> Counter[Cell]:
    """How many rows each exposure has in each stratum."""
    counted = rows.group_by("exposure", "stratum").agg(n=rows.count())
    return Counter(
        {
            (row["exposure"], row["stratum"]): row["n"]
            for row in engine.to_arrow(counted).to_pylist()
        }
    )


def _controls(engine: Engine, pool: ir.Table, starts: ir.Table, exposures: int) -> Counter[Cell]:
    """How many comparable accounts each exposure has in each stratum, started ones left out."""
    strata = pool.group_by("stratum").agg(n=pool.count())
    sizes = {row["stratum"]: row["n"] for row in engine.to_arrow(strata).to_pylist()}
    renamed = starts.select("exposure", "day", starter="account_key")
    started = pool.join(renamed, [pool.account_key == renamed.starter, renamed.day <= pool.t0_day])
    controls = Counter({(e, stratum): n for e in range(exposures) for stratum, n in sizes.items()})
    controls.subtract(_cells(engine, started))
    return controls


def _shares(exposed: Counter[Cell], controls: Counter[Cell], most: int) -> dict[Cell, float]:
    """The share of comparable accounts kept for each exposure in each stratum with exposed."""
    return {
        cell: min(1.0, most * count / controls[cell])
        for cell, count in sorted(exposed.items())
        if controls[cell] > 0
    }


def _share_table(shares: Mapping[Cell, float]) -> pa.Table:
    return pa.table(
        {
            "exposure": pa.array([exposure for exposure, _ in shares], pa.int64()),
            "stratum": pa.array([stratum for _, stratum in shares], pa.int64()),
            "share": pa.array(list(shares.values()), pa.float64()),
        }
    )


def _kept(facts: Facts, pool: ir.Table, shares: Mapping[Cell, float]) -> ir.Table:
    """The comparable accounts that any exposure keeps, with the `draw` that decides for which."""
    most: dict[int, float] = {}
    for (_, stratum), share in shares.items():
        most[stratum] = max(share, most.get(stratum, 0.0))
    table = pa.table(
        {
            "of_stratum": pa.array(list(most), pa.int64()),
            "most": pa.array(list(most.values()), pa.float64()),
        }
    )
    wanted = pool.join(facts.engine.from_arrow(table), [("stratum", "of_stratum")])
    wanted = wanted.drop("of_stratum")
    if all(share == 1.0 for share in shares.values()):
        chosen = wanted.mutate(draw=ibis.literal(0.0))
    else:
        rows = drawn(facts, wanted)
        chosen = rows.filter(rows.draw < rows.most)
    return facts.engine.materialise(chosen.drop("most"))


def _points(judged: ir.Table, kept: ir.Table) -> ir.Table:
    columns = ("account_key", "landmark", "stratum")
    exposed = judged.filter(judged.reason == COMPARED).select(*columns)
    return exposed.union(kept.select(*columns), distinct=True)


def _counts(
    engine: Engine, judged: ir.Table, controls: Counter[Cell], exposures: int
) -> tuple[CohortCounts, ...]:
    counted = judged.group_by("exposure", "reason").agg(n=judged.count())
    reasons: list[dict[str, int]] = [{} for _ in range(exposures)]
    for row in engine.to_arrow(counted).to_pylist():
        reasons[row["exposure"]][row["reason"]] = row["n"]
    pools: Counter[int] = Counter()
    for (exposure, _), n in controls.items():
        pools[exposure] += n
    return tuple(
        CohortCounts(
            ever=sum(found.values()),
            exposed=found.get(COMPARED, 0),
            prevalent=found.get(PREVALENT, 0),
            reasons={
                reason: n
                for reason, n in sorted(found.items())
                if reason not in (COMPARED, PREVALENT)
            },
            pool=pools[place],
        )
        for place, found in enumerate(reasons)
    )
