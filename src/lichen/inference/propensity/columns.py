"""Which columns say something that the columns before them do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lichen.inference.estimate import Floats, Ints

TOLD_BY_OTHERS = 1e-9
"""A column of which less than this share of the variance is its own is told by those before it."""


@dataclass(frozen=True)
class Change:
    """One thing that was done to the covariates before the fit: to `name`, and why."""

    name: str
    done: Literal["merged", "dropped"]
    why: str


@dataclass(frozen=True, eq=False)
class Scaled:
    """Columns with mean 0 and variance 1 (n, k) with what was taken off and divided by (k)."""

    x: Floats
    centre: Floats
    spread: Floats


def scaled(x: Floats, weights: Floats) -> Scaled:
    """Columns at mean 0 and variance 1 under these weights; what is constant becomes 0."""
    total = float(weights.sum())
    centre = weights @ x / total
    moved = x - centre
    spread = np.sqrt(np.einsum("i,ij,ij->j", weights, moved, moved) / total)
    # The sum of a million equal numbers is not a million times the number.
    constant = (np.ptp(x, axis=0) == 0) | (spread <= 1e-12 * np.abs(centre))
    spread = np.where(constant, 0.0, spread)
    moved /= np.where(constant, np.inf, spread)
    return Scaled(moved, centre, spread)


def own_columns(columns: Scaled, weights: Floats) -> tuple[Ints, Ints, Ints]:
    """Places of the columns that are kept, of the constant ones, and of those told by earlier ones.

    A column is told by earlier ones if a regression on those kept before it leaves less than a
    thousand millionth of its variance. So of two that say the same the first given stays.
    """
    gram = columns.x.T @ (columns.x * weights[:, None]) / float(weights.sum())
    kept: list[int] = []
    told: list[int] = []
    for place in np.flatnonzero(columns.spread > 0).tolist():
        between = gram[np.ix_(kept, [place])][:, 0]
        own = gram[place, place] - between @ np.linalg.solve(gram[np.ix_(kept, kept)], between)
        (kept if own > TOLD_BY_OTHERS else told).append(place)
    constant = np.flatnonzero(columns.spread == 0)
    return np.array(kept, np.int64), constant.astype(np.int64), np.array(told, np.int64)
