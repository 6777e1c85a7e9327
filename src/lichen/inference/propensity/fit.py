"""How likely each row was to be exposed, given what was known of it before: a logit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from lichen.inference.arm_errors import TooFewInArm
from lichen.inference.arms import exposed_of, matrix, weights_of
from lichen.inference.estimate import Bools, Floats
from lichen.inference.propensity.columns import Change, Scaled, own_columns, scaled
from lichen.inference.propensity.errors import (
    NamesDiffer,
    NothingVaries,
    TooFewForCovariates,
    TooFewRows,
)
from lichen.inference.propensity.likelihood import Rows
from lichen.inference.propensity.newton import Maximum, maximum

FEWEST_ROWS = 10
PER_PARAMETER = 10


@dataclass(frozen=True, eq=False, repr=False)
class Propensity:
    """A fitted propensity of n rows on k parameters, the intercept first.

    `score` (n) is the probability of being exposed, `logit` (n) its log odds. `coefficients` (k)
    and `covariance` (k, k), the inverse of the information, are in the units of `x`, whose columns
    (n, k - 1) are those kept. `changes` says which were not, and why.

    `separated` says that some covariates tell exposure without error, so that no largest
    likelihood exists; then `firth` says that Firth's penalised likelihood stands in, and the
    scores must be labelled so. It is False on every fit that has its own maximum: nothing is ever
    penalised by default. `log_likelihood` is without the penalty.
    """

    score: Floats
    logit: Floats
    coefficients: Floats
    covariance: Floats
    names: tuple[str, ...]
    changes: tuple[Change, ...]
    separated: bool
    firth: bool
    log_likelihood: float
    x: Floats
    treated: Bools
    weights: Floats

    def influence(self, direction: ArrayLike) -> Floats:
        """What each row (n) adds to this mixture (k) of the coefficients, less its truth.

        The row's gradient through the inverse information: V x w (t - p).
        """
        pull = self.covariance @ np.asarray(direction, dtype=np.float64)
        along = pull[0] + self.x @ pull[1:]
        return np.asarray(along * self.weights * (self.treated - self.score))


def fit(
    x: ArrayLike,
    treated: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    per_parameter: int = PER_PARAMETER,
) -> Propensity:
    """The unpenalised logit of `treated` (n) on the columns of `x` (n, p), an intercept added.

    Columns that are constant or told by earlier ones are dropped. Of the rest, as many are kept
    from the first on as leave `per_parameter` rows of the *smaller* arm for each parameter, the
    intercept counted; 0 keeps all. `weights` (n) say how many rows each one stands for; those at
    0 take no part but get a score. Columns of any scale may be passed: the search runs on columns
    of variance 1. Separation is found, and Firth's penalised likelihood used and labelled.

    Source: for rows per parameter Peduzzi and others (1996), J. Clin. Epidemiol. 49:1373-1379.

    Raises:
        NoPropensity: one of the subclasses, where no fit would mean anything.
        UnusableArms: one of the subclasses, where an array is not what it should be.
    """
    exposed = exposed_of(treated)
    covariates = matrix("x", x, len(exposed))
    mass = weights_of(weights, len(exposed))
    labels = _labels(names, covariates.shape[1])
    fewest, arm = _smaller_arm(exposed[mass > 0])
    columns = scaled(covariates, mass)
    kept, changes = _kept(columns, mass, labels, fewest, arm, per_parameter)
    design = np.column_stack([np.ones(len(exposed)), columns.x[:, kept]])
    found = maximum(Rows(design, exposed.astype(np.float64), mass))
    chosen = tuple(labels[place] for place in kept)
    return _told(found, design, columns, kept, covariates, exposed, mass, chosen, changes)


def _labels(names: Sequence[str] | None, columns: int) -> tuple[str, ...]:
    labels = tuple(f"x{place}" for place in range(columns)) if names is None else tuple(names)
    if len(labels) != columns or len(set(labels)) != columns:
        raise NamesDiffer(len(set(labels)), columns)
    return labels


def _smaller_arm(exposed: Bools) -> tuple[int, str]:
    """How many rows the smaller arm has, and which it is."""
    rows, found = len(exposed), int(np.count_nonzero(exposed))
    arms = {"exposed": found, "controls": rows - found}
    for arm, count in arms.items():
        if count == 0:
            raise TooFewInArm(arm, 0, 1)
    if rows < FEWEST_ROWS:
        raise TooFewRows(rows, FEWEST_ROWS)
    arm = min(arms, key=lambda name: arms[name])
    return arms[arm], arm


def _kept(
    columns: Scaled,
    weights: Floats,
    labels: tuple[str, ...],
    fewest: int,
    arm: str,
    per_parameter: int,
) -> tuple[list[int], tuple[Change, ...]]:
    own, constant, told = own_columns(columns, weights)
    if len(own) == 0:
        raise NothingVaries(labels)
    changes = [Change(labels[place], "dropped", "the same for all rows") for place in constant]
    changes += [Change(labels[place], "dropped", "told by earlier covariates") for place in told]
    room = len(own) if per_parameter <= 0 else fewest // per_parameter - 1
    if room < 1:
        raise TooFewForCovariates(arm, fewest, 2 * per_parameter, per_parameter)
    why = f"{fewest} {arm}, {per_parameter} for each parameter"
    changes += [Change(labels[place], "dropped", why) for place in own[room:][::-1]]
    return own[:room].tolist(), tuple(changes)


def _told(
    found: Maximum,
    design: Floats,
    columns: Scaled,
    kept: list[int],
    covariates: Floats,
    exposed: Bools,
    weights: Floats,
    names: tuple[str, ...],
    changes: tuple[Change, ...],
) -> Propensity:
    logit = design @ found.slopes
    # Back from columns of mean 0 and variance 1 to the units given.
    back = np.diag(np.concatenate([[1.0], 1 / columns.spread[kept]]))
    back[0, 1:] = -columns.centre[kept] / columns.spread[kept]
    covariance = back @ np.linalg.inv(found.state.information) @ back.T
    told = found.state.log_likelihood
    if found.separated:
        told -= 0.5 * float(np.linalg.slogdet(found.state.information)[1])
    return Propensity(
        score=expit(logit),
        logit=logit,
        coefficients=back @ found.slopes,
        covariance=covariance,
        names=("intercept", *names),
        changes=changes,
        separated=found.separated,
        firth=found.separated,
        log_likelihood=told,
        x=covariates[:, kept],
        treated=exposed,
        weights=weights,
    )
