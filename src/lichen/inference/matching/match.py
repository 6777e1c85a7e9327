"""Who was matched with whom, and how much each control counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lichen.inference.estimate import Bools, Floats, Ints
from lichen.inference.matching.lines import Lined
from lichen.inference.matching.windows import Windows


@dataclass(frozen=True, eq=False)
class Pairs:
    """Matched pairs (p) as rows of the arrays given; the weights of one exposed row sum to 1."""

    exposed: Ints
    controls: Ints
    weight: Floats


@dataclass(frozen=True, eq=False, repr=False)
class Match:
    """For each of m matched exposed rows a stretch of the `pool` of controls.

    `rows` (m) are the matched exposed rows, ascending, `unmatched` those without a control in
    their stratum and caliper. The controls of `rows[i]` are `pool[left[i]:right[i]]`: with many
    equal scores there may be far too many pairs to write down, so `pairs` does so on demand.
    `caliper` is in units of the score. `farthest` (m) is the distance of the farthest control.
    """

    treated: Bools
    rows: Ints
    unmatched: Ints
    pool: Ints
    windows: Windows
    farthest: Floats
    ratio: int
    caliper: float | None
    replace: bool
    lined: Lined

    def __len__(self) -> int:
        return len(self.treated)

    @cached_property
    def control_weights(self) -> Floats:
        """For each row (n) how many exposed rows it stands for; 0 where it is not used."""
        return self.loads(np.ones(len(self.rows)), None)

    @property
    def controls(self) -> Ints:
        """The distinct control rows that are used, ascending."""
        return np.flatnonzero(self.control_weights > 0)

    def pairs(self) -> Pairs:
        """Every pair; as many as the windows are long together."""
        sizes = self.windows.sizes
        begins = np.repeat(self.windows.left - np.cumsum(sizes) + sizes, sizes)
        places = begins + np.arange(int(sizes.sum()))
        weight = np.repeat(1 / np.maximum(sizes, 1), sizes)
        return Pairs(np.repeat(self.rows, sizes), self.pool[places], weight)

    def totals(self, values: Floats) -> Floats:
        """For each matched exposed row (m) the sum of `values` (n) over its controls."""
        sums = np.concatenate([[0.0], np.cumsum(values[self.pool])])
        return np.asarray(sums[self.windows.right] - sums[self.windows.left])

    def means(self, values: Floats, weights: Floats | None) -> Floats:
        """For each matched exposed row (m) the mean of `values` (n) over its controls."""
        centre = float(values[self.pool].mean()) if len(self.pool) else 0.0
        if weights is None:
            return centre + self.totals(values - centre) / self.windows.sizes
        return centre + self.totals((values - centre) * weights) / self.totals(weights)

    def loads(self, shares: Floats, weights: Floats | None) -> Floats:
        """For each row (n) the sum over its matches of `shares` (m), spread among their controls.

        A share is spread evenly, or in proportion to the `weights` (n) of the controls.
        """
        if weights is None:
            return self.sums(shares / self.windows.sizes)
        return weights * self.sums(shares / self.totals(weights))

    def sums(self, amounts: Floats) -> Floats:
        """For each row (n) the sum of `amounts` (m) over the matches that use it."""
        size = len(self.pool) + 1
        steps = np.bincount(self.windows.left, amounts, size)
        steps -= np.bincount(self.windows.right, amounts, size)
        # Counted whole, so that no rounding of amounts makes a row seem used.
        counts = (amounts != 0).astype(np.int64)
        used = np.bincount(self.windows.left, counts, size)
        used -= np.bincount(self.windows.right, counts, size)
        told = np.where(np.cumsum(used)[:-1] > 0, np.cumsum(steps)[:-1], 0.0)
        spread = np.zeros(len(self.treated))
        spread[self.pool] = told
        return spread


def ends_apart(score: Floats, rows: Ints, pool: Ints, windows: Windows) -> Floats:
    """How far each row (m) is from the farther end of its stretch, by the scores as given."""
    if len(rows) == 0:
        return np.empty(0)
    ends = np.stack([score[pool[windows.left]], score[pool[windows.right - 1]]])
    return np.asarray(np.abs(ends - score[rows]).max(axis=0))
