"""LaLonde's job programme: what a trial found, found again among men of a survey.

Printed: trial 1,794 (standard error 633) and plain difference with the survey -8,498, Dehejia and
Wahba (1999), JASA 94:1053-1062, table 3; entropy balancing on 52 first moments and interactions
1,571, Hainmueller (2012), Political Analysis 20:25-46, section 5.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from tests.engine.inference.lalonde import columns, trial, with_survey

from lichen.inference import propensity
from lichen.inference.doubly_robust import aipw
from lichen.inference.weighting import balanced, ipw

TRIAL, TRIAL_ERROR = 1794, 633
KNOWN = ("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75")


def _everyone() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Earnings of 1978, who was in the programme, and ten covariates."""
    data = with_survey()
    known = columns(data, *KNOWN)
    idle = (columns(data, "re74", "re75") == 0).astype(float)
    return (
        columns(data, "re78")[:, 0],
        columns(data, "treat")[:, 0],
        np.column_stack([known, idle]),
    )


def test_with_a_level_propensity_it_is_the_plain_difference() -> None:
    drawn = trial()
    level = np.full(len(drawn), 0.4)
    found = ipw(columns(drawn, "re78")[:, 0], columns(drawn, "treat")[:, 0], level)
    assert round(found.value) == TRIAL
    y, t, _ = _everyone()
    assert round(ipw(y, t, np.full(len(y), 0.01)).value) == -8498


def test_entropy_balancing_on_interactions_comes_within_a_percent_of_the_printed_number() -> None:
    y, t, x = _everyone()
    pairs = [x[:, one] * x[:, other] for one, other in combinations(range(10), 2)]
    terms = np.column_stack([x, *[pair for pair in pairs if np.ptp(pair) > 0]])
    # Nobody is black and Hispanic, or earns in a year without earnings: 10 + 45 - 3.
    assert terms.shape[1] == 52
    assert balanced(y, t, terms).value == pytest.approx(1571, rel=0.01)


def test_every_weighting_comes_within_the_error_of_the_trial() -> None:
    y, t, x = _everyone()
    curved = np.column_stack([x, x[:, 0] ** 2, x[:, 0] ** 3, x[:, 1] ** 2, x[:, 1] * x[:, 6]])
    fit = propensity.fit(curved, t)
    for found in (
        ipw(y, t, fit.score, fit=fit),
        balanced(y, t, curved),
        aipw(y, t, curved, fit=fit, ids=np.arange(len(y))),
    ):
        assert abs(found.value - TRIAL) < TRIAL_ERROR
        assert found.low < TRIAL < found.high
