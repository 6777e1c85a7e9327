"""Where matches run out, a propensity gets a kink."""

from __future__ import annotations

import numpy as np
import pytest

from lichen.inference.arm_errors import UnusableArms
from lichen.inference.trimming import thinning


def test_the_column_is_what_exceeds_the_ninetieth_percentile_of_the_exposed() -> None:
    # Exposed at 0, 1, ..., 10: the percentile is 9. Thirty controls lie beyond, at 9.5.
    logit = np.concatenate([np.arange(11.0), np.full(30, 9.5)])
    exposed = np.arange(41) < 11
    expected = np.concatenate([np.zeros(10), [1.0], np.full(30, 0.5)])
    assert thinning(logit, exposed) == pytest.approx(expected)


def test_the_knot_moves_down_until_twenty_controls_lie_beyond() -> None:
    # Controls at 1 to 100: the twentieth from above is at 81.
    logit = np.concatenate([np.full(30, 95.0), np.arange(1.0, 101.0)])
    column = thinning(logit, np.arange(130) < 30)
    assert column[:30] == pytest.approx(14.0)
    assert np.count_nonzero(column[30:]) == 19
    assert column[-1] == pytest.approx(19.0)


def test_order_changes_nothing_and_another_base_of_the_logit_only_scales() -> None:
    rng = np.random.default_rng(3)
    logit, exposed = rng.normal(0, 1, 200), rng.random(200) < 0.3
    turned = rng.permutation(200)
    column = thinning(logit, exposed)
    assert thinning(logit[turned], exposed[turned]) == pytest.approx(column[turned], abs=1e-12)
    assert thinning(logit * 3 + 1, exposed) == pytest.approx(column * 3)


def test_an_empty_arm_has_no_knot_and_a_gap_is_refused() -> None:
    assert thinning([1.0, 2.0], [1, 1]).tolist() == [0, 0]
    assert thinning([1.0, 2.0], [0, 0]).tolist() == [0, 0]
    with pytest.raises(UnusableArms, match="row 1"):
        thinning([1.0, np.nan], [0, 1])
