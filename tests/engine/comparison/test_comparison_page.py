"""The worked example of the page on comparisons, as people read it."""

from __future__ import annotations

import pytest
from drawn_panels import RULES
from worked_tables import worked_tables

from lichen.inference.multiplicity import holm
from lichen.value.comparison.outcomes import OUTCOMES
from lichen.value.comparison.result import BalanceRow, Counts, Effect
from lichen.value.comparison.verdict import Evidence, judge

GIVEN, SAID = worked_tables("comparison")


def evidence(row: dict[str, str], adjusted_p: float) -> Evidence:
    matched, unmatched = int(row["matched accounts"]), int(row["unmatched"])
    counts = Counts(matched + unmatched, matched, unmatched, int(row["controls"]), 900, 50.0, 0, {})
    passes = row["worst balance"] == "passes"
    return Evidence(
        matched=Effect(float(row["effect"]), None, None, 0.01, matched),
        doubly_robust=Effect(float(row["dr"]), None, None, 0.01, matched),
        direction=1 if row["better"] == "higher" else -1,
        adjusted_p=adjusted_p,
        counts=counts,
        balance=(BalanceRow("tenure", 0.4, 0.05, 0.1, 1.0, 0.1, passes),),
        placebo=None,
        is_separated=False,
        landmarks=8,
        rarer=int(row["rarer"]) if row["rarer"] else None,
    )


def test_the_directions_of_the_page_are_those_of_the_catalogue() -> None:
    better = {row["outcome"]: row["better"] for row in GIVEN}
    assert better == {
        name: "higher" if OUTCOMES[name].direction > 0 else "lower" for name in better
    }


def test_the_page_adjusts_p_values_as_holm_does() -> None:
    adjusted = holm([float(row["p"]) for row in GIVEN])
    assert adjusted == pytest.approx([float(row["adjusted p"]) for row in SAID], abs=1e-12)


@pytest.mark.parametrize("place", range(len(GIVEN)))
def test_the_page_says_the_verdicts_and_why(place: int) -> None:
    verdict, reasons = judge(evidence(GIVEN[place], float(SAID[place]["adjusted p"])), RULES)
    assert verdict == SAID[place]["verdict"]
    assert "; ".join(reasons) == SAID[place]["because"]
