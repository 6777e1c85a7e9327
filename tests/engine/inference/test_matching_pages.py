"""The worked examples of the pages on propensity and matching."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.worked_tables import Table, worked_tables

from lichen.inference.matching import att, leave_one_out, nearest
from lichen.inference.propensity import Propensity, fit


def _fitted(table: Table) -> Propensity:
    rows = [int(row["rows"]) for row in table]
    flag = np.repeat([float(row["flag"]) for row in table], rows)
    return fit(flag[:, None], np.repeat([row["exposed"] == "yes" for row in table], rows),
               names=["flag"])  # fmt: skip


def test_the_propensity_page_shows_what_the_fit_gives() -> None:
    table, plain, separated, firth = worked_tables("propensity")
    found, bound = _fitted(table), _fitted(separated)
    errors = np.sqrt(np.diag(found.covariance))
    for row, name, value, error in zip(plain, found.names, found.coefficients, errors, strict=True):
        assert row["parameter"] == name
        assert value == pytest.approx(float(row["coefficient"]), abs=5e-5)
        assert error == pytest.approx(float(row["standard error"]), abs=5e-5)
    assert (found.firth, bound.firth) == (False, True)
    for row, value in zip(firth, bound.coefficients, strict=True):
        assert value == pytest.approx(float(row["coefficient"]), abs=5e-5)


def test_the_matching_page_shows_what_the_match_gives() -> None:
    table, figures, weights = worked_tables("matching")
    names = np.array([row["account"] for row in table])
    outcome = [float(row["outcome"]) for row in table]
    score = [float(row["score"]) for row in table]
    match = nearest(score, [row["exposed"] == "yes" for row in table], caliper=0.3)
    pairs = match.pairs()
    for row in table:
        near = names[pairs.controls[names[pairs.exposed] == row["account"]]]
        assert sorted(near) == row["controls"].split()
    found = att(outcome, match)
    without = leave_one_out(outcome, match, names)
    told = {"effect": found.value, "standard error": found.se}
    told |= {f"without {name}": value for name, value in zip(without.groups, without.value,
                                                             strict=True)}  # fmt: skip
    assert {row["figure"] for row in figures} == set(told)
    for row in figures:
        assert told[row["figure"]] == pytest.approx(float(row["value"]), abs=5e-5)
    for row in weights:
        (place,) = np.flatnonzero(names == row["account"])
        assert match.control_weights[place] == pytest.approx(float(row["weight"]))
