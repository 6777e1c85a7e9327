"""Who is compared with whom: exposed accounts, comparable ones, and everyone left out, counted.

Definition and worked table: docs/algorithms/comparison_cohort.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.kernel.errors import LichenError
from lichen.ledger.facts import Facts
from lichen.value.comparison.exposure import Exposure
from lichen.value.comparison.first_contract import ACQUIRED_VIA, by_first_contract
from lichen.value.comparison.kept import (
    Cell,
    cells,
    comparable_accounts,
    controls_by_cell,
    kept_controls,
    share_table,
    shares_of,
)
from lichen.value.comparison.landmarks import landmarks_of
from lichen.value.comparison.members import (
    COMPARED,
    PREVALENT,
    Arms,
    Arrangement,
    Asked,
    CohortCounts,
    Cohorts,
    Design,
)
from lichen.value.comparison.quarter import by_quarter
from lichen.vocabulary.definitions import Definitions

WITH_PARTNER = ("role", "partner_kind", "partner", "integrations")
"""Exposures that another partner can have come before; a second technology always has one."""


class NothingToAdd(LichenError):
    """Adding a partner to another was asked of an exposure that names none."""

    def __init__(self, exposure: Exposure) -> None:
        self.exposure = exposure
        super().__init__(
            f"'{exposure.text}' cannot be compared among accounts that had another partner before.",
            f"Ask that of {', '.join(WITH_PARTNER)}, with the design quarter.",
        )


class EachExposureOnce(LichenError):
    """No exposure is asked, or one of them twice."""

    def __init__(self, exposures: Sequence[Exposure]) -> None:
        self.exposures = tuple(exposures)
        twice = sorted({each.text for each in exposures if exposures.count(each) > 1})
        super().__init__(
            f"{', '.join(twice)} is asked twice." if twice else "No exposure is asked.",
            "Ask for each exposure once, or for any.",
        )


class NotOfAQuarter(LichenError):
    """How an account was acquired is asked of quarters, in which nobody starts that."""

    def __init__(self, exposure: Exposure) -> None:
        self.exposure = exposure
        super().__init__(
            f"'{exposure.text}' has no start in a quarter: an account is acquired once.",
            "Compare it with the design first_contract.",
        )


AT_FIRST_CONTRACT = tuple(
    Exposure("role", role) for role in ("sourced", "referred", "validated", "resold", "co_sold")
)
"""Roles that help to win an account, and so stand at or before its first contract."""

ARRANGED_BY: dict[Design, Callable[[Asked], Arrangement]] = {
    "quarter": by_quarter,
    "first_contract": by_first_contract,
}


def cohorts(
    facts: Facts,
    definitions: Definitions,
    exposures: Sequence[Exposure],
    horizon: int | None = None,
    *,
    arms: Arms = "starting",
    design: Design = "quarter",
) -> Cohorts:
    """Exposed and comparable accounts of every exposure, in one pass over the facts.

    Quarters are the newest that can be followed for `horizon` months (default: the definition's).
    `arms` is `starting`, against no partner at all, or `adding`, where both arms had another
    partner before Q0. `design` is `quarter`, or `first_contract` for what was there when the
    account came; `design_of` says which an exposure wants by default.

    Raises:
        EachExposureOnce: there is no exposure, or one twice.
        NothingToAdd: `adding` is asked of an exposure that names no partner, role or kind, or of
            first contracts.
        NotOfAQuarter: `acquired_via` is asked of quarters.
        RateMissing: a month end with foreign ARR has no fresh rate.
    """
    _require(exposures, arms, design)
    words = definitions.comparison
    months = horizon or words.horizon
    start = definitions.workspace.fiscal_year_start
    landmarks = landmarks_of(facts.as_of, months, fiscal_year_start=start, most=words.landmarks)
    asked = Asked(facts, definitions, tuple(exposures), months, landmarks, arms)
    return _gathered(asked, ARRANGED_BY[design](asked))


def design_of(exposure: Exposure) -> Design:
    """The design in which an exposure is asked by default: what wins an account precedes it."""
    at_first = exposure.name == ACQUIRED_VIA
    return "first_contract" if at_first or exposure in AT_FIRST_CONTRACT else "quarter"


def _require(exposures: Sequence[Exposure], arms: Arms, design: Design) -> None:
    if not exposures or len(set(exposures)) < len(exposures):
        raise EachExposureOnce(exposures)
    for exposure in exposures:
        if arms == "adding" and (exposure.name not in WITH_PARTNER or design != "quarter"):
            raise NothingToAdd(exposure)
        if design == "quarter" and exposure.name == ACQUIRED_VIA:
            raise NotOfAQuarter(exposure)


def _gathered(asked: Asked, arranged: Arrangement) -> Cohorts:
    """The controls that are kept, the points that all comparisons need, and every count."""
    engine, exposures = asked.facts.engine, len(asked.exposures)
    judged = arranged.judged
    exposed = cells(engine, judged.filter(judged.reason == COMPARED))
    controls = controls_by_cell(engine, arranged.pool, arranged.starts, exposures)
    words = asked.definitions.comparison
    shares = shares_of(exposed, controls, words.controls_per_exposed, words.most_controls)
    kept = kept_controls(asked.facts, arranged.pool, shares)
    return Cohorts(
        asked=asked,
        arranged=arranged,
        points=engine.materialise(_points(judged, kept)),
        counts=_counts(
            engine,
            judged,
            controls,
            comparable_accounts(engine, arranged.pool, arranged.starts, exposures),
        ),
        kept=kept,
        shares=engine.from_arrow(share_table(shares)),
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


def _points(judged: ir.Table, kept: ir.Table) -> ir.Table:
    columns = ("account_key", "landmark", "t0", "stratum", "already_at_value")
    exposed = judged.filter(judged.reason == COMPARED).select(*columns)
    return exposed.union(kept.select(*columns), distinct=True)


def _counts(
    engine: Engine, judged: ir.Table, controls: Counter[Cell], comparable: Sequence[int]
) -> tuple[CohortCounts, ...]:
    counted = judged.group_by("exposure", "reason").agg(n=judged.count())
    reasons: list[dict[str, int]] = [{} for _ in comparable]
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
            comparable=comparable[place],
        )
        for place, found in enumerate(reasons)
    )
