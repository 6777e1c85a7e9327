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


def _scaled_residuals(
    sum_x: ArrayLike, sum_y: ArrayLike, sum_xx: ArrayLike, sum_xy: ArrayLike, sum_yy: ArrayLike
) -> Floats:
    """sum((X y - Y x)^2), the squared residuals times X^2, where X and Y are the sums."""
    x, y, xx, xy, yy = (
        np.asarray(values, dtype=object) for values in (sum_x, sum_y, sum_xx, sum_xy, sum_yy)
    )
    scaled = x * x * yy - 2 * x * y * xy + y * y * xx
    return np.maximum(np.asarray(scaled, dtype=np.float64), 0.0)
