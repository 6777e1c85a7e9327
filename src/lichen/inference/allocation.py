"""Dividing a whole amount so that no unit is lost and none is made."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def largest_remainder(total: int, weights: ArrayLike) -> NDArray[np.int64]:
    """`total` in whole parts that add up to it, in proportion to `weights` (integers, 0 or more).

    Each part is its exact share rounded down, and one more for the largest remainders, the earlier
    weight first where they tie. A negative total is divided like the positive one. All parts are 0
    where the weights are.

    Source: Hamilton's method; Balinski and Young (1982), Fair Representation, chapter 3.
    """
    given = np.asarray(weights, dtype=object)
    size = int(sum(given.tolist()))
    if size <= 0:
        return np.zeros(len(given), dtype=np.int64)
    exact: NDArray[Any] = given * abs(total)
    parts = (exact // size).astype(np.int64)
    rest = exact - parts.astype(object) * size
    missing = abs(total) - int(parts.sum())
    # A stable sort of the negated remainders keeps the earlier of equals in front.
    parts[np.argsort(-rest, kind="stable")[:missing]] += 1
    return parts if total >= 0 else -parts
