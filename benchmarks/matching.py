"""Three nearest controls in 96 strata, and the error: Lichen and scikit-learn's search trees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONTENDERS = ("nearest", "att", "scikit_learn")
STRATA, RATIO, CALIPER = 96, 3, 0.2


@dataclass(frozen=True)
class Scored:
    """Accounts one by one: fitted logit, whether exposed, stratum and outcome."""

    logit: NDArray[np.float64]
    exposed: NDArray[np.bool_]
    stratum: NDArray[np.int64]
    outcome: NDArray[np.float64]


def drawn(accounts: int) -> Scored:
    """One in fifteen exposed, by a logit of deviation one, in strata of equal size."""
    draw = np.random.default_rng(5)
    logit = draw.normal(size=accounts) - 3
    exposed = draw.random(accounts) < 1 / (1 + np.exp(-logit))
    return Scored(
        logit, exposed, draw.integers(0, STRATA, accounts), logit + draw.normal(size=accounts)
    )


def contender(name: str, accounts: int) -> tuple[Callable[[], Any], Callable[..., Any]]:
    """The work to be timed, and what is read off its result: matched rows and the effect."""
    rows = drawn(accounts)
    if name == "scikit_learn":
        return lambda: _search_trees(rows), lambda found: [found[0], round(found[1], 9)]
    if name == "att":
        return lambda: _effect(rows), lambda found: [found.n, round(found.value, 9)]
    return lambda: _matched(rows), lambda found: [len(found.rows), None]


def _matched(rows: Scored) -> Any:
    from lichen.inference.matching import nearest

    return nearest(rows.logit, rows.exposed, exact=rows.stratum, ratio=RATIO, caliper=CALIPER)


def _effect(rows: Scored) -> Any:
    from lichen.inference.matching import att

    return att(rows.outcome, _matched(rows))


def _search_trees(rows: Scored) -> tuple[int, float]:
    """The same matches stratum by stratum, and their effect, without an error."""
    from sklearn.neighbors import NearestNeighbors

    apart: list[NDArray[np.float64]] = []
    for stratum in range(STRATA):
        inside = rows.stratum == stratum
        own = np.flatnonzero(inside & rows.exposed)
        pool = np.flatnonzero(inside & ~rows.exposed)
        trees = NearestNeighbors(n_neighbors=RATIO).fit(rows.logit[pool, None])
        far, place = trees.kneighbors(rows.logit[own, None])
        near = far <= CALIPER
        count = near.sum(axis=1)
        controls = (rows.outcome[pool[place]] * near).sum(axis=1)[count > 0] / count[count > 0]
        apart.append(rows.outcome[own][count > 0] - controls)
    together = np.concatenate(apart)
    return len(together), float(together.mean())
