"""Nearest neighbours on one score, inside exact strata, by sorted search."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.inference.arm_errors import ArmLengthsDiffer, TooFewInArm
from lichen.inference.arms import exposed_of, flat, weights_of
from lichen.inference.estimate import Bools, Floats, Ints
from lichen.inference.matching.errors import NotACaliper, NotARatio, UnknownTies
from lichen.inference.matching.greedy import one_by_one
from lichen.inference.matching.lines import Lined, lined_up, strata_of
from lichen.inference.matching.match import Match, ends_apart
from lichen.inference.matching.promises import kept_promises
from lichen.inference.matching.windows import Search, Windows, nearest_in, within

TIES = ("average", "first")


def nearest(
    score: ArrayLike,
    treated: ArrayLike,
    *,
    exact: ArrayLike | None = None,
    ratio: int = 1,
    caliper: float | None = None,
    replace: bool = True,
    ties: Literal["average", "first"] = "average",
    ids: ArrayLike | None = None,
) -> Match:
    """For each exposed row the `ratio` controls of its stratum with the nearest `score` (n).

    `exact` (n) is what must be equal within a match. `caliper` is the largest distance allowed,
    **in units of `score`**, not in standard deviations: `caliper_of(logit)` makes one. A pair at
    exactly that distance is allowed. An exposed row without a control left is in `unmatched`; one
    with fewer than `ratio` keeps those.

    With replacement, `ties="average"` takes every control that is as far away as the last of the
    `ratio` nearest, all with equal weight: row order changes nothing, and rows doubled with the
    ratio doubled give the same. `ties="first"` takes exactly `ratio`, whichever come first in the
    sorted line; row order then matters, so it serves comparison with other programs alone.

    Without replacement (`replace=False`) each control serves once. Exposed rows choose in turn,
    the highest score first and of equal scores the lowest of `ids` (n, default the row number),
    one control in each of `ratio` rounds; ties among controls fall to the lower score, then by
    `ids`.

    What is returned has been checked: no pair exceeds the caliper, and with replacement no control
    left out is nearer than one used.

    Source: Rubin (1973), Biometrics 29:159-183; ties as in Abadie and Imbens (2006), Econometrica
    74:235-267, and Sekhon (2011), J. Stat. Software 42(7).

    Raises:
        NoMatching: one of the subclasses, where the call does not say how to match.
        UnusableArms: one of the subclasses, where an array is not what it should be.
        BrokenMatch: a promise above is broken, which is a fault of Lichen.
    """
    exposed = exposed_of(treated)
    size = len(exposed)
    given = flat("score", score, size)
    _checked(exposed, ratio, caliper, ties)
    strata = strata_of(exact, size)
    rank = None if replace else _ids(ids, size)
    lined = lined_up(given, strata, exposed, rank)
    search = Search(lined.exposed.score, lined.exposed.stratum, lined.at)
    if rank is None:
        pool, windows = _shared(lined, search, ratio, caliper, ties)
    else:
        pool, windows = _once(lined, search, ratio, caliper, rank)
    match = _told(exposed, given, lined, pool, windows, ratio, caliper, replace)
    kept_promises(match, given, strata, exhaustive=replace)
    return match


def caliper_of(logit: ArrayLike, sd: float = 0.2, *, weights: ArrayLike | None = None) -> float:
    """A caliper of so many standard deviations of the logit, over all rows given, in its units.

    Source: Austin (2011), Pharm. Stat. 10:150-161, for 0.2; Rosenbaum and Rubin (1985), Am. Stat.
    39:33-38, for the logit.
    """
    given = np.asarray(logit, dtype=np.float64)
    values = flat("logit", given, given.size)
    mass = weights_of(weights, len(values))
    total = float(mass.sum())
    moved = values - mass @ values / total
    return float(sd * np.sqrt(mass @ (moved * moved) / (total - total / len(values))))


def _checked(exposed: Bools, ratio: int, caliper: float | None, ties: str) -> None:
    if isinstance(ratio, bool) or int(ratio) != ratio or ratio < 1:
        raise NotARatio(ratio)
    if caliper is not None and not caliper >= 0:
        raise NotACaliper(caliper)
    if ties not in TIES:
        raise UnknownTies(ties, TIES)
    found = int(np.count_nonzero(exposed))
    for name, count in (("exposed accounts", found), ("controls", len(exposed) - found)):
        if count == 0:
            raise TooFewInArm(name, 0, 1)


def _ids(ids: ArrayLike | None, size: int) -> NDArray[Any]:
    given = np.arange(size) if ids is None else np.asarray(ids)
    if given.shape != (size,):
        raise ArmLengthsDiffer("ids", len(given), size)
    return np.unique(given, return_inverse=True)[1]


def _shared(
    lined: Lined, search: Search, ratio: int, caliper: float | None, ties: str
) -> tuple[Ints, Windows]:
    line = lined.controls
    found = nearest_in(line, search, ratio, lined.tolerance, with_ties=ties == "average")
    if caliper is not None:
        found = within(line, search, found, caliper)
    return line.rows, found


def _once(
    lined: Lined, search: Search, ratio: int, caliper: float | None, ids: NDArray[Any]
) -> tuple[Ints, Windows]:
    order = np.lexsort((ids[lined.exposed.rows], -search.score))
    allowed = np.inf if caliper is None else caliper
    places, windows = one_by_one(lined.controls, search, ratio, allowed, order, lined.tolerance)
    return lined.controls.rows[places], windows


def _told(
    exposed: Bools,
    score: Floats,
    lined: Lined,
    pool: Ints,
    windows: Windows,
    ratio: int,
    caliper: float | None,
    replace: bool,
) -> Match:
    rows = lined.exposed.rows
    matched = windows.sizes > 0
    order = np.flatnonzero(matched)[np.argsort(rows[matched])]
    found = Windows(windows.left[order], windows.right[order])
    return Match(
        treated=exposed,
        rows=rows[order],
        unmatched=np.sort(rows[~matched]),
        pool=pool,
        windows=found,
        farthest=ends_apart(score, rows[order], pool, found),
        ratio=int(ratio),
        caliper=caliper,
        replace=replace,
        lined=lined,
    )
