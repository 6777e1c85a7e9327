"""What one comparison says, in the shape that pages, tables and JSON read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from lichen.vocabulary.figure import Verdict
from lichen.vocabulary.finding import Finding


class Effect(NamedTuple):
    """A difference between the arms in the unit of the outcome; nulls where there is none."""

    value: float | None
    low: float | None
    high: float | None
    se: float | None
    n: int


class BalanceRow(NamedTuple):
    """How far apart the arms are in one covariate before and after matching.

    `before` and `after` are standardised mean differences on the SD of the unmatched exposed;
    `limit` what `after` may be at most; `variance_ratio` and `ecdf` (largest distance of the
    cumulative shares) are after matching.
    """

    covariate: str
    before: float | None
    after: float | None
    limit: float
    variance_ratio: float | None
    ecdf: float | None
    passes: bool


class Placebo(NamedTuple):
    """The same comparison a year earlier, when there can be no effect yet."""

    outcome: str
    value: float
    low: float
    high: float
    n: int
    passes: bool


class EValue(NamedTuple):
    """How strong an unseen cause would have to be; of the estimate and of its interval."""

    value: float
    limit: float
    is_approximate: bool


class Overlap(NamedTuple):
    """Weighted counts of estimated propensity in 20 equal bins from 0 to 1, by arm."""

    exposed: tuple[float, ...]
    controls: tuple[float, ...]
    matched: tuple[float, ...]


@dataclass(frozen=True)
class Counts:
    """Who is in the comparison, and who is not and why.

    `exposed` could be compared, of whom `matched` found a match and `unmatched` did not;
    `controls` are distinct accounts used as a match, `pool` all that could be, `ess` the
    effective number of the matched controls. `prevalent` were first seen exposed. `reasons`
    counts those left out by reason; every exposed account is in exactly one count.
    """

    exposed: int
    matched: int
    unmatched: int
    controls: int
    pool: int
    ess: float
    prevalent: int
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class Comparison:
    """One exposure, one outcome, one horizon: the answer and all that it rests on.

    `exposure` is `any`, or `name=value`; `arms` is `starting` (against no partner at all) or
    `adding` (both arms with another partner before). `design` is `quarter` or `first_contract`.
    `exposed_mean` and `control_mean` are of matched exposed and their weighted matches.
    `low99` and `high99` belong to `matched`. `p` is unadjusted and two-sided, `adjusted_p` by
    Holm over the primary outcomes of the exposure.
    """

    exposure: str
    outcome: str
    horizon: int
    estimand: str
    arms: str
    design: str
    unit: str
    direction: int
    primary: bool
    landmarks: tuple[date, ...]
    exposed_mean: float | None
    control_mean: float | None
    naive: Effect
    matched: Effect
    weighted: Effect
    doubly_robust: Effect
    low99: float | None
    high99: float | None
    p: float | None
    adjusted_p: float | None
    disagree: tuple[str, ...]
    counts: Counts
    balance: tuple[BalanceRow, ...]
    overlap: Overlap | None
    placebo: Placebo | None
    e_value: EValue | None
    verdict: Verdict
    reasons: tuple[str, ...]
    sentence: str
    findings: tuple[str, ...]


class PartnerRank(NamedTuple):
    """One named partner among those compared, by the shrunk estimate.

    `value`, `low`, `high` are unshrunk, `shrunk` and its interval drawn towards partners of its
    kind; `adjusted_p` by Benjamini and Hochberg on the unshrunk. Nulls with too little data.
    """

    partner_id: str
    kind: str
    outcome: str
    exposed: int
    matched: int
    value: float | None
    low: float | None
    high: float | None
    shrunk: float | None
    shrunk_low: float | None
    shrunk_high: float | None
    adjusted_p: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Compared:
    """All that was compared in one pass: comparisons, named partners, and what to know of them."""

    comparisons: tuple[Comparison, ...]
    ranks: tuple[PartnerRank, ...]
    findings: tuple[Finding, ...] = ()
