"""Comparisons and ranked partners written by hand, for tests of tables, sentences and pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lichen.value.comparison.result import (
    BalanceRow,
    Compared,
    Comparison,
    Counts,
    Effect,
    EValue,
    Overlap,
    PartnerRank,
    Placebo,
)
from lichen.vocabulary.figure import Verdict

LANDMARKS = (date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30))
NOTHING = Effect(None, None, None, None, 0)

BALANCE = (
    BalanceRow("arr", 0.62, 0.04, 0.1, 1.08, 0.05, True),
    BalanceRow("arr_trend", 0.31, -0.02, 0.1, 0.97, 0.04, True),
    BalanceRow("tenure", -0.28, 0.03, 0.1, 1.02, 0.03, True),
    BalanceRow("adoption", 0.71, 0.06, 0.1, 1.11, 0.06, True),
    BalanceRow("tickets", -0.33, -0.04, 0.1, 0.92, 0.05, True),
    BalanceRow("segment: smb", None, 0.0, 0.1, None, 0.0, True),
)
OVERLAP = Overlap(
    exposed=tuple(float(max(0, 14 - abs(each - 11) * 2)) for each in range(20)),
    controls=tuple(float(max(0, 900 - each * 60)) for each in range(20)),
    matched=tuple(float(max(0, 13 - abs(each - 10) * 2)) for each in range(20)),
)
COUNTS = Counts(118, 114, 4, 341, 1204, 210.5, 31, {"other involvement before": 27, "no arr": 3})


def effect(value: float, half: float, n: int = 114) -> Effect:
    """An effect whose 95% interval reaches this far to both sides."""
    return Effect(value, value - half, value + half, half / 1.96, n)


RENEWED = Comparison(
    exposure="any",
    outcome="renewal_rate",
    horizon=12,
    estimand="starting this quarter against not starting this quarter",
    arms="starting",
    design="quarter",
    unit="ratio",
    direction=1,
    primary=True,
    landmarks=LANDMARKS,
    exposed_mean=0.924,
    control_mean=0.874,
    naive=effect(0.096, 0.02, 2210),
    matched=effect(0.050, 0.024),
    weighted=effect(0.046, 0.025),
    doubly_robust=effect(0.048, 0.023),
    low99=0.019,
    high99=0.081,
    p=0.00005,
    adjusted_p=0.0004,
    disagree=(),
    counts=COUNTS,
    balance=BALANCE,
    overlap=OVERLAP,
    placebo=Placebo("nrr", 0.003, -0.018, 0.024, 112, True),
    e_value=EValue(2.4, 1.5, False),
    verdict=Verdict.HELPS,
    reasons=(),
    sentence="Accounts that began with a partner renewed 5.0 points more often than similar "
    "accounts without (1.9 to 8.1).",
    findings=(),
)
"""Helps: 92.4% of 114 matched exposed renewed, 87.4% of 341 similar accounts."""

NRR = replace(
    RENEWED,
    outcome="nrr",
    exposed_mean=1.091,
    control_mean=1.023,
    naive=effect(0.149, 0.03, 2210),
    matched=effect(0.068, 0.045),
    weighted=effect(0.072, 0.046),
    doubly_robust=effect(0.061, 0.044),
    low99=0.009,
    high99=0.127,
    e_value=EValue(1.6, 1.1, True),
    sentence="Accounts that began with a partner kept 6.8 points more revenue than similar "
    "accounts without (0.9 to 12.7).",
)
EXPANSION = replace(
    RENEWED,
    outcome="expansion_rate",
    matched=effect(0.024, 0.036),
    naive=effect(0.056, 0.02, 2210),
    weighted=effect(0.020, 0.036),
    doubly_robust=effect(0.021, 0.037),
    low99=-0.023,
    high99=0.071,
    p=0.19,
    adjusted_p=0.57,
    e_value=None,
    verdict=Verdict.NO_CLEAR_EFFECT,
    sentence="No clear effect on expansion: 2.4 points more than similar accounts, and chance "
    "alone could make that.",
)
WAIT = replace(
    RENEWED,
    outcome="time_to_value",
    unit="days",
    direction=-1,
    design="first_contract",
    exposed_mean=52.0,
    control_mean=60.3,
    naive=effect(-11.5, 3.0, 2210),
    matched=effect(-8.3, 3.4),
    weighted=effect(-8.0, 3.5),
    doubly_robust=effect(-7.9, 3.3),
    low99=-12.6,
    high99=-4.0,
    placebo=None,
    sentence="Accounts that began with a partner reached value 8 days sooner (4 to 13).",
)
COST = replace(
    RENEWED,
    outcome="cost_to_serve",
    direction=-1,
    naive=effect(0.033, 0.01, 2210),
    matched=effect(0.041, 0.014),
    weighted=effect(0.040, 0.014),
    doubly_robust=effect(0.042, 0.015),
    low99=0.022,
    high99=0.060,
    e_value=None,
    verdict=Verdict.HURTS,
    sentence="Accounts that began with a partner cost 4.1% of ARR more to serve (2.2 to 6.0).",
)
REFERRED = replace(
    RENEWED,
    outcome="referral_rate",
    primary=False,
    naive=effect(0.040, 0.03, 310),
    matched=NOTHING,
    weighted=NOTHING,
    doubly_robust=NOTHING,
    exposed_mean=None,
    control_mean=None,
    low99=None,
    high99=None,
    p=None,
    adjusted_p=None,
    counts=Counts(12, 11, 1, 20, 80, 9.2, 2, {}),
    balance=(),
    overlap=None,
    placebo=None,
    e_value=None,
    verdict=Verdict.NOT_ENOUGH_DATA,
    reasons=("11 matched exposed accounts, 30 are needed",),
    sentence="Not enough data on referrals: 11 matched exposed accounts, 30 are needed.",
)
"""Not enough data: nothing but the plain split."""

APART = replace(
    RENEWED,
    exposure="role=implemented",
    verdict=Verdict.NOT_COMPARABLE,
    reasons=("ARR differs by 0.31 standard deviations after matching, 0.10 is the limit",),
    balance=(BalanceRow("arr", 0.62, 0.31, 0.1, 1.6, 0.2, False), *BALANCE[1:]),
    placebo=Placebo("nrr", 0.05, 0.02, 0.08, 112, False),
    disagree=("matched and weighted",),
    sentence="Not comparable: accounts that a partner implemented are larger than any similar "
    "account.",
    findings=("segment is a current value, so accounts are matched on thirds of ARR",),
)
ADDING = replace(RENEWED, exposure="role=managed", arms="adding")

RANKS = (
    PartnerRank(
        "crm:p1", "services", "renewal_rate", 44, 41, 0.09, 0.02, 0.16, 0.078, 0.031, 0.125, 0.01,
        Verdict.HELPS,
    ),
    PartnerRank(
        "crm:p2", "services", "renewal_rate", 24, 22, 0.05, -0.06, 0.16, 0.044, -0.017, 0.105, 0.3,
        Verdict.NO_CLEAR_EFFECT,
    ),
    PartnerRank(
        "crm:p3", "reseller", "renewal_rate", 12, 11, None, None, None, None, None, None, None,
        Verdict.NOT_ENOUGH_DATA,
    ),
)  # fmt: skip

COMPARED = Compared(
    (RENEWED, NRR, EXPANSION, COST, WAIT, REFERRED, APART,
     replace(NRR, exposure="role=implemented"),
     ADDING, replace(NRR, exposure="role=managed")),
    RANKS,
)  # fmt: skip
"""`any` with every verdict, two roles beside it, and three partners."""
