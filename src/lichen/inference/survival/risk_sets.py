"""Who was at risk when: arrays of one value an account, tallied at each distinct time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.inference.survival.errors import (
    EntryNotBeforeEnd,
    LengthsDiffer,
    Negative,
    NobodyFollowed,
    NotCodes,
    NotFinite,
    NotFlat,
)

Floats = NDArray[np.float64]
Indexes = NDArray[Any]
"""Whole numbers of any width."""

ROUNDING = 1e-12
"""Sums of weights that differ by less than this share of all weights are equal."""

BLOCK = 15_360
"""Rows that are looked at together: what is worked out of them stays in cache, and is small enough
for the allocator to keep, where fresh memory would cost as much as the counting."""

PLACES = 65_536
"""Whole times are their own places while they do not exceed the rows by more than this."""

TINY = 1e-290


@dataclass(frozen=True, eq=False)
class RiskSets:
    """What happened at each time at which somebody's following ended.

    `times` (T) ascend; `events[k]` (T) is the weight of accounts that ended by cause k + 1 then;
    `at_risk` (T) the weight of accounts with entry < time <= duration.
    """

    times: Floats
    at_risk: Floats
    events: tuple[Floats, ...]
    weight: float
    followed_from: float
    """The earliest entry; before it nobody was followed."""
    emptied_at: float | None
    """The first time at which all at risk were gone, though others entered later."""


def risk_sets(
    durations: ArrayLike,
    causes: ArrayLike,
    entry: ArrayLike | None,
    weights: ArrayLike | None,
    *,
    name: str,
    highest: int | None = None,
) -> RiskSets:
    """Tally of who was at risk and who ended; `causes` (called `name`) are 0 for not ended.

    `highest` is the number of causes, by default the largest met.

    Raises:
        UnusableTimes: a subclass says which array is wrong, where, and what to do.
    """
    ends = _times("durations", durations)
    codes = _codes(name, causes, len(ends), highest)
    weight = None if weights is None else _weights(weights, len(ends))
    since = None if entry is None else _entries(entry, ends)
    count = highest or max(1, int(codes.max()))
    tally = _in_place if _are_places(ends) else _by_sorting
    times, left, entered = tally(ends, codes, count, weight, since)
    return _tallied(times, left, entered, since)


def _tallied(times: Floats, left: Floats, entered: Floats | None, since: Floats | None) -> RiskSets:
    gone = left.sum(axis=0)
    # Summed from the end, so that the last ones at risk are exactly those who leave last.
    at_risk = np.cumsum(gone[::-1])[::-1]
    weight = float(at_risk[0]) if len(at_risk) else 0.0
    if weight <= 0:
        raise NobodyFollowed
    if entered is not None:
        at_risk = at_risk - (weight - entered)
    at_risk = np.where(at_risk - gone < ROUNDING * weight, gone, at_risk)
    emptied = np.flatnonzero(at_risk[:-1] == gone[:-1])
    return RiskSets(
        times,
        at_risk,
        tuple(left[1:]),
        weight,
        0.0 if since is None else float(since.min()),
        float(times[emptied[0]]) if len(emptied) else None,
    )


def _in_place(
    ends: Floats, codes: Indexes, count: int, weight: NDArray[Any] | None, since: Floats | None
) -> tuple[Floats, Floats, Floats | None]:
    """Times, weights that left at each by cause (0 first), and all that had entered before each.

    The times are whole numbers and their own places. Rows go by in blocks that stay in cache.
    """
    size = int(ends.max()) + 1
    left, entered = np.zeros((count + 1) * size), np.zeros(size)
    # A block of fewer rows than places would spend its time on adding empty places.
    step = max(BLOCK, size)
    for start in range(0, len(ends), step):
        rows = slice(start, start + step)
        each = None if weight is None else weight[rows]
        places = ends[rows].astype(np.intp)
        places += codes[rows].astype(np.intp) * size
        left += np.bincount(places, each, len(left))
        if since is not None:
            # A whole time is later than an entry from the next whole number on.
            first = since[rows].astype(np.intp)
            first += 1
            entered += np.bincount(first, each, size)
    by_cause = left.reshape(count + 1, size)
    kept = by_cause.any(axis=0)
    times = np.flatnonzero(kept).astype(np.float64)
    if since is None:
        return times, by_cause[:, kept], None
    return times, by_cause[:, kept], np.cumsum(entered)[kept]


def _by_sorting(
    ends: Floats, codes: Indexes, count: int, weight: NDArray[Any] | None, since: Floats | None
) -> tuple[Floats, Floats, Floats | None]:
    """The same for times of any kind, by one sort."""
    order, ordered = _ascending(ends)
    cause = codes[order]
    each = np.ones(len(ends)) if weight is None else weight[order]
    left = np.array([np.where(cause == code, each, 0.0) for code in range(count + 1)])
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    if len(starts) < len(ends):
        left, ordered = np.add.reduceat(left, starts, axis=1), ordered[starts]
    kept = left.any(axis=0)
    if not kept.all():
        left, ordered = left[:, kept], ordered[kept]
    return ordered, left, None if since is None else _entered_among(ordered, since, weight)


def _entered_among(times: Floats, since: Floats, weight: NDArray[Any] | None) -> Floats:
    """The weights that had entered before each time."""
    # Entries in rough order find their place in memory that is still at hand.
    rough = np.argsort(_scaled(since, 16).astype(np.uint16), kind="stable")
    places = np.searchsorted(times, since[rough], side="right")
    each = None if weight is None else weight[rough]
    return np.cumsum(np.bincount(places, each, len(times) + 1)[:-1])


def _ascending(values: Floats) -> tuple[Indexes, Floats]:
    """The order of the values and the values in it.

    NumPy sorts numbers of 16 bits in one pass, so three passes over 48 bits of each value's place
    in the range bring all in order but for near ties, which a usual sort then settles.
    """
    scaled = _scaled(values, 48)
    order = np.argsort(scaled.astype(np.uint16), kind="stable")
    for _ in range(2):
        scaled >>= 16
        order = order[np.argsort(scaled.astype(np.uint16)[order], kind="stable")]
    ordered = values[order]
    if (ordered[1:] < ordered[:-1]).any():
        order = np.argsort(values)
        ordered = values[order]
    return order, ordered


def _scaled(values: Floats, bits: int) -> Indexes:
    """Whole numbers of so many bits in the order of the values, but for ties."""
    top = float(values.max())
    # A range too small to divide by is all ties.
    return (values * ((2**bits - 1) / top if top > TINY else 0.0)).astype(np.uint64)


def _are_places(ends: Floats) -> bool:
    """Whether the times are whole and not far more than rows."""
    if ends.max() > len(ends) + PLACES:
        return False
    blocks = (ends[start : start + BLOCK] for start in range(0, len(ends), BLOCK))
    return all(bool((block == np.floor(block)).all()) for block in blocks)


def _weights(values: ArrayLike, length: int) -> NDArray[Any]:
    """Finite numbers that are not negative; whole numbers stay as they are, uncopied."""
    given = np.asarray(values)
    if given.dtype.kind not in "iu" or given.shape != (length,):
        return _times("weights", given, length)
    if given.min() < 0:
        row = int(np.flatnonzero(given < 0)[0])
        raise Negative("weights", row, float(given[row]))
    return given


def _times(name: str, values: ArrayLike, length: int | None = None) -> Floats:
    """Finite numbers that are not negative, one dimension."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise NotFinite(name, _first_not_number(values)) from None
    _check_shape(name, array, length)
    # NaN comes through both, so two passes tell all that can be wrong.
    low, high = float(array.min()), float(array.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise NotFinite(name, int(np.flatnonzero(~np.isfinite(array))[0]))
    if low < 0:
        row = int(np.flatnonzero(array < 0)[0])
        raise Negative(name, row, float(array[row]))
    return array


def _first_not_number(values: Any) -> int:
    for row, value in enumerate(values):
        try:
            float(value)
        except (TypeError, ValueError):
            return row
    return 0


def _check_shape(name: str, array: NDArray[Any], length: int | None) -> None:
    if array.ndim != 1:
        raise NotFlat(name, array.ndim)
    if length is not None and len(array) != length:
        raise LengthsDiffer(name, len(array), length)
    if not len(array):
        raise NobodyFollowed


def _entries(entry: ArrayLike, ends: Floats) -> Floats:
    since = _times("entry", entry, len(ends))
    late = since >= ends
    if late.any():
        row = int(np.flatnonzero(late)[0])
        raise EntryNotBeforeEnd(row, float(since[row]), float(ends[row]))
    return since


def _codes(name: str, values: ArrayLike, length: int, highest: int | None) -> Indexes:
    """Whole numbers from 0 up to `highest`."""
    given = np.asarray(values)
    _check_shape(name, given, length)
    if given.dtype == np.bool_:
        return given.view(np.uint8)
    if given.dtype.kind not in "iuf":
        raise NotCodes(name, 0, given[0].item(), _meaning(highest))
    bad = ~np.isfinite(given) | (given < 0)
    codes = np.where(bad, 0, given).astype(np.intp)
    bad |= codes != given
    if highest is not None:
        bad |= codes > highest
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise NotCodes(name, row, given[row].item(), _meaning(highest))
    return codes


def _meaning(highest: int | None) -> str:
    if highest == 1:
        return "True where the end was observed, False where the account was still there"
    return "0 where the account was still there, else the number of its cause, from 1"
