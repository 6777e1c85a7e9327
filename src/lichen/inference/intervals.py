"""Intervals around shares and ratios, vectorised over figures.

Every function takes arrays of equal length (or scalars) and returns `(low, high)` arrays; where
the inputs do not allow an interval the result is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

Floats = NDArray[np.float64]


def wilson(share: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """The Wilson score interval of a share observed on `n` trials; `n` need not be whole.

    With Kish's effective number in place of `n` it serves shares of unequal amounts.

    Source: Wilson (1927), JASA 22:209-212; Kish (1965), Survey Sampling, section 8.2.
    """
    p = np.asarray(share, dtype=np.float64)
    size = np.asarray(n, dtype=np.float64)
    z = float(ndtri(0.5 + confidence / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (p + z * z / (2 * size)) / (1 + z * z / size)
        half = z / (1 + z * z / size) * np.sqrt(p * (1 - p) / size + z * z / (4 * size * size))
        low = np.where(p <= 0.0, 0.0, centre - half)
        high = np.where(p >= 1.0, 1.0, centre + half)
    usable = (size > 0) & np.isfinite(p)
    return np.where(usable, low, np.nan), np.where(usable, high, np.nan)


def kish_effective_number(total: ArrayLike, total_of_squares: ArrayLike) -> Floats:
    """How many equal amounts carry as much information: (sum w)^2 / sum w^2; 0 without amounts.

    Source: Kish (1965), Survey Sampling, section 8.2.
    """
    w = np.asarray(total, dtype=np.float64)
    ww = np.asarray(total_of_squares, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(ww > 0, w * w / ww, 0.0)


def reaches_effective_number(
    total: ArrayLike, total_of_squares: ArrayLike, minimum: float
) -> NDArray[np.bool_]:
    """Whether Kish's number is at least `minimum`, decided without rounding.

    Thirty equal amounts are thirty, and never 29.999999999999996.
    """
    w, ww = (np.asarray(values, dtype=object) for values in (total, total_of_squares))
    over, under = float(minimum).as_integer_ratio()
    enough = (ww > 0) & (w * w * under >= ww * over)
    return np.asarray(enough, dtype=np.bool_)


def ratio_of_sums(
    n: ArrayLike,
    sum_x: ArrayLike,
    sum_y: ArrayLike,
    sum_xx: ArrayLike,
    sum_xy: ArrayLike,
    sum_yy: ArrayLike,
    confidence: float = 0.95,
) -> tuple[Floats, Floats]:
    """The linearised interval of sum(y) / sum(x) over `n` units, t on Kish's number less one.

    The residual of a unit is y - R x; the variance of R is n/(n-1) * sum(residual^2) / sum(x)^2.
    Python integers (arrays of dtype object) keep every digit where the residuals nearly cancel.

    Source: Cochran (1977), Sampling Techniques, 3rd ed., section 6.4 (ratio estimator, Taylor).
    """
    scaled = _scaled_residuals(sum_x, sum_y, sum_xx, sum_xy, sum_yy)
    size, x, y, xx = (np.asarray(values, dtype=np.float64) for values in (n, sum_x, sum_y, sum_xx))
    freedom = kish_effective_number(x, xx) - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = y / x
        error = np.sqrt(size / (size - 1) * scaled) / (x * x)
        spread = stdtrit(freedom, 0.5 + confidence / 2) * error
    usable = (x > 0) & (size > 1) & (freedom > 0)
    return (
        np.where(usable, estimate - spread, np.nan),
        np.where(usable, estimate + spread, np.nan),
    )


def effective_movers(
    sum_x: ArrayLike,
    sum_y: ArrayLike,
    sum_kept: ArrayLike,
    sum_xx: ArrayLike,
    sum_xy: ArrayLike,
    sum_yy: ArrayLike,
) -> Floats:
    """Kish's number of the amounts |y - x|: how many equal movements would say as much.

    `sum_kept` is the sum of min(x, y). 0 where nothing moved.
    """
    x, y, kept, xx, xy, yy = (
        np.asarray(values, dtype=object)
        for values in (sum_x, sum_y, sum_kept, sum_xx, sum_xy, sum_yy)
    )
    return kish_effective_number(
        np.asarray(x + y - 2 * kept, dtype=np.float64),
        np.asarray(xx - 2 * xy + yy, dtype=np.float64),
    )


def ratio_of_moved_sums(
    sum_x: ArrayLike,
    sum_y: ArrayLike,
    sum_xx: ArrayLike,
    sum_xy: ArrayLike,
    sum_yy: ArrayLike,
    movers: ArrayLike,
    confidence: float = 0.95,
) -> tuple[Floats, Floats]:
    """The interval of sum(y) / sum(x) where few units make the difference between the sums.

    The linearised error of the ratio on the log scale, its variance times m/(m - 1) for Kish's
    number m of x, and t with `movers` - 1 degrees of freedom (at least 1, at most m - 1): what is
    unsure is carried by the units that moved, not by those that stayed. NaN where none moved.

    Source: as `ratio_of_sums`; the degrees of freedom by simulation, see interval_coverage.md.
    """
    x, xx = (np.asarray(values, dtype=np.float64) for values in (sum_x, sum_xx))
    effective = kish_effective_number(x, xx)
    moved = np.asarray(movers, dtype=np.float64)
    freedom = np.maximum(np.minimum(effective, moved) - 1, 1.0)
    sums = (sum_x, sum_y, sum_xx, sum_xy, sum_yy)
    return _on_log_scale(sums, effective, freedom, moved > 0, confidence)


def ratio_of_rare_sums(
    sum_x: ArrayLike,
    sum_y: ArrayLike,
    sum_xx: ArrayLike,
    sum_xy: ArrayLike,
    sum_yy: ArrayLike,
    confidence: float = 0.95,
) -> tuple[Floats, Floats]:
    """The interval of sum(y) / sum(x) where most y are 0 and the others are of very uneven size.

    As `ratio_of_moved_sums`, with m Kish's number of y where that is less than the one of x, and
    (m - 1) / 2 degrees of freedom: the squares of such amounts vary about twice as much as those
    of normal ones. NaN where m is not above 1.

    Source: as `ratio_of_moved_sums`.
    """
    x, y, xx, yy = (
        np.asarray(values, dtype=np.float64) for values in (sum_x, sum_y, sum_xx, sum_yy)
    )
    effective = np.minimum(kish_effective_number(x, xx), kish_effective_number(y, yy))
    freedom = np.maximum((effective - 1) / 2, 1.0)
    sums = (sum_x, sum_y, sum_xx, sum_xy, sum_yy)
    return _on_log_scale(sums, effective, freedom, effective > 1, confidence)


def _on_log_scale(
    sums: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    effective: Floats,
    freedom: Floats,
    usable: NDArray[np.bool_],
    confidence: float,
) -> tuple[Floats, Floats]:
    x, y = (np.asarray(values, dtype=np.float64) for values in sums[:2])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        estimate = y / x
        error = np.sqrt(effective / (effective - 1) * _scaled_residuals(*sums)) / (x * x)
        factor = np.exp(stdtrit(freedom, 0.5 + confidence / 2) * error / estimate)
        known = usable & (x > 0) & (y > 0) & (effective > 1)
        return (
            np.where(known, estimate / factor, np.nan),
            np.where(known, estimate * factor, np.nan),
        )


def _scaled_residuals(
    sum_x: ArrayLike, sum_y: ArrayLike, sum_xx: ArrayLike, sum_xy: ArrayLike, sum_yy: ArrayLike
) -> Floats:
    """sum((X y - Y x)^2), the squared residuals times X^2, where X and Y are the sums."""
    x, y, xx, xy, yy = (
        np.asarray(values, dtype=object) for values in (sum_x, sum_y, sum_xx, sum_xy, sum_yy)
    )
    scaled = x * x * yy - 2 * x * y * xy + y * y * xx
    return np.maximum(np.asarray(scaled, dtype=np.float64), 0.0)
