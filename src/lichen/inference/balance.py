"""How far apart two arms are in what was known before, as they came and after weighting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from lichen.inference.intervals import kish_effective_number
from lichen.kernel.errors import LichenError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CLOSE = 0.1
"""Arms closer than this are balanced, whatever their size (Austin 2009)."""

FAR = 0.25
"""Arms this far apart are not balanced, however small (Rubin 2001)."""


class UnusableCovariates(LichenError):
    """What was known before cannot be compared; base of all such errors."""


class ShapesDiffer(UnusableCovariates):
    """An array does not have one value for each row, or a name for each column."""

    def __init__(self, name: str, found: int, expected: int, of: str) -> None:
        self.name, self.found, self.expected = name, found, expected
        super().__init__(
            f"`{name}` has {found} values, `x` has {expected} {of}.",
            f"Pass one value for each of the {of} of `x`, in the same order.",
        )


class NotKnown(UnusableCovariates):
    """A covariate or a weight is missing (NaN) or infinite at a row, or a weight is below 0."""

    def __init__(self, name: str, row: int) -> None:
        self.name, self.row = name, row
        super().__init__(
            f"`{name}` has no usable number at row {row}.",
            "Fill what is missing and add a column that says so; weights are finite, at least 0.",
        )


@dataclass(frozen=True, eq=False)
class Balance:
    """How far apart the arms are in each covariate; every array has one value a column (k).

    `before` and `after` are mean of the exposed less mean of the controls, over `scale`: the
    standard deviation of the exposed before weighting. Where that is 0 (`by_everyone`) it is the
    one of both arms together, and where nobody varies at all the difference is 0. `variance_ratio`
    (exposed over controls) and `ecdf` (the largest distance between the cumulative shares, 0 to 1)
    are after weighting. `passes` where |after| is below `limit`; never where an arm is empty.
    `exposed` and `controls` are Kish's effective numbers after weighting.
    """

    names: tuple[str, ...]
    before: Floats
    after: Floats
    limit: float
    variance_ratio: Floats
    ecdf: Floats
    passes: Bools
    scale: Floats
    by_everyone: Bools
    exposed: float
    controls: float

    @property
    def is_balanced(self) -> bool:
        """Whether every covariate passes."""
        return bool(self.passes.all())


def balance(
    x: ArrayLike,
    treated: ArrayLike,
    after: ArrayLike | None = None,
    *,
    names: Sequence[str] | None = None,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    close: float = CLOSE,
    far: float = FAR,
) -> Balance:
    """How far apart the arms are in each column of `x` (n, k), before and after weighting.

    `treated` (n) is True for the exposed. `weights` (n) are what rows weigh as they came (1 by
    default), `after` (n) what they weigh once matched or weighted, 0 for those left out; without it
    nothing is changed. Weights of an arm need not sum to anything. Values do not depend on the
    order of rows. `clusters` (n, ids) name rows of one account, which count together in the
    effective numbers. `close` and `far` are those of `limit_of`.

    Source: Austin (2009), Statistics in Medicine 28:3083-3107; Rubin (2001), Health Services and
    Outcomes Research Methodology 2:169-188; Stuart (2010), Statistical Science 25:1-21 (SD of the
    exposed as they came).

    Raises:
        UnusableCovariates: shapes differ, or a value is missing; subclasses say where.
    """
    table = np.asarray(x, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    rows, columns = table.shape
    arm = _of_rows("treated", treated, rows) > 0
    came = np.ones(rows) if weights is None else _of_rows("weights", weights, rows)
    stays = came if after is None else _of_rows("after", after, rows)
    called = tuple(names or (f"x{place}" for place in range(columns)))
    if len(called) != columns:
        raise ShapesDiffer("names", len(called), columns, "columns")
    together = None if clusters is None else _codes(clusters, rows)
    start, end = _Arms(arm, came), _Arms(arm, stays)
    exposed, controls = end.exposed.number(together), end.controls.number(together)
    limit = limit_of(exposed, controls, close, far)
    measured = np.array([_column(table[:, j], called[j], start, end) for j in range(columns)])
    before, gap, ratio, ecdf, scale, everyone = measured.reshape(columns, 6).T
    with np.errstate(invalid="ignore"):
        passes = np.abs(gap) < limit
    fields = (before, gap, limit, ratio, ecdf, passes, scale, everyone > 0)
    return Balance(called, *fields, exposed, controls)


def limit_of(exposed: float, controls: float, close: float = CLOSE, far: float = FAR) -> float:
    """The standardised difference below which arms of these effective numbers are balanced.

    `close`, and on top of it what two arms of these numbers drawn by lot differ by in one covariate
    of twenty: 1.96 sqrt(1 / exposed + 1 / controls), which fades as arms grow; never above `far`.
    """
    if min(exposed, controls) <= 0:
        return far
    chance = float(ndtri(0.975)) * float(np.sqrt(1 / exposed + 1 / controls))
    return min(close + chance, far)


class _Side:
    """The rows of one arm that weigh anything, with their weights."""

    def __init__(self, members: Bools, weight: Floats) -> None:
        self.rows = np.flatnonzero(members & (weight > 0))
        self.weight = weight[self.rows]
        self.total = float(self.weight.sum())
        squares = float(np.square(self.weight).sum())
        self.freedom = self.total - squares / self.total if self.total > 0 else 0.0

    def number(self, clusters: NDArray[np.intp] | None) -> float:
        """Kish's effective number of rows, or of clusters."""
        weight = self.weight
        if clusters is not None and len(weight):
            weight = np.bincount(clusters[self.rows], weight).astype(np.float64)
        return float(kish_effective_number(weight.sum(), np.square(weight).sum()))

    def moments(self, values: Floats) -> tuple[float, float]:
        """Weighted mean and variance (unbiased where weights are how much a row counts)."""
        if not len(values):
            return float("nan"), float("nan")
        if values.min() == values.max():
            return float(values[0]), 0.0
        mean = float(self.weight @ values) / self.total
        return mean, float(self.weight @ np.square(values - mean)) / self.freedom


