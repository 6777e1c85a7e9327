"""The likelihood of a logit and its derivatives, in one pass over blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import expit, log_expit

from lichen.inference.estimate import Floats

BLOCK = 16_384
"""Rows taken at once: a block of twenty columns stays in the cache of a processor."""


class Rows(NamedTuple):
    """A design with its intercept (n, k), who was exposed as 0 and 1, and weights (n)."""

    design: Floats
    treated: Floats
    weights: Floats

    def blocks(self) -> Iterator[Rows]:
        """The same rows, some at a time."""
        for start in range(0, len(self.treated), BLOCK):
            part = slice(start, start + BLOCK)
            yield Rows(self.design[part], self.treated[part], self.weights[part])


class State(NamedTuple):
    """Where a search stands.

    `log_likelihood` (penalised where asked for), its gradient (k), the information (k, k), and
    `margin`, the smallest logit on the right side: above 0 where all rows are told without error.
    """

    log_likelihood: float
    gradient: Floats
    information: Floats
    margin: float


def state_at(rows: Rows, slopes: Floats, firth: bool) -> State:
    """The likelihood and its derivatives at these coefficients.

    With `firth`, log|I| / 2 is added to the log likelihood, and h (1/2 - p) to what each row
    gives to the gradient, h being the row's leverage.

    Source: Firth (1993), Biometrika 80:27-38; Heinze and Schemper (2002), Stat. Med. 21:2409-2419.
    """
    size = rows.design.shape[1]
    told, gradient, information = 0.0, np.zeros(size), np.zeros((size, size))
    margin = np.inf
    for block in rows.blocks():
        logit = block.design @ slopes
        score = expit(logit)
        side = np.where(block.treated > 0, logit, -logit)
        told += float(block.weights @ log_expit(side))
        gradient += block.design.T @ (block.weights * (block.treated - score))
        spread = block.weights * score * (1 - score)
        information += block.design.T @ (block.design * spread[:, None])
        margin = min(margin, float(np.min(side[block.weights > 0], initial=np.inf)))
    if firth:
        told += 0.5 * float(np.linalg.slogdet(information)[1])
        gradient += _pull_to_the_middle(rows, slopes, information)
    return State(told, gradient, information, margin)


def _pull_to_the_middle(rows: Rows, slopes: Floats, information: Floats) -> Floats:
    inverse = np.linalg.pinv(information, hermitian=True)
    pull = np.zeros(rows.design.shape[1])
    for block in rows.blocks():
        score = expit(block.design @ slopes)
        leverage = np.einsum("ij,ij->i", block.design @ inverse, block.design)
        leverage *= block.weights * score * (1 - score)
        pull += block.design.T @ (leverage * (0.5 - score))
    return pull
