"""Proportional hazards: who ends sooner, with what else is known held alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtr

from lichen.inference.survival.crossing import checked_share, normal
from lichen.inference.survival.errors import (
    CovariateNotFinite,
    LengthsDiffer,
    NamesDiffer,
    NoEnds,
    NotConverged,
    NotFlat,
    SaysNothing,
    Separated,
)
from lichen.inference.survival.partial_likelihood import (
    AtRisk,
    Likelihood,
    at_risk,
    likelihood,
    score_residuals,
)
from lichen.inference.survival.risk_sets import risk_sets
from lichen.kernel.errors import UnknownName

Floats = NDArray[np.float64]

TIES = ("efron", "breslow")
STEPS = 60
AT_REST = 1e-10
"""Twice the gain in log likelihood that one more step could bring; then one more is made."""

LEAP = 10.0
"""A step moves no row's log hazard further than this: beyond it exponentials say nothing."""

RUNAWAY = 200.0
"""Log hazards of rows further apart than this are on their way to infinity."""

STILL_MOVING = 1e-2
"""A last step that moves a log hazard (by standard deviation) this far leads to infinity."""

FOLLOWS = 1e-9
"""An eigenvalue of the correlations at risk below this is 0."""


@dataclass(frozen=True, eq=False, repr=False)
class CoxFit:
    """Log hazard ratios for one more of each covariate; arrays have one value a covariate (k).

    `ses`, `low`, `high` (at `confidence`), `z`, `p` rest on `covariance` (k, k), which is the
    robust one where clusters were given; `model_ses` takes every row for independent. `influence`
    (n, k) is what each row did to the coefficients, so that its sums by cluster squared and added
    up are the robust variances. `statistic` is the likelihood-ratio chi-square against no covariate
    at all, on k, with `p_value`.
    """

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    model_ses: Floats
    influence: Floats
    log_likelihood: float
    statistic: float
    p_value: float
    n: int
    ends: int
    clusters: int | None
    ties: str
    confidence: float

    @property
    def hazard_ratios(self) -> Floats:
        """How many times as often those with one more of a covariate end at any moment."""
        ratios: Floats = np.exp(self.coefficients)
        return ratios

    @property
    def ses(self) -> Floats:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def low(self) -> Floats:
        """The lower limits of the coefficients, at `confidence`."""
        return self.coefficients - normal(self.confidence) * self.ses

    @property
    def high(self) -> Floats:
        """The upper limits of the coefficients, at `confidence`."""
        return self.coefficients + normal(self.confidence) * self.ses

    @property
    def z(self) -> Floats:
        """Coefficients in standard errors."""
        return self.coefficients / self.ses

    @property
    def p(self) -> Floats:
        """Two-sided p-values of the coefficients."""
        values: Floats = 2 * ndtr(-np.abs(self.z))
        return values

    def __repr__(self) -> str:
        told = ", ".join(
            f"{name} {value:.4f} ({se:.4f})"
            for name, value, se in zip(self.names, self.coefficients, self.ses, strict=True)
        )
        return f"<CoxFit: {self.ends} of {self.n} ended; {told}>"


def cox(
    durations: ArrayLike,
    events: ArrayLike,
    x: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    clusters: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    ties: str = "efron",
    confidence: float = 0.95,
) -> CoxFit:
    """How the rate of ending differs by covariates `x` (n, k), at the same time since time zero.

    `durations` (n), `events` (n, bool or 0/1) and `entry` are as in `kaplan_meier`. `clusters` (n,
    ids) names what belongs together, such as rows of one account: errors are then the robust ones
    of Lin and Wei, without a factor for few clusters. `weights` (n, at least 0) say how much a row
    counts; at a time of m ends they weigh by their mean, so that a row of weight 2 is not two rows
    where ends tie. `ties` is "efron" or "breslow". Nothing depends on the order of rows, and the
    unit of a covariate changes its own coefficient only.

    Source: Cox (1972), JRSS B 34:187-220; Efron (1977), JASA 72:557-565; Lin and Wei (1989), JASA
    84:1074-1078.

    Raises:
        UnusableTimes: as in `kaplan_meier`; NoEnds, CovariateNotFinite, SaysNothing (a constant, or
            one that follows from others), Separated (an infinite hazard ratio), NotConverged.
        UnknownName: `ties` is another word.
    """
    if ties not in TIES:
        raise UnknownName("way of ties", ties, TIES)
    checked_share("confidence", confidence)
    given = _checked(durations, events, entry, weights, x, names)
    together = None if clusters is None else _clusters(clusters, len(given.weight))
    table, scale = _standard(given)
    rows = at_risk((given.ends, given.since), given.ended, table, given.weight, ties == "efron")
    none = likelihood(rows, np.zeros(len(given.names)))
    standard, fit = _climb(rows, none, given.names)
    model = np.asarray(np.linalg.inv(fit.information), dtype=np.float64)
    influence = score_residuals(rows, fit) @ model / scale
    model = model / np.outer(scale, scale)
    gained = 2 * (fit.value - none.value)
    return CoxFit(
        names=given.names,
        coefficients=standard / scale,
        covariance=model if together is None else _robust(influence, together),
        model_ses=np.sqrt(np.diag(model)),
        influence=influence,
        log_likelihood=fit.value,
        statistic=gained,
        p_value=float(chdtrc(len(scale), gained)),
        n=int(np.count_nonzero(given.weight)),
        ends=int(np.count_nonzero(given.ended)),
        clusters=None if together is None else int(together.max()) + 1,
        ties=ties,
        confidence=confidence,
    )


