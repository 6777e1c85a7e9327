"""What exposure changed for those exposed: their outcomes beside those of their matches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lichen.inference.arms import flat, matrix, weights_of
from lichen.inference.estimate import Estimate, Floats, Ints, clustered_se, estimate_of, nothing
from lichen.inference.intervals import kish_effective_number
from lichen.inference.matching.errors import NotAlike, NotNeighbours
from lichen.inference.matching.lines import codes_of
from lichen.inference.matching.match import Match
from lichen.inference.matching.spread import Neighbours, neighbours_of
from lichen.inference.propensity import Propensity

METHOD = "matching"
ROUNDED = 1e-9
"""A variance below this share of what rows add is rounding, and not believed."""


@dataclass(frozen=True, eq=False)
class Compared:
    """m matched exposed rows beside their controls, in the unit of the outcome.

    `apart` (m) is the outcome less the mean of the controls', `shares` (m) the weight of each in
    the effect, which sum to 1. `loads` (n) is the weight of each control in it, `squares` (n) the
    part of its square that comes from single matches.
    """

    apart: Floats
    shares: Floats
    loads: Floats
    squares: Floats

    @property
    def value(self) -> float:
        """The mean effect."""
        return float(self.shares @ self.apart)


def att(
    outcome: ArrayLike,
    match: Match,
    *,
    fit: Propensity | None = None,
    adjust: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    neighbours: int = 1,
) -> Estimate:
    """The mean of outcome less its matches' mean over the matched exposed rows, and its error.

    `outcome` (n) is of all rows that were matched, finite. `weights` (n) say how many rows each
    one stands for: exposed rows count by theirs, controls share a match in proportion to theirs.
    `adjust` (n, k) takes a weighted regression on these covariates among the controls used off
    the outcome first, so that what differs within matches no longer biases the effect.

    **Error.** Let the effect be a sum of s_i (Y_i - mean of controls of i), and K_j what control j
    weighs in it. Rows are independent, so its variance is that of s_i (Y_i - mu0_i - effect) over
    exposed rows plus K_j^2 var_j over controls. The differences of matches already hold the noise
    of their controls once for each match: with c_ij the weight of j in match i it is

        sum_i s_i^2 (Y_i - controls of i - effect)^2  +  sum_j (K_j^2 - sum_i s_i^2 c_ij^2) var_j.

    So a control used by many counts by the square of its whole weight, and the squares of
    s_i (Y_i - controls of i - effect) alone, as if matches were independent, are too small. var_j
    is the variance of the outcome over j and the nearest `neighbours` controls of its stratum
    (Stata's `nn()` counts j too, so that its default of 2 is 1 here). `neighbours=0` takes one
    variance for all controls, half the mean square over pairs of their difference less the effect,
    as the R package Matching does by default.

    **Estimated scores.** With the `fit` that gave the scores, its noise is part of the error. A
    step in a coefficient changes who is matched, and by it the effect by -b, b being the mean over
    matches of the covariance of that covariate and the outcome among controls of equal score. So
    each row adds -b times its part in the coefficients. This is the variance of Abadie and Imbens
    (2016, theorem 2(ii)), sigma^2 - c' V c + d' V d, written by rows: c is the covariance of the
    effect with the gradient of the likelihood, and c - d = b.

    **Clusters.** With `clusters` (n), ids of what belongs together (an account under several
    landmarks), products of rows of one cluster are added; residuals in them are not shrunk.
    `influence` (n) is scaled so that its squared sums by cluster are the variance.

    The error is NaN with fewer than two matched exposed rows or controls, and where no outcome
    differs from another, since nothing then tells the spread.

    `n` is the number of matched exposed rows with a weight. Diagnostics: `matched`, `unmatched`,
    `controls` (distinct), `effective_controls` (Kish), `mean_exposed`, `mean_controls`,
    `farthest`, and `se_given_scores`, the error for rows on their own as if scores were known.

    Source: Abadie and Imbens (2006), Econometrica 74:235-267, theorem 7 (variance); (2011), J.
    Bus. Econ. Stat. 29:1-11 (regression within matches); (2016), Econometrica 84:781-807.

    Raises:
        UnusableArms: one of the subclasses, such as an outcome that is not a number.
        NotAlike: the match or fit is of other rows.
    """
    size = len(match)
    y = flat("outcome", outcome, size)
    if isinstance(neighbours, bool) or int(neighbours) != neighbours or neighbours < 0:
        raise NotNeighbours(neighbours)
    if fit is not None and len(fit.score) != size:
        raise NotAlike("fit", len(fit.score), size)
    mass = None if weights is None else weights_of(weights, size)
    together = None if clusters is None else _codes(clusters, size)
    if adjust is not None and len(match.rows):
        y = _adjusted(y, match, matrix("adjust", adjust, size), mass)
    if len(match.rows) == 0 or (mass is not None and not mass[match.rows].sum() > 0):
        return nothing(METHOD)
    return _estimated(y, match, fit, mass, together, int(neighbours))


def compared(y: Floats, match: Match, weights: Floats | None) -> Compared:
    """Outcomes of matched exposed rows beside their controls, and what each row weighs in it."""
    own = np.ones(len(match.rows)) if weights is None else weights[match.rows]
    shares = own / own.sum()
    totals = match.windows.sizes if weights is None else match.totals(weights)
    squares = match.sums((shares / totals) ** 2)
    return Compared(
        apart=y[match.rows] - match.means(y, weights),
        shares=shares,
        loads=match.loads(shares, weights),
        squares=squares if weights is None else squares * weights * weights,
    )


def _codes(clusters: ArrayLike, size: int) -> Ints:
    given = np.asarray(clusters)
    if given.shape != (size,):
        raise NotAlike("clusters", len(given), size)
    return codes_of("clusters", given)


def _adjusted(y: Floats, match: Match, x: Floats, weights: Floats | None) -> Floats:
    """The outcome less its regression on x among the controls used, by their weights."""
    loads = match.loads(np.ones(len(match.rows)), weights)
    used = np.flatnonzero(loads)
    root = np.sqrt(loads[used])
    centre = loads[used] @ x[used] / loads[used].sum()
    spread = np.sqrt(loads[used] @ (x[used] - centre) ** 2 / loads[used].sum())
    scaled = (x - centre) / np.where(spread > 0, spread, np.inf)
    design = np.column_stack([np.ones(len(used)), scaled[used]]) * root[:, None]
    slopes = np.linalg.lstsq(design, y[used] * root, rcond=1e-10)[0]
    return np.asarray(y - scaled @ slopes[1:])


def _estimated(
    y: Floats,
    match: Match,
    fit: Propensity | None,
    weights: Floats | None,
    clusters: Ints | None,
    neighbours: int,
) -> Estimate:
    found = compared(y, match, weights)
    used = np.flatnonzero(found.loads)
    near = neighbours_of(match, used, max(neighbours, 1))
    residual = near.apart(y)
    if neighbours:
        spread = near.variances(y, residual)
    else:
        spread = _shared_variance(y, match, found, weights)
    given, raw = _variance(found, used, residual, spread)
    influence = np.zeros(len(match))
    influence[match.rows] = found.shares * (found.apart - found.value)
    influence[used] -= found.loads[used] * residual
    if fit is not None:
        influence -= _moved_by_scores(found, fit, near, used, residual)
    summed = influence if clusters is None else np.bincount(clusters, influence)
    squares = float(summed @ summed)
    # Rows on their own have the known variance; what clusters and scores add comes on top.
    variance = squares + given - raw
    variance = variance if variance > ROUNDED * squares else squares
    influence *= np.sqrt(variance / squares) if squares > 0 else 1.0
    se = float(np.sqrt(variance)) if clusters is None else clustered_se(influence, clusters)
    told = _told(y, match, found, used, given)
    count = int(told["matched"])
    if count < 2 or len(used) < 2 or squares == 0:
        se = np.nan
    return estimate_of(found.value, se, count, METHOD, told, influence)


def _shared_variance(y: Floats, match: Match, found: Compared, weights: Floats | None) -> Floats:
    """One variance for every row: half the mean square over pairs of their difference less the
    effect, a match being as many pairs as it has controls."""
    centred = y - y[match.pool].mean()
    within = match.means(centred**2, weights) - match.means(centred, weights) ** 2
    squares = (found.apart - found.value) ** 2 + np.maximum(within, 0.0)
    return np.array([0.5 * float(found.shares @ squares)])


def _variance(found: Compared, used: Ints, residual: Floats, spread: Floats) -> tuple[float, float]:
    """The variance of rows on their own, and what their influence squares to."""
    of_matches = float(np.sum((found.shares * (found.apart - found.value)) ** 2))
    loads = found.loads[used] ** 2
    given = of_matches + float(np.sum((loads - found.squares[used]) * spread))
    return given, of_matches + float(loads @ residual**2)


def _moved_by_scores(
    found: Compared, fit: Propensity, near: Neighbours, used: Ints, residual: Floats
) -> Floats:
    """What each row adds through the coefficients of the score."""
    share = found.loads[used] * residual * near.others / (near.others + 1)
    pull = share @ near.apart(fit.x)
    return fit.influence(np.concatenate([[0.0], pull]))


def _told(y: Floats, match: Match, found: Compared, used: Ints, given: float) -> dict[str, float]:
    loads = found.loads[used]
    counted = found.shares > 0
    exposed = float(found.shares @ y[match.rows])
    squares = float(loads @ loads)
    return {
        "matched": float(np.count_nonzero(counted)),
        "unmatched": float(len(match.unmatched)),
        "controls": float(len(used)),
        "effective_controls": float(kish_effective_number(float(loads.sum()), squares)),
        "mean_exposed": exposed,
        "mean_controls": exposed - found.value,
        "farthest": float(match.farthest[counted].max()),
        "se_given_scores": float(np.sqrt(given)) if given > 0 else float("nan"),
    }
