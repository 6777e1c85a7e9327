"""The verdict: its checks in the order of the definition, and the sentence that tells it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lichen.value.comparison.exposure import Exposure
from lichen.value.comparison.phrases import where
from lichen.value.comparison.result import BalanceRow, Counts, Effect, Placebo
from lichen.value.comparison.sentence import Told, sentence
from lichen.value.comparison.verdict import Evidence, judge
from lichen.vocabulary.definitions import Comparison
from lichen.vocabulary.figure import Verdict

RULES = Comparison.model_validate({})

COUNTS = Counts(
    exposed=100, matched=90, unmatched=10, controls=120, pool=900, ess=80.0, prevalent=7, reasons={}
)
ALIKE = BalanceRow("tenure", 0.4, 0.05, 0.1, 1.0, 0.02, passes=True)
APART = BalanceRow("arr", 0.6, 0.3, 0.25, 1.4, 0.2, passes=False)

CLEAR = Evidence(
    matched=Effect(0.06, 0.03, 0.09, 0.015, 90),
    doubly_robust=Effect(0.05, 0.02, 0.08, 0.015, 90),
    direction=1,
    adjusted_p=0.0004,
    counts=COUNTS,
    balance=(ALIKE,),
    placebo=Placebo("growth", 0.01, -0.02, 0.04, 80, passes=True),
    is_separated=False,
    landmarks=4,
    rarer=25,
)


def test_a_sure_difference_in_the_better_way_helps() -> None:
    assert judge(CLEAR, RULES) == (Verdict.HELPS, ())


def test_the_same_difference_hurts_where_lower_is_better() -> None:
    assert judge(replace(CLEAR, direction=-1), RULES)[0] is Verdict.HURTS


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"landmarks": 0}, "no quarter has been followed"),
        ({"counts": COUNTS.__class__(**{**COUNTS.__dict__, "matched": 29})}, "29 matched"),
        ({"counts": COUNTS.__class__(**{**COUNTS.__dict__, "controls": 29})}, "29 similar"),
        ({"rarer": 9}, "9 accounts with the rarer result"),
        ({"rarer": None, "reached": 9}, "9 accounts that got there"),
        ({"matched": Effect(0.06, None, None, None, 90)}, "no error"),
        ({"matched": Effect(0.0, 0.0, 0.0, 0.0, 90)}, "no error"),
    ],
)
def test_too_little_data_comes_before_everything_else(
    change: dict[str, object], reason: str
) -> None:
    verdict, reasons = judge(replace(CLEAR, is_separated=True, **change), RULES)
    assert verdict is Verdict.NOT_ENOUGH_DATA
    assert any(reason in told for told in reasons)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"balance": (ALIKE, APART)}, "still differ in arr"),
        ({"is_separated": True}, "told without error"),
        ({"is_unchecked": True}, "not known before their first contract"),
        (
            {"counts": COUNTS.__class__(**{**COUNTS.__dict__, "matched": 79, "unmatched": 21})},
            "21% of accounts have no similar one",
        ),
        (
            {"placebo": Placebo("growth", 0.05, 0.01, 0.09, 80, passes=False)},
            "already differed a year earlier",
        ),
    ],
)
def test_arms_that_are_not_alike_are_not_compared_however_sure_the_difference(
    change: dict[str, object], reason: str
) -> None:
    verdict, reasons = judge(replace(CLEAR, **change), RULES)
    assert verdict is Verdict.NOT_COMPARABLE
    assert any(reason in told for told in reasons)


def test_exactly_a_fifth_without_a_match_is_still_compared() -> None:
    counts = COUNTS.__class__(**{**COUNTS.__dict__, "matched": 80, "unmatched": 20})
    assert judge(replace(CLEAR, counts=counts), RULES)[0] is Verdict.HELPS


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"adjusted_p": 0.01}, "chance"),
        ({"adjusted_p": None}, "not a primary outcome"),
        ({"doubly_robust": Effect(-0.01, -0.04, 0.02, 0.015, 90)}, "agree in sign"),
        ({"doubly_robust": Effect(None, None, None, None, 0)}, "agree in sign"),
        ({"direction": 0}, "neither way"),
    ],
)
def test_a_difference_that_is_not_sure_is_no_clear_effect(
    change: dict[str, object], reason: str
) -> None:
    verdict, reasons = judge(replace(CLEAR, **change), RULES)
    assert verdict is Verdict.NO_CLEAR_EFFECT
    assert reason in reasons[0]


TOLD = Told(
    title="logo retention",
    who="where a partner joined",
    similar="in similar accounts without partners",
    horizon=12,
    unit="ratio",
    exposed_mean=0.912,
    control_mean=0.86,
    difference=0.052,
    low99=0.011,
    high99=0.093,
    matched=1412,
    verdict=Verdict.HELPS,
    reasons=(),
)


def test_a_claim_says_which_way_against_whom_how_sure_and_on_how_many() -> None:
    assert sentence(TOLD) == (
        "Logo retention is higher where a partner joined: 91.2% over the next 12 months against "
        "86.0% in similar accounts without partners, +5.2 points (99% interval +1.1 to "
        "+9.3 points; 1,412 accounts)."
    )


def test_no_clear_effect_claims_no_direction() -> None:
    told = sentence(replace(TOLD, verdict=Verdict.NO_CLEAR_EFFECT))
    assert told.startswith("No clear effect on logo retention where a partner joined: 91.2%")
    assert "higher" not in told


@pytest.mark.parametrize(
    ("verdict", "begins"),
    [
        (Verdict.NOT_ENOUGH_DATA, "Not enough data to compare logo retention"),
        (Verdict.NOT_COMPARABLE, "Logo retention where a partner joined is not comparable"),
    ],
)
def test_without_a_verdict_there_is_a_reason_and_no_number(verdict: Verdict, begins: str) -> None:
    told = sentence(replace(TOLD, verdict=verdict, reasons=("the reason",)))
    assert told.startswith(begins)
    assert told.endswith("the reason.")
    assert "%" not in told


def test_kinds_of_partners_read_with_their_article() -> None:
    read = [where(Exposure("partner_kind", kind)) for kind in ("alliance", "reseller")]
    assert read == ["where an alliance partner joined", "where a reseller partner joined"]
