"""The placebo is compared in strata of a year earlier, not in those of the day on which it ends."""

from __future__ import annotations

import numpy as np
import pytest

from lichen.value.comparison.panel import NOBODY, Panel
from lichen.value.comparison.placebo import placebo_of
from lichen.value.comparison.strata_then import strata_known
from lichen.vocabulary.definitions import Comparison as Rules

T0 = 24_000


def panel_of(size: list[float], stratum: list[int], **words: list[int]) -> Panel:
    rows = len(size)
    return Panel(
        account=np.arange(rows, dtype=np.int64),
        landmark=np.full(rows, T0, np.int64),
        exposed=np.zeros(rows, np.bool_),
        stratum=np.array(stratum, np.int64),
        partner=np.full(rows, NOBODY, np.int64),
        weight=np.ones(rows),
        numbers={"log_arr": np.array(size)},
        words={name: np.array(codes, np.int64) for name, codes in words.items()},
        levels=dict.fromkeys(words, ("enterprise", "smb")),
        outcomes={},
    )


def test_thirds_are_of_the_arr_that_was_known_then() -> None:
    # By the ARR of Q0 the smallest account is in the highest third.
    panel = panel_of([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 0, 0, 1, 1, 2])
    assert (strata_known(panel) - T0 * 1000).tolist() == [0, 0, 1, 1, 2, 2]


def test_accounts_without_arr_then_are_a_stratum_of_their_own() -> None:
    panel = panel_of([1.0, np.nan, 2.0, 2.0], [0, 0, 1, 2])
    assert (strata_known(panel) - T0 * 1000).tolist() == [0, 3, 1, 1]


def test_a_segment_is_that_of_a_year_earlier() -> None:
    panel = panel_of([1.0, 2.0], [0, 0], segment=[1, 0])
    assert (strata_known(panel) - T0 * 1000).tolist() == [1, 0]


@pytest.mark.parametrize("seed", range(3))
def test_strata_of_the_end_would_hide_most_of_a_difference_in_growth(seed: int) -> None:
    """Partners join accounts that grew; log growth has an SD of 0.2, ARR one of 0.6."""
    draw = np.random.default_rng(seed)
    before, growth = draw.normal(10, 0.6, 1500), draw.normal(0, 0.2, 1500)
    joined = draw.random(1500) < 1 / (1 + np.exp(2.0 - 4.0 * growth))
    at_end = panel_of(before.tolist(), [T0 * 1000] * 1500)
    thirds = np.searchsorted(np.quantile(before + growth, [1 / 3, 2 / 3]), before + growth)
    found = {}
    for name, strata in (("end", T0 * 1000 + thirds), ("then", strata_known(at_end))):
        fields = {**at_end.__dict__, "exposed": joined, "stratum": strata}
        placebo, _ = placebo_of(
            Panel(**{**fields, "outcomes": {"growth": np.exp(growth)}}),
            "growth",
            Rules.model_validate({}),
        )
        assert placebo is not None
        found[name] = placebo.value
    plain = float(np.exp(growth)[joined].mean() - np.exp(growth)[~joined].mean())
    assert found["then"] == pytest.approx(plain, rel=0.2)
    assert found["end"] < 0.75 * found["then"]
