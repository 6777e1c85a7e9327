"""Rows of each arm lined up by stratum and score, so that neighbours stand beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.inference.arm_errors import ArmLengthsDiffer, NotANumber, WrongDimensions
from lichen.inference.estimate import Bools, Floats, Ints

ROUNDING = 1e-12
"""Scores that differ by less than this share of the largest are one: a matrix product may round
the same covariates to different last digits in different places."""


@dataclass(frozen=True, eq=False)
class Line:
    """The m rows of one arm, by stratum and then by score.

    `score` (m) is the score with rounding taken off. Rows of one score in one stratum make a run:
    `run_first` and `run_stop` (m) are its bounds. `starts` and `stops` are bounds by stratum.
    """

    rows: Ints
    score: Floats
    stratum: Ints
    run_first: Ints
    run_stop: Ints
    starts: Ints
    stops: Ints


@dataclass(frozen=True, eq=False)
class Lined:
    """Both arms in line, and for each exposed row in line its place `at` among the controls."""

    controls: Line
    exposed: Line
    at: Ints
    tolerance: float


def lined_up(score: Floats, strata: Ints, treated: Bools, ids: NDArray[Any] | None) -> Lined:
    """The arms in line; rows of one score stand by `ids` where given, else in any order."""
    order = _order(score, strata, ids)
    stratum = strata[order]
    tolerance = ROUNDING * float(np.max(np.abs(score), initial=0.0))
    opens = np.ones(len(order), dtype=np.bool_)
    opens[1:] = (np.diff(stratum) != 0) | (np.diff(score[order]) > tolerance)
    first_of_level = np.flatnonzero(opens)
    level = np.cumsum(opens) - 1
    rounded = score[order][first_of_level][level]
    exposed = treated[order]
    before = np.concatenate([[0], np.cumsum(~exposed)])
    count = int(strata.max(initial=0)) + 1
    lines = [
        _line(order[rows], rounded[rows], stratum[rows], level[rows], count)
        for rows in (np.flatnonzero(~exposed), np.flatnonzero(exposed))
    ]
    at = before[first_of_level[level[exposed]]]
    return Lined(lines[0], lines[1], at, tolerance)


def strata_of(exact: ArrayLike | None, size: int) -> Ints:
    """Whole codes from 0 on for what must be equal within a match; all 0 where nothing must.

    Raises:
        UnusableArms: not one value for each row, or NaN.
    """
    if exact is None:
        return np.zeros(size, dtype=np.int64)
    given = np.asarray(exact)
    if given.ndim != 1:
        raise WrongDimensions("exact", given.ndim, 1)
    if len(given) != size:
        raise ArmLengthsDiffer("exact", len(given), size)
    return codes_of("exact", given)


def codes_of(name: str, given: NDArray[Any]) -> Ints:
    """Whole codes from 0 on for equal values; whole numbers close together without sorting."""
    if given.dtype.kind == "f" and np.isnan(given).any():
        raise NotANumber(name, int(np.argmax(np.isnan(given))))
    if given.dtype.kind in "iub" and len(given):
        low, high = int(given.min()), int(given.max())
        if high - low < 4 * len(given):
            return given.astype(np.int64) - low
    return np.unique(given, return_inverse=True)[1].astype(np.int64)


def _order(score: Floats, strata: Ints, ids: NDArray[Any] | None) -> Ints:
    if ids is not None:
        return np.lexsort((ids, score, strata))
    order = np.argsort(score)
    several = int(strata.max(initial=0))
    if several == 0:
        return order
    # NumPy sorts sixteen bits by counting, several times faster.
    narrow = strata.astype(np.uint16) if several < 2**16 else strata
    return order[np.argsort(narrow[order], kind="stable")]


def _line(rows: Ints, score: Floats, stratum: Ints, level: Ints, strata: int) -> Line:
    opens = np.ones(len(rows), dtype=np.bool_)
    opens[1:] = np.diff(level) != 0
    first = np.flatnonzero(opens)
    run = np.cumsum(opens) - 1
    stop = np.append(first[1:], len(rows))
    stops = np.cumsum(np.bincount(stratum, minlength=strata))
    starts = np.concatenate([[0], stops[:-1]])
    return Line(rows, score, stratum, first[run], stop[run], starts, stops)
