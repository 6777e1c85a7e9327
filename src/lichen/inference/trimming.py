"""The sample that is left when exposed rows without a match are taken out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.inference.arms import exposed_of, flat

Floats = NDArray[np.float64]

SHARE = 0.9
CONTROLS = 20
"""So many controls at least lie beyond the knot, or its slope would be told by a few."""


def thinning(logit: ArrayLike, treated: ArrayLike) -> Floats:
    """A covariate (n) by which a propensity can follow how matches run out where scores are high.

    Exposed rows are left unmatched where controls are rare. Those that remain are then fewer than
    their covariates say, and each control there would stand for rows that are gone: its weight is
    too high, and weighting is biased (by a quarter of its standard error at an AUC of 0.80, see
    comparison_coverage.md). The remedy is one more covariate: by how much the `logit` of all rows
    exceeds a knot, 0 below. The knot is the 90th percentile of the matched exposed, or lower where
    fewer than 20 controls lie beyond. Fit the propensity of the trimmed sample again with it, and
    pass it to whatever weights or draws lines there.

    `logit` and `treated` (n) are of the trimmed sample, the matched exposed and all controls, the
    logit as it was matched on. The column is 0 for all where an arm is empty.

    Raises:
        UnusableArms: one of the subclasses, where an array is not what it should be.
    """
    exposed = exposed_of(treated)
    given = flat("logit", logit, len(exposed))
    if exposed.all() or not exposed.any():
        return np.zeros(len(given))
    controls = given[~exposed]
    beyond = max(len(controls) - CONTROLS, 0)
    knot = min(
        float(np.quantile(given[exposed], SHARE)), float(np.partition(controls, beyond)[beyond])
    )
    return np.maximum(given - knot, 0.0)
