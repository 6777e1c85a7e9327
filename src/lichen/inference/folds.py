"""Folds and subsamples drawn by hash: where an account goes depends on its id and on nothing else.

Neither the order of rows nor the presence of others changes a draw, and rows of one account always
go together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lichen.kernel.errors import LichenError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)


class NotIds(LichenError):
    """Ids that are neither whole numbers nor text, or not one for each row."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(
            f"Ids are {found}.", "Pass a flat array of whole numbers or of text, one for each row."
        )


class TooFewFolds(LichenError):
    """A number of folds below 1."""

    def __init__(self, folds: int) -> None:
        self.folds = folds
        super().__init__(f"{folds} folds were asked for.", "Ask for at least one.")


def share_of(ids: ArrayLike, salt: str = "") -> Floats:
    """A number in [0, 1) for each id, spread evenly; the same id and salt give the same, always.

    Rows with a share below s are a sample of a share s of the ids. `ids` are whole numbers or
    text, n of them; another salt gives an unrelated draw.

    Raises:
        NotIds: the ids are something else, or not flat.

    Source: splitmix64, Steele, Lea and Flood (2014), OOPSLA, section 4; text by BLAKE2b.
    """
    mixed = _mixed(_words_of(ids) ^ _word_of(salt))
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def folds_of(ids: ArrayLike, k: int, salt: str = "") -> Ints:
    """For each id its fold, 0 to k - 1; folds are of about equal numbers of ids.

    Raises:
        NotIds: the ids are neither whole numbers nor text, or not flat.
        TooFewFolds: `k` is below 1.
    """
    if k < 1:
        raise TooFewFolds(k)
    return np.asarray(share_of(ids, salt) * k, dtype=np.int64)


def places_of(columns: Sequence[Floats]) -> Ints:
    """For each row its place when all are sorted by content: ids for rows that have none.

    Sorted by the first column, ties by the next. Rows alike in all columns are interchangeable,
    so that the order of rows changes nothing that is computed of folds of these places; nor does
    another unit, since it keeps the order.
    """
    size = len(columns[0])
    order = np.argsort(columns[0])
    tied = _ties(columns[0][order], np.zeros(size, dtype=np.int64))
    for column in columns[1:]:
        rows = np.flatnonzero(tied[1])
        if not len(rows):
            break
        within = np.lexsort((column[order[rows]], tied[0][rows]))
        order[rows] = order[rows][within]
        tied = _ties(column[order], tied[0])
    places = np.empty(size, dtype=np.int64)
    places[order] = np.arange(size)
    return places


def _ties(values: Floats, group: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """The group of each sorted row, alike so far, and whether it has company in it."""
    new = np.ones(len(values), dtype=np.bool_)
    new[1:] = (values[1:] != values[:-1]) | (group[1:] != group[:-1])
    alone = new & np.append(new[1:], True)
    return np.cumsum(new), ~alone


def _words_of(ids: ArrayLike) -> Words:
    given = np.asarray(ids)
    if given.ndim != 1:
        raise NotIds(f"an array of {given.ndim} dimensions")
    if given.dtype == np.uint64:
        return given.astype(np.uint64)
    if given.dtype.kind in "biu":
        return given.astype(np.int64).view(np.uint64)
    if given.dtype.kind not in "OUT" or not all(isinstance(each, str) for each in given.tolist()):
        raise NotIds(f"neither whole numbers nor text, but of type {given.dtype}")
    names, place = np.unique(given.astype(object), return_inverse=True)
    return np.array([_word_of(name) for name in names], dtype=np.uint64)[place]


def _word_of(text: str) -> np.uint64:
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def _mixed(words: Words) -> Words:
    """Splitmix64's finaliser: every bit of the id changes half of the bits given back."""
    with np.errstate(over="ignore"):
        word = words + GOLDEN
        word = (word ^ (word >> np.uint64(30))) * FIRST
        word = (word ^ (word >> np.uint64(27))) * SECOND
    return np.asarray(word ^ (word >> np.uint64(31)))
