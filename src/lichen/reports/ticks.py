"""Round numbers along an axis, chosen here so that drawings leave room beyond the last one."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

_STEPS = (1.0, 2.0, 5.0, 10.0)


def round_ticks(values: Sequence[float], about: int = 6) -> tuple[float, float, list[float]]:
    """The ends of an axis that holds these values with a little room, and round ticks on it.

    `about` is how many ticks are wanted; steps are 1, 2 or 5 times a power of ten.
    """
    low, high = min(values), max(values)
    room = (high - low) * 0.04 or 1.0
    low, high = low - room, high + room
    rough = (high - low) / about
    size = 10.0 ** floor(log10(rough))
    step = next(each * size for each in _STEPS if each * size >= rough * 0.999)
    first, last = ceil(low / step), floor(high / step)
    return low, high, [place * step for place in range(first, last + 1)]
