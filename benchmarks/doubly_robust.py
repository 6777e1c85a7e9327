"""Doubly robust effect on ten covariates, scores given: Lichen, and lines of scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONTENDERS = ("aipw", "scikit_learn_lines")
FOLDS, COVARIATES = 5, 10


@dataclass(frozen=True)
class Scored:
    """Accounts one by one: covariates, whether exposed, fitted propensity, outcome and id."""

    x: NDArray[np.float64]
    exposed: NDArray[np.bool_]
    score: NDArray[np.float64]
    outcome: NDArray[np.float64]
    ids: NDArray[np.int64]


def drawn(accounts: int) -> Scored:
    """One in fifteen exposed, by a logit of deviation one."""
    draw = np.random.default_rng(6)
    x = draw.normal(size=(accounts, COVARIATES))
    logit = x.sum(axis=1) / np.sqrt(COVARIATES) - 3
    score = 1 / (1 + np.exp(-logit))
    exposed = draw.random(accounts) < score
    outcome = logit + exposed + draw.normal(size=accounts)
    return Scored(x, exposed, score, outcome, np.arange(accounts))


def contender(name: str, accounts: int) -> tuple[Callable[[], Any], Callable[..., Any]]:
    """The work to be timed, and what is read off its result: the effect."""
    rows = drawn(accounts)
    if name == "aipw":
        return lambda: _lichen(rows), lambda found: round(found.value, 9)
    from lichen.inference.folds import folds_of

    folds = folds_of(rows.ids, FOLDS)
    return lambda: _lines(rows, folds), lambda found: round(found, 9)


def _lichen(rows: Scored) -> Any:
    from lichen.inference.doubly_robust import aipw

    return aipw(rows.outcome, rows.exposed, rows.x, score=rows.score, ids=rows.ids, folds=FOLDS)


def _lines(rows: Scored, folds: NDArray[np.int64]) -> float:
    """The same effect without an error."""
    from sklearn.linear_model import LinearRegression

    told = np.empty(len(rows.outcome))
    for fold in range(FOLDS):
        learn = ~rows.exposed & (folds != fold)
        line = LinearRegression().fit(rows.x[learn], rows.outcome[learn])
        told[folds == fold] = line.predict(rows.x[folds == fold])
    left = rows.outcome - told
    odds = rows.score[~rows.exposed] / (1 - rows.score[~rows.exposed])
    return float(left[rows.exposed].mean() - np.average(left[~rows.exposed], weights=odds))
