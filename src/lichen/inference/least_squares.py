"""Weighted least squares on covariates of any unit, and the same with folds left out in turn."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FLAT = 1e-9
"""Directions with less than this share of the largest variance are taken to be constant."""


class Lines(NamedTuple):
    """One line for each fold, fitted on all others: `slopes` and `inverses` of X'WX, by fold.

    Shapes are (folds, p) and (folds, p, p), for the p columns of the design.
    """

    slopes: Floats
    inverses: Floats


def standardised(x: Floats, weights: Floats) -> Floats:
    """A design: ones, and the columns of x at mean 0 and variance 1 under these weights.

    Columns that are the same for all rows are left out. Shape (n, 1 + columns that vary).
    """
    total = weights.sum()
    varied = np.flatnonzero(np.ptp(x, axis=0) > 0)
    given = x if len(varied) == x.shape[1] else x[:, varied]
    design = np.empty((len(x), 1 + len(varied)))
    design[:, 0] = 1
    moved = design[:, 1:]
    np.subtract(given, weights @ given / total, out=moved)
    spread = np.sqrt(np.einsum("i,ij,ij->j", weights, moved, moved) / total)
    moved /= np.where(spread > 0, spread, 1.0)
    return design


def inverse(gram: Floats) -> Floats:
    """The inverse of a symmetric matrix (p, p), or of the part of it that is not flat."""
    values, vectors = np.linalg.eigh(gram)
    kept = values > FLAT * max(float(values[-1]), 0.0)
    return np.asarray((vectors[:, kept] / values[kept]) @ vectors[:, kept].T)


def gram_of(design: Floats, weights: Floats) -> Floats:
    """X'WX of a design (n, p)."""
    return np.asarray(design.T @ (design * weights[:, None]))


def lines_without(
    design: Floats, outcome: Floats, weights: Floats, folds: Ints, count: int
) -> Lines:
    """For each fold the line through the rows of all other folds; with one fold, through all."""
    size = design.shape[1]
    grams, moments = np.zeros((count, size, size)), np.zeros((count, size))
    used = np.flatnonzero(weights)
    for fold in range(count):
        rows = used if count == 1 else used[folds[used] == fold]
        part, mass = design[rows], weights[rows]
        grams[fold] = gram_of(part, mass)
        moments[fold] = part.T @ (mass * outcome[rows])
    if count > 1:
        grams, moments = grams.sum(axis=0) - grams, moments.sum(axis=0) - moments
    inverses = np.stack([inverse(gram) for gram in grams])
    return Lines(np.einsum("fij,fj->fi", inverses, moments), inverses)


def by_fold(design: Floats, coefficients: Floats, folds: Ints) -> Floats:
    """For each row its design times the coefficients (folds, p) of its own fold."""
    if len(coefficients) == 1:
        return np.asarray(design @ coefficients[0])
    return np.take_along_axis(design @ coefficients.T, folds[:, None], axis=1)[:, 0]


def sums_by_fold(design: Floats, amounts: Floats, folds: Ints, count: int) -> Floats:
    """Sums of design times amounts over the rows of each fold, (folds, p)."""
    if count == 1:
        return np.asarray(design.T @ amounts)[None, :]
    spread = np.zeros((len(amounts), count))
    spread[np.arange(len(amounts)), folds] = amounts
    return np.asarray((design.T @ spread).T)
