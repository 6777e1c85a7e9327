"""The nearest of a sorted line: a stretch of neighbours around each place, found by halving."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lichen.inference.estimate import Floats, Ints
from lichen.inference.matching.lines import Line


class Windows(NamedTuple):
    """For each of q searches the places `left` up to but not including `right` of a line."""

    left: Ints
    right: Ints

    @property
    def sizes(self) -> Ints:
        """How many rows each window holds."""
        return np.asarray(self.right - self.left)


class Search(NamedTuple):
    """What is looked for in a line: q scores, their strata, and their places in the line."""

    score: Floats
    stratum: Ints
    at: Ints


def nearest_in(
    line: Line, search: Search, count: int, tolerance: float, *, with_ties: bool = True
) -> Windows:
    """The `count` nearest rows of the same stratum, fewer where there are fewer.

    With ties, all rows at the distance of the last of them are taken.
    """
    start, stop = line.starts[search.stratum], line.stops[search.stratum]
    size = np.minimum(count, stop - start)
    left = _halved(line.score, search, start, stop, size)
    found = Windows(left, left + size)
    return _with_ties(line, search, found, tolerance) if with_ties else found


def within(line: Line, search: Search, windows: Windows, caliper: float) -> Windows:
    """The windows without what is farther away than the caliper."""
    left, right = windows.left.copy(), windows.right.copy()
    # Whole runs leave at once, so that many equal scores take one step.
    open_ = np.flatnonzero(left < right)
    while len(open_):
        far = search.score[open_] - line.score[left[open_]] > caliper
        open_ = open_[far]
        left[open_] = np.minimum(line.run_stop[left[open_]], right[open_])
        open_ = open_[left[open_] < right[open_]]
    open_ = np.flatnonzero(left < right)
    while len(open_):
        far = line.score[right[open_] - 1] - search.score[open_] > caliper
        open_ = open_[far]
        right[open_] = np.maximum(line.run_first[right[open_] - 1], left[open_])
        open_ = open_[left[open_] < right[open_]]
    return Windows(left, right)


def _halved(score: Floats, search: Search, start: Ints, stop: Ints, size: Ints) -> Ints:
    """Where the nearest `size` begin: the first place from which the row `size` on is no nearer."""
    low: Ints = np.maximum(start, search.at - size)
    high: Ints = np.minimum(search.at, stop - size)
    open_ = np.flatnonzero(low < high)
    while len(open_):
        middle = (low[open_] + high[open_]) // 2
        own = search.score[open_]
        farther = own - score[middle] > score[middle + size[open_]] - own
        low[open_] = np.where(farther, middle + 1, low[open_])
        high[open_] = np.where(farther, high[open_], middle)
        open_ = open_[low[open_] < high[open_]]
    return low


def _with_ties(line: Line, search: Search, found: Windows, tolerance: float) -> Windows:
    """The windows with every row at the distance of their farthest."""
    left, right = found.left.copy(), found.right.copy()
    some = np.flatnonzero(left < right)
    own, stratum = search.score[some], search.stratum[some]
    lower, upper = left[some], right[some]
    farthest = np.maximum(own - line.score[lower], line.score[upper - 1] - own) + tolerance
    lower, upper = line.run_first[lower], line.run_stop[upper - 1]
    # One run more on either side can be as far away, since runs lie farther apart than rounding.
    below = np.maximum(lower - 1, line.starts[stratum])
    more = (below < lower) & (own - line.score[below] <= farthest)
    left[some] = np.where(more, line.run_first[below], lower)
    above = np.minimum(upper, line.stops[stratum] - 1)
    more = (above >= upper) & (line.score[above] - own <= farthest)
    right[some] = np.where(more, line.run_stop[above], upper)
    return Windows(left, right)