@dataclass(frozen=True, eq=False)
class _Given:
    """What was passed, checked."""

    ends: Floats
    since: Floats | None
    ended: NDArray[np.bool_]
    weight: Floats
    x: Floats
    names: tuple[str, ...]


def _checked(
    durations: ArrayLike,
    events: ArrayLike,
    entry: ArrayLike | None,
    weights: ArrayLike | None,
    x: ArrayLike,
    names: Sequence[str] | None,
) -> _Given:
    risk_sets(durations, events, entry, weights, name="events", highest=1)
    ends = np.asarray(durations, dtype=np.float64)
    weight = np.ones(len(ends)) if weights is None else np.asarray(weights, dtype=np.float64)
    ended = np.asarray(events).astype(np.bool_) & (weight > 0)
    if not ended.any():
        raise NoEnds
    since = None if entry is None else np.asarray(entry, dtype=np.float64)
    return _Given(ends, since, ended, weight, *_covariates(x, len(ends), names))


def _covariates(
    x: ArrayLike, rows: int, names: Sequence[str] | None
) -> tuple[Floats, tuple[str, ...]]:
    given = np.asarray(x)
    table = given[:, None] if given.ndim == 1 else given
    if table.ndim != 2:
        raise NotFlat("x", table.ndim)
    if len(table) != rows:
        raise LengthsDiffer("x", len(table), rows)
    called = tuple(names or (f"x{place}" for place in range(table.shape[1])))
    if len(called) != table.shape[1]:
        raise NamesDiffer(len(called), table.shape[1])
    try:
        numbers = table.astype(np.float64)
    except (TypeError, ValueError):
        raise CovariateNotFinite(called[0], 0) from None
    for name, column in zip(called, numbers.T, strict=True):
        if not np.isfinite(column).all():
            raise CovariateNotFinite(name, int(np.flatnonzero(~np.isfinite(column))[0]))
    return numbers, called


def _clusters(clusters: ArrayLike, rows: int) -> NDArray[np.intp]:
    """Codes from 0, in the order of the ids."""
    ids = np.asarray(clusters)
    if ids.shape != (rows,):
        raise LengthsDiffer("clusters", ids.size, rows)
    return np.unique(ids, return_inverse=True)[1]


def _standard(given: _Given) -> tuple[Floats, Floats]:
    """Covariates around their means in standard deviations, and these: all search on one scale."""
    counted = given.x[given.weight > 0]
    scale = counted.std(axis=0)
    for name, column in zip(given.names, counted.T, strict=True):
        if column.min() == column.max():
            raise SaysNothing((name,))
    return (given.x - counted.mean(axis=0)) / scale, scale


def _check_rank(none: Likelihood, names: tuple[str, ...]) -> None:
    """Whether covariates still differ, and differ from each other, among those at risk."""
    spread = np.diag(none.information).copy()
    still = spread <= FOLLOWS * max(float(spread.max()), 1.0)
    if still.any():
        raise SaysNothing((names[int(np.flatnonzero(still)[0])],))
    root = np.sqrt(spread)
    values, vectors = np.linalg.eigh(none.information / np.outer(root, root))
    if values[0] < FOLLOWS:
        involved = np.abs(vectors[:, 0]) > STILL_MOVING
        raise SaysNothing(tuple(np.array(names, dtype=object)[involved]))


def _climb(rows: AtRisk, start: Likelihood, names: tuple[str, ...]) -> tuple[Floats, Likelihood]:
    """The most likely coefficients by Newton's method, steps halved while they lead down."""
    _check_rank(start, names)
    place, here = np.zeros(len(names)), start
    for _ in range(STEPS):
        step = _step(here, names)
        promised = float(here.gradient @ step)
        step = step * min(1.0, LEAP / max(float(np.abs(rows.x @ step).max()), LEAP))
        there = likelihood(rows, place + step)
        resting = promised < AT_REST
        while not (resting or there.value > here.value) and np.abs(step).max() > AT_REST:
            step = step / 2
            there = likelihood(rows, place + step)
        place, here = place + step, there
        if resting or np.ptp(rows.x @ place) > RUNAWAY:
            moving = np.abs(step) > STILL_MOVING
            if moving.any():
                raise Separated(tuple(np.array(names, dtype=object)[moving]))
        if resting:
            return place, here
    raise NotConverged(STEPS)


def _step(here: Likelihood, names: tuple[str, ...]) -> Floats:
    try:
        step = np.linalg.solve(here.information, here.gradient)
    except np.linalg.LinAlgError:
        raise Separated(names) from None
    return np.asarray(step, dtype=np.float64)


def _robust(influence: Floats, clusters: NDArray[np.intp]) -> Floats:
    """The sum over clusters of their summed influence times itself."""
    sums = np.array([np.bincount(clusters, column) for column in influence.T])
    covariance: Floats = sums @ sums.T
    return covariance
