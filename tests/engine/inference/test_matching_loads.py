"""A match that carries nothing loads nothing onto its controls, to the last bit."""

from __future__ import annotations

import numpy as np

from lichen.inference import matching


def test_controls_of_matches_that_do_not_count_carry_exactly_nothing() -> None:
    rng = np.random.default_rng(3)
    score, exposed = rng.normal(size=400), np.arange(400) < 150
    match = matching.nearest(score, exposed, ratio=3)
    counted = np.where(rng.random(400) < 0.2, rng.random(400) / 3, 0.0)
    loads = match.loads(counted[match.rows], None)
    by_hand = np.zeros(400)
    for row, controls in zip(match.rows, _controls(score, exposed, match.rows), strict=True):
        by_hand[controls] += counted[row] / 3
    assert np.allclose(loads, by_hand)
    assert ((loads == 0) == (by_hand == 0)).all()
    assert (loads >= 0).all()


def _controls(score: np.ndarray, exposed: np.ndarray, rows: np.ndarray) -> list[np.ndarray]:
    pool = np.flatnonzero(~exposed)
    return [pool[np.argsort(np.abs(score[pool] - score[row]))[:3]] for row in rows]
