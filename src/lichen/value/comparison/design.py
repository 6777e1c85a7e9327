"""Who is matched with whom: propensity, matching, and the sample that every estimator speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lichen.inference import matching, propensity
from lichen.inference.intervals import kish_effective_number
from lichen.inference.trimming import thinning
from lichen.value.comparison.panel import Bools, Floats, Ints, Panel
from lichen.vocabulary.definitions import Comparison as Rules

BINS = 20

RUN_OUT = "where matches run out"
"""The covariate that only the trimmed sample has: of its matching, not of what accounts are."""


@dataclass(frozen=True, eq=False)
class Design:
    """One matched sample; `fit` and `match` are of the rows of `panel`.

    Made from covariates and exposure alone: no outcome has been looked at.
    """

    panel: Panel
    names: tuple[str, ...]
    x: Floats
    fit: propensity.Propensity
    match: matching.Match
    changes: tuple[propensity.Change, ...]

    @cached_property
    def matched(self) -> Bools:
        """Which rows are exposed accounts that found a match."""
        kept = np.zeros(len(self.panel), dtype=np.bool_)
        kept[self.match.rows] = True
        return kept

    @cached_property
    def sample(self) -> Ints:
        """The rows of the trimmed sample: matched exposed, and all comparable accounts."""
        return np.flatnonzero(self.matched | ~self.panel.exposed)

    @cached_property
    def trimmed(self) -> tuple[Floats, propensity.Propensity]:
        """The covariates of the trimmed sample, and the propensity fitted again on it.

        Where exposed accounts found no match, one more covariate follows how matches run out.
        """
        rows, names = self.sample, self.names
        panel, x = self.panel.take(rows), self.x[rows]
        if len(self.match.unmatched):
            x = np.column_stack([x, thinning(self.fit.logit[rows], panel.exposed)])
            names = (*names, RUN_OUT)
        varies = np.ptp(x, axis=0) > 0
        x, names = x[:, varies], tuple(np.array(names, dtype=object)[varies])
        return x, propensity.fit(x, panel.exposed, weights=panel.weight, names=names)

    @property
    def used(self) -> Floats:
        """For each row its weight as a match of exposed accounts; 0 for the exposed."""
        return self.match.control_weights

    @cached_property
    def distinct_controls(self) -> int:
        """How many accounts were somebody's match."""
        return len(np.unique(self.panel.account[self.used > 0]))

    @cached_property
    def effective_controls(self) -> float:
        """How many equally used accounts would carry as much information (Kish)."""
        by_account = np.bincount(
            np.unique(self.panel.account, return_inverse=True)[1], weights=self.used
        )
        return float(kish_effective_number(by_account.sum(), np.square(by_account).sum()))


def design_of(panel: Panel, rules: Rules) -> Design:
    """Fit who has the partner by what was known before, and match on it within strata.

    Raises:
        LichenError: there is nothing to fit from (an empty arm, too few rows, no covariate).
    """
    made = propensity.design(
        panel.numbers,
        {**panel.words, "quarter": _quarters(panel)[0]},
        {**panel.levels, "quarter": _quarters(panel)[1]},
        panel.exposed,
    )
    fit = propensity.fit(made.x, panel.exposed, weights=panel.weight)
    match = matching.nearest(
        fit.logit,
        panel.exposed,
        exact=panel.stratum,
        ratio=rules.ratio,
        caliper=matching.caliper_of(fit.logit, rules.caliper, weights=panel.weight),
    )
    return Design(panel, made.names, made.x, fit, match, (*made.changes, *fit.changes))


def _quarters(panel: Panel) -> tuple[Ints, tuple[str, ...]]:
    months, codes = np.unique(panel.landmark, return_inverse=True)
    return codes.astype(np.int64), tuple(str(month) for month in months)
