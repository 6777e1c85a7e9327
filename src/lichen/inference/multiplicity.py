"""What p-values are worth when several questions were asked at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.kernel.errors import LichenError

Floats = NDArray[np.float64]


class NotAProbability(LichenError):
    """A p-value that does not lie between 0 and 1."""

    def __init__(self, place: int, value: float) -> None:
        self.place, self.value = place, value
        super().__init__(
            f"The p-value at place {place} is {value!r}.",
            "Pass values between 0 and 1, and NaN for a question that could not be answered.",
        )


def holm(p: ArrayLike) -> Floats:
    """The p-values (k) adjusted so that all k together claim something false at most at that rate.

    The i-th smallest times k - i + 1, never below a smaller one's and at most 1. NaN stays NaN and
    is not counted in k: it asked nothing.

    Source: Holm (1979), Scandinavian Journal of Statistics 6:65-70.

    Raises:
        NotAProbability: a value is outside 0 to 1.
    """
    values, known, order = _ascending(p)
    count = len(order)
    raised = values[order] * np.arange(count, 0, -1)
    return _put_back(known, order, np.maximum.accumulate(raised))


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """The p-values (k) adjusted so that of all that is claimed at most that share is false.

    The i-th smallest times k / i, never above a larger one's. On average, for questions that are
    independent or positively dependent. NaN stays NaN and is not counted in k.

    Source: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57:289-300.

    Raises:
        NotAProbability: a value is outside 0 to 1.
    """
    values, known, order = _ascending(p)
    count = len(order)
    raised = values[order] * count / np.arange(1, count + 1)
    return _put_back(known, order, np.minimum.accumulate(raised[::-1])[::-1])


def _ascending(p: ArrayLike) -> tuple[Floats, NDArray[np.bool_], NDArray[np.intp]]:
    """The known values, where they stood, and their ascending order."""
    given = np.atleast_1d(np.asarray(p, dtype=np.float64))
    known = ~np.isnan(given)
    outside = known & ~((given >= 0) & (given <= 1))
    if outside.any():
        place = int(np.flatnonzero(outside)[0])
        raise NotAProbability(place, float(given[place]))
    values = given[known]
    return values, known, np.argsort(values, kind="stable")


def _put_back(known: NDArray[np.bool_], order: NDArray[np.intp], raised: Floats) -> Floats:
    adjusted = np.full(len(known), np.nan)
    found = np.empty(len(order))
    found[order] = np.minimum(raised, 1.0)
    adjusted[known] = found
    return adjusted
