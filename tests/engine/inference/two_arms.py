"""Two arms drawn at random, exposed more often where the outcome is high anyway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit


@dataclass(frozen=True)
class Drawn:
    """Rows with covariates of different units; the true effect is 2 for everyone."""

    y: NDArray[Any]
    t: NDArray[Any]
    x: NDArray[Any]
    account: NDArray[Any]
    weight: NDArray[Any]
    score: NDArray[Any]

    def take(self, rows: NDArray[Any]) -> Drawn:
        names = ("y", "t", "x", "account", "weight", "score")
        return Drawn(*(getattr(self, name)[rows] for name in names))


def drawn(seed: int = 1, n: int = 300, accounts: int = 120) -> Drawn:
    rng = np.random.default_rng(seed)
    arr = np.exp(rng.normal(10, 1, n))
    seats = rng.poisson(20, n).astype(float)
    flag = (rng.random(n) < 0.3).astype(float)
    z = 0.8 * (np.log(arr) - 10) + 0.05 * (seats - 20) + 0.5 * flag - 0.6
    t = rng.random(n) < expit(z)
    y = 5 + 3 * np.log(arr) / 10 + 0.1 * seats - flag + 2 * t + rng.normal(0, 1, n)
    weight = rng.integers(1, 4, n).astype(float)
    return Drawn(
        y, t, np.column_stack([arr, seats, flag]), rng.integers(0, accounts, n), weight, expit(z)
    )
