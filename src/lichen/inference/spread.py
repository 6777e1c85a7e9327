"""How far groups lie apart beyond what chance alone would show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, chdtri

Floats = NDArray[np.float64]

HALVINGS = 200
"""Bisection steps; more than enough to reach neighbouring doubles."""


@dataclass(frozen=True)
class Spread:
    """The spread of `groups` estimates around their common mean.

    `sd` is the standard deviation between groups in the unit of the estimates, chance taken out;
    0 where they differ no more than chance would make them. `low` and `high` bound it. `q` is
    Cochran's heterogeneity statistic and `p` the probability of one as large if every group were
    alike. `mean` weighs groups by precision, the spread between them included.
    """

    groups: int
    sd: float
    low: float
    high: float
    mean: float
    q: float
    p: float


def between_groups(estimates: ArrayLike, errors: ArrayLike, confidence: float = 0.95) -> Spread:
    """The standard deviation between groups, of their estimates and standard errors (equal length).

    The moment estimate of DerSimonian and Laird, with the interval that inverts the generalised Q.

    Raises:
        ValueError: fewer than two groups, or a standard error that is not above 0.

    Source: DerSimonian and Laird (1986), Controlled Clinical Trials 7:177-188; Cochran (1954),
    Biometrics 10:101-129; Viechtbauer (2007), Statistics in Medicine 26:37-52 (Q profile).
    """
    y = np.asarray(estimates, dtype=np.float64)
    variance = np.square(np.asarray(errors, dtype=np.float64))
    if y.ndim != 1 or y.shape != variance.shape or y.size < 2:
        raise ValueError("a spread takes two groups or more, each with an estimate and an error")
    if not (variance > 0).all():
        raise ValueError("every standard error must be above 0")
    freedom = y.size - 1
    weights = 1 / variance
    q = generalised_q(y, variance, 0.0)
    scale = weights.sum() - np.square(weights).sum() / weights.sum()
    between = max(0.0, (q - freedom) / float(scale))
    tail = (1 - confidence) / 2
    low, high = (_profile(y, variance, float(chdtri(freedom, p))) for p in (tail, 1 - tail))
    together = 1 / (variance + between)
    return Spread(
        groups=y.size,
        sd=float(np.sqrt(between)),
        low=float(np.sqrt(low)),
        high=float(np.sqrt(high)),
        mean=float((together * y).sum() / together.sum()),
        q=q,
        p=float(chdtrc(freedom, q)),
    )


def generalised_q(estimates: Floats, variance: Floats, between: float) -> float:
    """Weighted squared distances from the weighted mean, weights 1 / (variance + between)."""
    weights = 1 / (variance + between)
    mean = (weights * estimates).sum() / weights.sum()
    return float((weights * np.square(estimates - mean)).sum())


def _profile(estimates: Floats, variance: Floats, wanted: float) -> float:
    """The variance between groups at which the generalised Q falls to `wanted`; 0 if it is below.

    Q falls as the variance between groups grows, so halving finds the one place.
    """
    if generalised_q(estimates, variance, 0.0) <= wanted:
        return 0.0
    below, above = 0.0, float(np.ptp(estimates)) ** 2 + float(variance.max())
    while generalised_q(estimates, variance, above) > wanted:
        above *= 2
    for _ in range(HALVINGS):
        middle = (below + above) / 2
        if generalised_q(estimates, variance, middle) > wanted:
            below = middle
        else:
            above = middle
    return (below + above) / 2
