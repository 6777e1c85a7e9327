"""What a match promises, looked at again after it was made, by the scores as they were given."""

from __future__ import annotations

import numpy as np

from lichen.inference.estimate import Bools, Floats, Ints
from lichen.inference.matching.errors import BrokenMatch
from lichen.inference.matching.match import Match, ends_apart


def kept_promises(match: Match, score: Floats, strata: Ints, *, exhaustive: bool) -> None:
    """Raises unless the match keeps its word.

    Every pair is of one stratum and no farther apart than the caliper. With `exhaustive`, no
    control beside a match is nearer than its farthest one, a match with fewer than `ratio` has
    none in reach beside it, and an exposed row without a match has none in reach at all; without,
    every control serves once.

    Raises:
        BrokenMatch: which promise, at which row.
    """
    slack = 2 * match.lined.tolerance
    allowed = np.inf if match.caliper is None else match.caliper
    farthest = ends_apart(score, match.rows, match.pool, match.windows)
    _refuse("no pair exceeds the caliper", farthest > allowed + slack, match.rows,
            farthest, allowed)  # fmt: skip
    _one_stratum(match, strata)
    if not exhaustive:
        twice = len(match.pool) - len(np.unique(match.pool))
        _refuse("each control serves once", np.array([twice > 0]), match.pool, [twice], 0)
        return
    beside = _beside(match, score, strata)
    nearer = beside < farthest - slack
    _refuse("each match is the nearest", nearer, match.rows, beside, 0)
    short = (match.windows.sizes < match.ratio) & (beside < np.inf) & (beside <= allowed - slack)
    _refuse("matches are filled up to the ratio", short, match.rows, beside, allowed)
    _none_in_reach(match, score, strata, allowed - slack)


def _refuse(
    promise: str, broken: Bools, rows: Ints, found: Floats | list[int], allowed: float
) -> None:
    if broken.any():
        place = int(np.argmax(broken))
        raise BrokenMatch(promise, int(rows[place]), float(found[place]), allowed)


def _one_stratum(match: Match, strata: Ints) -> None:
    own = strata[match.rows]
    for end in (match.windows.left, match.windows.right - 1):
        other = strata[match.pool[end]]
        _refuse("every pair is of one stratum", other != own, match.rows, other.astype(float), 0)


def _beside(match: Match, score: Floats, strata: Ints) -> Floats:
    """How far the nearest control outside each match is; infinite where there is none."""
    own, stratum = score[match.rows], strata[match.rows]
    return np.minimum(
        _distance(match, score, strata, match.windows.left - 1, own, stratum),
        _distance(match, score, strata, match.windows.right, own, stratum),
    )


def _distance(
    match: Match, score: Floats, strata: Ints, places: Ints, own: Floats, stratum: Ints
) -> Floats:
    inside = np.clip(places, 0, len(match.pool) - 1)
    there = (inside == places) & (strata[match.pool[inside]] == stratum)
    return np.where(there, np.abs(score[match.pool[inside]] - own), np.inf)


def _none_in_reach(match: Match, score: Floats, strata: Ints, allowed: float) -> None:
    line = match.lined.exposed.rows
    alone = np.isin(line, match.unmatched) if len(match.unmatched) else np.zeros(0, np.bool_)
    places = np.flatnonzero(alone)
    rows, at = line[places], match.lined.at[places]
    for beside in (at - 1, at):
        apart = _distance(match, score, strata, beside, score[rows], strata[rows])
        reached = (apart < np.inf) & (apart <= allowed)
        _refuse("nobody in reach is left without a match", reached, rows, apart, allowed)
