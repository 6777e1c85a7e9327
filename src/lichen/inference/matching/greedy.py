"""Matching without replacement: each control once, exposed rows in turn."""

from __future__ import annotations

from math import inf

import numpy as np

from lichen.inference.estimate import Ints
from lichen.inference.matching.lines import Line
from lichen.inference.matching.windows import Search, Windows


def one_by_one(
    line: Line, search: Search, count: int, caliper: float, order: Ints, tolerance: float
) -> tuple[Ints, Windows]:
    """Places of the line taken, those of one search together, and where each search's begin.

    In each of `count` rounds the searches, in `order`, take the nearest row left in their stratum;
    of two equally near the one with the lower score. Rows already taken are skipped in almost
    constant time (each points to the next that is left), so that a round costs hardly more than
    the number of searches.

    Source: Tarjan (1975), J. ACM 22:215-225, for the pointers.
    """
    left = _Left(line, tolerance)
    taken: list[list[int]] = [[] for _ in order]
    for _ in range(count):
        for place in order.tolist():
            found = left.nearest(search, place, caliper)
            if found >= 0:
                taken[place].append(found)
    # In line order, so that the ends of each stretch are its extremes.
    for places in taken:
        places.sort()
    sizes = np.array([len(places) for places in taken], dtype=np.int64)
    stops = np.cumsum(sizes)
    flat = np.array([place for places in taken for place in places], dtype=np.int64)
    return flat, Windows(stops - sizes, stops)


class _Left:
    """Which places of a line are left, by pointers to the next one below and above."""

    def __init__(self, line: Line, tolerance: float) -> None:
        self._line = line
        self._tolerance = tolerance
        self._score: list[float] = line.score.tolist()
        self._above = list(range(len(line.rows) + 1))
        self._below = list(range(len(line.rows) + 1))

    def nearest(self, search: Search, place: int, caliper: float) -> int:
        """The nearest place left, now taken; -1 where none lies within the caliper."""
        own, stratum = float(search.score[place]), search.stratum[place]
        at = int(search.at[place])
        above = _followed(self._above, at)
        # Pointers below are shifted by one, so that 0 stands for the end of the line.
        below = _followed(self._below, at) - 1
        down = own - self._score[below] if below >= self._line.starts[stratum] else inf
        up = self._score[above] - own if above < self._line.stops[stratum] else inf
        best = below if down <= min(up + self._tolerance, caliper) else above
        if min(down, up) == inf or (down if best == below else up) > caliper:
            return -1
        self._above[best] = best + 1
        self._below[best + 1] = best
        return best


def _followed(pointers: list[int], place: int) -> int:
    """Where pointers end that begin at a place, with every other one shortened on the way."""
    while pointers[place] != place:
        pointers[place] = pointers[pointers[place]]
        place = pointers[place]
    return place