class _Arms:
    """Both arms at one time: as they came, or weighted."""

    def __init__(self, arm: Bools, weight: Floats) -> None:
        self.exposed, self.controls = _Side(arm, weight), _Side(~arm, weight)
        self.everyone = _Side(np.ones(len(arm), dtype=np.bool_), weight)


def _of_rows(name: str, values: ArrayLike, rows: int) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (rows,):
        raise ShapesDiffer(name, array.size, rows, "rows")
    bad = ~(np.isfinite(array) & (array >= 0))
    if bad.any():
        raise NotKnown(name, int(np.flatnonzero(bad)[0]))
    return array


def _codes(clusters: ArrayLike, rows: int) -> NDArray[np.intp]:
    ids = np.asarray(clusters)
    if ids.shape != (rows,):
        raise ShapesDiffer("clusters", ids.size, rows, "rows")
    return np.unique(ids, return_inverse=True)[1]


def _column(
    column: Floats, name: str, start: _Arms, end: _Arms
) -> tuple[float, float, float, float, float, bool]:
    """Before, after, variance ratio, eCDF distance, scale, and whether the scale is everyone's."""
    if not np.isfinite(column).all():
        raise NotKnown(name, int(np.flatnonzero(~np.isfinite(column))[0]))
    # Differences survive a shift; around a typical value they keep their digits.
    values = column - column.mean() if len(column) else column
    mean, variance = start.exposed.moments(values[start.exposed.rows])
    other, _ = start.controls.moments(values[start.controls.rows])
    everyone = variance == 0
    if everyone:
        _, variance = start.everyone.moments(values[start.everyone.rows])
    scale = float(np.sqrt(variance))
    exposed, controls = values[end.exposed.rows], values[end.controls.rows]
    matched, spread = end.exposed.moments(exposed)
    partners, control_spread = end.controls.moments(controls)
    return (
        _over(mean - other, scale),
        _over(matched - partners, scale),
        _over(spread, control_spread, both_zero=1.0),
        _distance(exposed, controls, end),
        scale,
        everyone,
    )


def _over(part: float, whole: float, *, both_zero: float = 0.0) -> float:
    """A quotient that is defined where nothing varies, and infinite where only one side does."""
    if whole == 0:
        return both_zero if part == 0 else float(np.copysign(np.inf, part))
    return part / whole


def _distance(exposed: Floats, controls: Floats, arms: _Arms) -> float:
    """The largest distance between the weighted cumulative shares of the arms."""
    if not (len(exposed) and len(controls)):
        return float("nan")
    values = np.concatenate([exposed, controls])
    steps = np.concatenate(
        [arms.exposed.weight / arms.exposed.total, -arms.controls.weight / arms.controls.total]
    )
    low, high = values.min(), values.max()
    if ((values == low) | (values == high)).all():
        # A yes or no differs by its share.
        return abs(float(steps[values == low].sum())) if low < high else 0.0
    order = np.argsort(values)
    ordered = values[order]
    apart = np.abs(np.cumsum(steps[order]))
    # A value is passed as a whole: between equal values the shares are not told.
    return float(apart[np.append(ordered[1:] != ordered[:-1], True)].max())
