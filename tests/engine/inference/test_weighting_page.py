"""The numbers that the page on weighting shows are the numbers that the code gives."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worked_tables import Table, worked_tables

from lichen.inference import propensity
from lichen.inference.doubly_robust import aipw
from lichen.inference.weighting import balanced, entropy_balance, ipw

ROWS, FIGURES, LARGE = worked_tables("weighting")


def _column(table: Table, name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in table])


def _exposed(table: Table) -> np.ndarray:
    return np.array([row["exposed"] == "yes" for row in table])


def test_the_weighted_difference_and_every_influence_are_those_of_the_page() -> None:
    exposed, outcome = _exposed(ROWS), _column(ROWS, "outcome")
    score = np.round(_column(ROWS, "propensity") * 12) / 12
    # 0.2 is no twelfth; it is written in full.
    score[_column(ROWS, "propensity") == 0.2] = 0.2
    found = ipw(outcome, exposed, score)
    together = ipw(outcome, exposed, score, clusters=[1, 2, 3, 4, 5, 6, 7, 7])
    shown = {row["figure"]: float(row["value"]) for row in FIGURES}
    assert {
        "effect on the exposed": found.value,
        "error": found.se,
        "error, 7 and 8 one account": together.se,
        "effective controls": found.diagnostics["effective_controls"],
    } == pytest.approx(shown, abs=5e-5)
    assert found.influence == pytest.approx(_column(ROWS, "influence"), abs=5e-5)
    odds = np.where(exposed, 1, score / (1 - score))
    assert odds == pytest.approx(_column(ROWS, "weight"), abs=5e-3)


def test_three_methods_agree_on_one_covariate_of_two_values() -> None:
    exposed, outcome = _exposed(LARGE), _column(LARGE, "outcome")
    x = _column(LARGE, "large")[:, None]
    fit = propensity.fit(x, exposed, per_parameter=0)
    assert fit.score == pytest.approx(np.where(x[:, 0] == 1, 0.6, 1 / 3))
    three = (
        ipw(outcome, exposed, fit.score, fit=fit),
        balanced(outcome, exposed, x),
        aipw(outcome, exposed, x, folds=1),
    )
    for found in three:
        assert found.value == pytest.approx(3.2, abs=1e-9)
        assert found.influence == pytest.approx(_column(LARGE, "influence"), abs=1e-7)
    shares = entropy_balance(x, exposed).weights / 5
    assert shares == pytest.approx(_column(LARGE, "share"), abs=1e-9)
