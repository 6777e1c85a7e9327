"""Many estimates of one kind, each drawn towards the mean of its kind by as much as it is unsure.

The largest of many noisy estimates is large because of the noise. What is known of the others of
its kind says by how much.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from lichen.kernel.errors import LichenError

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

OWN = 5
"""A kind of fewer members borrows the spread between members from all kinds."""

FREE = 3
"""Degrees of freedom from which the spread between members can be told at all."""

NODES = 401
"""Places at which the spread is looked at; twice as many change nothing in the sixth digit."""

TAILS = 40.0
"""What is less likely than exp(-40) of the most likely adds nothing."""

HALVINGS = 45
"""Enough to bring a range of many errors down to the last digits of one."""


class LengthsDiffer(LichenError):
    """Values, standard errors and groups are not of one length."""

    def __init__(self, values: int, errors: int, groups: int) -> None:
        super().__init__(
            f"There are {values} values, {errors} standard errors and {groups} groups.",
            "Pass one of each for every estimate, in the same order.",
        )


@dataclass(frozen=True)
class GroupSpread:
    """How far the members of one group lie apart beyond chance.

    `mean` is what is known of the group's mean. `between` is the variance between members (the
    median of what is plausible; `low` and `high` bound it at 95%), NaN where nothing tells it.
    `is_borrowed` where the spread is that of all groups, for want of members.
    """

    members: int
    mean: float
    between: float
    low: float
    high: float
    is_borrowed: bool


@dataclass(frozen=True, eq=False)
class Shrunk:
    """Each estimate drawn towards its group's mean; arrays have one value an estimate (k).

    `shrunk` = (1 - pull) value + pull mean, with its 95% interval from `low` to `high`: it says how
    unsure the value, the group's mean and the spread between members are. `mean` is that of the
    group, members so unlike that they pull little counting little in it. NaN where the value or its
    standard error is not known.
    """

    shrunk: Floats
    low: Floats
    high: Floats
    mean: Floats
    pull: Floats
    groups: Mapping[Hashable, GroupSpread]


def towards(
    values: ArrayLike,
    ses: ArrayLike,
    groups: Sequence[Hashable],
    confidence: float = 0.95,
) -> Shrunk:
    """Estimates (k) with standard errors `ses`, each drawn towards the mean of its group.

    Each estimate is normal around its truth, and truths are normal around their group's mean with
    the between-variance A. Neither the mean nor A is taken for known: the mean has a flat prior, A
    has a flat prior too, and A is integrated over, so that intervals are as wide as few members
    make them. A group of fewer than five members takes A from all groups, each around its own mean,
    and one of a single member is drawn towards the mean of all. Where fewer than four estimates
    leave A untold nothing is drawn anywhere. Estimates that are NaN, or whose standard error is not
    above 0, stay NaN and tell nothing.

    Source: Morris (1983), JASA 78:47-55; Morris and Tang (2011), Statistical Science 26:271-287
    (flat prior on A, for its coverage); Gelman et al. (2013), Bayesian Data Analysis, section 5.4.

    Raises:
        LengthsDiffer: values, ses and groups are not of one length.
    """
    y, se = (np.asarray(given, dtype=np.float64) for given in (values, ses))
    if not y.shape == se.shape == (len(groups),):
        raise LengthsDiffer(y.size, se.size, len(groups))
    usable = np.isfinite(y) & np.isfinite(se) & (se > 0)
    known = _Known(y, np.where(usable, np.square(se), nan), _members(groups, usable))
    filled = np.full((5, len(y)), nan)
    spreads: dict[Hashable, GroupSpread] = {}
    for group, rows in known.members.items():
        told = _told_by(rows, known)
        spread = _posterior(known, told)
        drawn = _drawn(known, rows, spread, confidence)
        filled[:, rows] = drawn
        borrowed = not (len(told) == 1 and len(told[0]) == len(rows))
        spreads[group] = _summary(len(rows), float(drawn[3].mean()), spread, borrowed)
    shrunk, low, high, mean, pull = filled
    return Shrunk(shrunk, low, high, mean, pull, spreads)


@dataclass(frozen=True, eq=False)
class _Known:
    """Values and variances (k), and the rows of each group that has any."""

    values: Floats
    variance: Floats
    members: Mapping[Hashable, Ints]

    @property
    def everyone(self) -> Ints:
        return np.flatnonzero(np.isfinite(self.variance))


@dataclass(frozen=True, eq=False)
class _Spread:
    """Between-variances (m) that are plausible, with their probabilities."""

    between: Floats
    probability: Floats

    def quantile(self, share: float) -> float:
        reached = np.cumsum(self.probability) - self.probability / 2
        return float(np.exp(np.interp(share, reached, np.log(self.between))))


def _members(groups: Sequence[Hashable], usable: NDArray[np.bool_]) -> dict[Hashable, Ints]:
    found: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        if usable[row]:
            found.setdefault(group, []).append(row)
    return {group: np.array(rows, dtype=np.intp) for group, rows in found.items()}


def _told_by(rows: Ints, known: _Known) -> list[Ints]:
    """The sets of rows, each around its own mean, that tell the spread of a group with these."""
    if len(rows) >= OWN:
        return [rows]
    several = [others for others in known.members.values() if len(others) > 1]
    if len(rows) > 1 and sum(len(others) - 1 for others in several) >= FREE:
        return several
    return [known.everyone] if len(known.everyone) - 1 >= FREE else []


def _posterior(known: _Known, told: Sequence[Ints]) -> _Spread | None:
    """What is plausible of the between-variance, on a grid of its logarithm around its bulk."""
    if not told:
        return None
    variance = known.variance[np.concatenate(told)]
    unit = float(np.exp(np.log(variance).mean()))
    apart = max(float(np.ptp(known.values[rows])) for rows in told) ** 2
    highest = np.log(max(float(variance.max()), apart, unit) / unit) + 2 * TAILS
    wide = np.linspace(-TAILS, highest, NODES)
    likely = np.flatnonzero((log := _log_density(wide, unit, known, told)) > log.max() - TAILS)
    bulk = wide[max(likely[0] - 1, 0)], wide[min(likely[-1] + 1, NODES - 1)]
    nodes = np.linspace(*bulk, NODES)
    log = _log_density(nodes, unit, known, told)
    kept = log > log.max() - TAILS
    density = np.exp(log[kept] - log.max())
    return _Spread(unit * np.exp(nodes[kept]), density / density.sum())


def _log_density(nodes: Floats, unit: float, known: _Known, told: Sequence[Ints]) -> Floats:
    """log of likelihood times prior at between-variances unit exp(nodes); means integrated out."""
    # A flat prior on A is exp(u) on u = log A.
    total = nodes.copy()
    for rows in told:
        y, weight = known.values[rows], _weights(unit * np.exp(nodes), known.variance[rows])
        whole = weight.sum(axis=1)
        mean = weight @ y / whole
        squares = (weight * np.square(y - mean[:, None])).sum(axis=1)
        total += (np.log(weight).sum(axis=1) - np.log(whole) - squares) / 2
    return total


def _weights(between: Floats, variance: Floats) -> Floats:
    weights: Floats = 1 / (variance + between[:, None])
    return weights


def _drawn(known: _Known, rows: Ints, spread: _Spread | None, confidence: float) -> Floats:
    """Shrunk, low, high, mean and pull (5, r) of the members of a group."""
    y, variance = known.values[rows], known.variance[rows]
    tail = (1 - confidence) / 2
    if spread is None:
        half = float(ndtri(1 - tail)) * np.sqrt(variance)
        return np.array([y, y - half, y + half, np.full_like(y, nan), np.zeros_like(y)])
    around = rows if len(rows) > 1 else known.everyone
    weight = _weights(spread.between, known.variance[around])
    whole = weight.sum(axis=1)[:, None]
    mean = (weight @ known.values[around])[:, None] / whole
    pull = variance * _weights(spread.between, variance)
    centres = y - pull * (y - mean)
    errors = np.sqrt(variance * (1 - pull) + np.square(pull) / whole)
    p = spread.probability
    drawn = p @ pull
    ends = (_quantile(share, centres, errors, p) for share in (tail, 1 - tail))
    return np.array([p @ centres, *ends, p @ (pull * mean) / drawn, drawn])


def _quantile(share: float, centres: Floats, errors: Floats, probability: Floats) -> Floats:
    """The quantile of mixtures of normals (m, r) by halving; m parts with these probabilities."""
    low, high = (centres - 9 * errors).min(axis=0), (centres + 9 * errors).max(axis=0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = probability @ ndtr((middle - centres) / errors) < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    ends: Floats = (low + high) / 2
    return ends


def _summary(members: int, mean: float, spread: _Spread | None, borrowed: bool) -> GroupSpread:
    if spread is None:
        return GroupSpread(members, mean, nan, nan, nan, borrowed)
    low, middle, high = (spread.quantile(share) for share in (0.025, 0.5, 0.975))
    return GroupSpread(members, mean, middle, low, high, borrowed)
