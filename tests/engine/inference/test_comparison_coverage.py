"""Comparisons hold the truth about as often as they say, and claim nothing where nothing is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from benchmarks.comparison_coverage import LIMITS, METHODS, PAGE, WORLDS, failures, simulated
from benchmarks.confounded import Setting, auc, drawn
from sklearn.metrics import roc_auc_score

OTHER_SEED = 17


def rows_of_page() -> Iterator[dict[str, str]]:
    """The rows of the simulated tables, by the names of their columns."""
    head: list[str] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or line.startswith("|---"):
            continue
        if cells[0] == "data":
            head = cells
        else:
            yield dict(zip(head, cells, strict=True))


def test_every_method_but_the_plain_split_holds_what_the_page_promises() -> None:
    hard = {setting.name for setting in LIMITS}
    rows = [row for row in rows_of_page() if "method" in row and row["data"] not in hard]
    assert {(row["data"], row["outcome"], row["method"]) for row in rows} == {
        (world.name, outcome, method)
        for world in WORLDS
        for outcome in ("amount", "yes or no")
        for method in METHODS
    }
    for row in rows:
        coverage, bias = float(row["coverage"].rstrip("%")), float(row["bias"])
        if row["method"] == "naive":
            assert coverage < 5 and bias > 3, row
        else:
            # 95% and three Monte Carlo errors of 2,000 data sets.
            assert 93.5 <= coverage <= 96.5 and abs(bias) <= 0.2, row


def test_limits_are_shown_too_and_matching_keeps_its_bias_small_in_them() -> None:
    rows = [row for row in rows_of_page() if row["data"] in {each.name for each in LIMITS}]
    assert len(rows) == len(LIMITS) * 2 * len(METHODS)
    matched = [float(row["bias"]) for row in rows if row["method"] == "matched"]
    assert max(map(abs, matched)) <= 0.2


def test_pages_without_an_effect_claim_one_in_a_twentieth_at_most() -> None:
    rows = [row for row in rows_of_page() if "pages claim" in row]
    assert [row["data"] for row in rows] == [world.name for world in WORLDS]
    for row in rows:
        assert row["data sets"] == "2,000"
        assert 0.75 <= float(row["AUC"]) <= 0.85
        # 5% and two Monte Carlo errors.
        assert float(row["pages claim"].rstrip("%")) <= 6.0
        assert float(row["plain split claims"].rstrip("%")) > 99


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_other_data_sets_are_held_as_often(world: Setting) -> None:
    assert list(failures([simulated(world, OTHER_SEED, 200)])) == []


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_an_account_is_seen_until_a_partner_comes_and_its_effects_are_known(world: Setting) -> None:
    data = drawn(np.random.default_rng(4), world, {})
    panel = data.panel
    accounts, times = np.unique(panel.account, return_counts=True)
    assert len(accounts) == 2_000 and times.max() <= world.quarters
    # Nobody is seen after a partner came.
    last = np.zeros(2_000, dtype=int)
    np.maximum.at(last, panel.account, panel.landmark)
    assert (panel.landmark[panel.exposed] == last[panel.account[panel.exposed]]).all()
    assert data.effects["amount"].mean() == pytest.approx(0.4 + 0.2 / 3, abs=0.03)
    assert (data.effects["yes or no"] > 0).all()
    assert set(np.unique(data.outcomes["yes or no"])) == {0.0, 1.0}


def test_the_separation_of_the_arms_is_that_of_another_library() -> None:
    rng = np.random.default_rng(1)
    score, exposed = rng.normal(0, 1, 300), rng.random(300) < 0.3
    assert auc(score, exposed) == pytest.approx(roc_auc_score(exposed, score))
