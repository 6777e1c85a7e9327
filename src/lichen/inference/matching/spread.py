"""How far rows lie from their neighbours in the same arm: what tells the variance of one row."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lichen.inference.estimate import Floats, Ints
from lichen.inference.matching.lines import Line
from lichen.inference.matching.match import Match
from lichen.inference.matching.windows import Search, Windows, nearest_in


class Neighbours(NamedTuple):
    """For r `rows` of an arm the stretch of `line` with them and those nearest to them.

    `others` (r) is how many others that is; 0 where the stratum has no other row of the arm.
    """

    rows: Ints
    line: Ints
    windows: Windows
    others: Ints

    def apart(self, values: Floats) -> Floats:
        """Each row's value less the mean of its neighbours', 0 without neighbours (r, or r by k).

        `values` are of all rows (n, or n by k).
        """
        lined = values[self.line] - values[self.line].mean(axis=0)
        sums = np.concatenate([np.zeros((1, *lined.shape[1:])), np.cumsum(lined, axis=0)])
        own = values[self.rows] - values[self.line].mean(axis=0)
        others = sums[self.windows.right] - sums[self.windows.left] - own
        count = self.others if values.ndim == 1 else self.others[:, None]
        return np.where(count > 0, own - others / np.maximum(count, 1), 0.0)

    def variances(self, values: Floats, apart: Floats) -> Floats:
        """The variance of `values` (n) over each row and its neighbours, 0 without any (r).

        Of two it is half the square of what they are apart, without loss of digits.
        """
        lined = values[self.line] - values[self.line].mean()
        first = np.concatenate([[0.0], np.cumsum(lined)])
        second = np.concatenate([[0.0], np.cumsum(lined * lined)])
        size = np.maximum(self.others + 1, 2)
        mean = (first[self.windows.right] - first[self.windows.left]) / size
        square = second[self.windows.right] - second[self.windows.left]
        several = np.maximum(square - size * mean * mean, 0.0) / (size - 1)
        return np.where(self.others == 1, 0.5 * apart * apart, several * (self.others > 0))


def neighbours_of(match: Match, used: Ints, count: int) -> Neighbours:
    """The neighbours of these control rows: the `count` nearest in their stratum, ties with them.

    A row alone in its stratum takes the nearest of the whole arm.

    Source: Abadie and Imbens (2006), Econometrica 74:235-267, section 4.1.
    """
    line, tolerance = match.lined.controls, match.lined.tolerance
    place = np.empty(len(match.treated), dtype=np.int64)
    place[line.rows] = np.arange(len(line.rows))
    at = place[used]
    found = _with_itself(line, at, count, tolerance)
    alone = np.flatnonzero(found.sizes < 2)
    if len(alone) and len(line.rows) > 1:
        return _joined(line, used, found, alone, at, count, tolerance)
    return Neighbours(used, line.rows, found, found.sizes - 1)


def _with_itself(line: Line, at: Ints, count: int, tolerance: float) -> Windows:
    search = Search(line.score[at], line.stratum[at], at)
    return nearest_in(line, search, count + 1, tolerance)


def _joined(
    line: Line, used: Ints, found: Windows, alone: Ints, at: Ints, count: int, tolerance: float
) -> Neighbours:
    """The line of the strata followed by one of the whole arm, for rows that are alone in one."""
    whole, moved = _without_strata(line, tolerance)
    wide = _with_itself(whole, moved[at[alone]], count, tolerance)
    left, right = found.left.copy(), found.right.copy()
    left[alone] = wide.left + len(line.rows)
    right[alone] = wide.right + len(line.rows)
    windows = Windows(left, right)
    both = np.concatenate([line.rows, whole.rows])
    return Neighbours(used, both, windows, windows.sizes - 1)


def _without_strata(line: Line, tolerance: float) -> tuple[Line, Ints]:
    """The same rows by score alone, and where each place of the line is in it."""
    order = np.argsort(line.score, kind="stable")
    score = line.score[order]
    opens = np.ones(len(order), dtype=np.bool_)
    opens[1:] = np.diff(score) > tolerance
    first = np.flatnonzero(opens)
    run = np.cumsum(opens) - 1
    moved = np.empty(len(order), dtype=np.int64)
    moved[order] = np.arange(len(order))
    none, all_ = np.zeros(1, np.int64), np.array([len(order)])
    stop = np.append(first[1:], len(order))
    strata = np.zeros(len(order), np.int64)
    return Line(line.rows[order], score, strata, first[run], stop[run], none, all_), moved
