"""Named partners in order of what they change, without rewarding those with few accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from lichen.inference.estimate import estimate_of
from lichen.inference.multiplicity import benjamini_hochberg
from lichen.inference.shrinkage import Shrunk, towards
from lichen.value.comparison.result import PartnerRank
from lichen.vocabulary.definitions import Comparison
from lichen.vocabulary.figure import Verdict

CLAIM = 0.01
"""At most this share of the partners said to help or hurt does neither, on average."""

ORDER = {Verdict.NOT_COMPARABLE: 1, Verdict.NOT_ENOUGH_DATA: 2}
"""Partners that are not ranked stand below those that are."""


class PartnerEstimate(NamedTuple):
    """What a comparison found for one named partner, before anything is drawn towards its kind.

    `value` and `se` are in the unit of the outcome, None or NaN where there is no estimate.
    `exposed` accounts could be compared, `matched` of them found a match among `controls` distinct
    accounts. `rarer` counts the rarer result of a yes/no outcome among all of them, None for other
    outcomes. `is_comparable` is False where balance, matching or the placebo fails.
    """

    partner_id: str
    kind: str
    value: float | None
    se: float | None
    exposed: int
    matched: int
    controls: int
    rarer: int | None = None
    is_comparable: bool = True


def rank(
    partners: Sequence[PartnerEstimate], outcome: str, direction: int, words: Comparison
) -> tuple[PartnerRank, ...]:
    """The partners of one outcome, the one that does most good first.

    `direction` is 1 where more of the outcome is better, -1 where less is, 0 where neither (then
    larger stands first and no partner is said to help or hurt). Only partners with enough data that
    are comparable have p-values, adjusted together, and are drawn towards the others of their kind;
    the order follows what is left. The others stand below, without numbers. Ties go by id.

    A partner helps or hurts where its adjusted p is below 0.01 and its shrunk estimate lies on the
    same side of 0.

    Source: Benjamini and Hochberg (1995) on the estimates as they are; Morris (1983) for the order.
    """
    verdicts = [_judged(partner, words) for partner in partners]
    told = np.array([verdict is Verdict.MEASURED for verdict in verdicts], dtype=np.bool_)
    values = np.array([_number(one.value) for one in partners])
    errors = np.array([_number(one.se) for one in partners])
    values[~told] = np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        p = benjamini_hochberg(2 * ndtr(-np.abs(values / errors)))
    drawn = towards(values, errors, [one.kind for one in partners])
    rows = [
        _row(partner, outcome, direction, float(p[place]), _at(drawn, place))
        if told[place]
        else _without_numbers(partner, outcome, verdicts[place])
        for place, partner in enumerate(partners)
    ]
    return tuple(sorted(rows, key=lambda row: _place(row, direction)))


def _judged(partner: PartnerEstimate, words: Comparison) -> Verdict:
    """MEASURED where the partner's estimate may be read."""
    rarer = words.rarer_result if partner.rarer is None else partner.rarer
    enough = (
        partner.matched >= words.minimum_exposed
        and partner.controls >= words.minimum_controls
        and rarer >= words.rarer_result
        and np.isfinite(_number(partner.value))
        and _number(partner.se) > 0
        and np.isfinite(_number(partner.se))
    )
    if not enough:
        return Verdict.NOT_ENOUGH_DATA
    return Verdict.MEASURED if partner.is_comparable else Verdict.NOT_COMPARABLE


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _at(drawn: Shrunk, place: int) -> tuple[float, float, float]:
    return float(drawn.shrunk[place]), float(drawn.low[place]), float(drawn.high[place])


def _row(
    partner: PartnerEstimate,
    outcome: str,
    direction: int,
    p: float,
    shrunk: tuple[float, float, float],
) -> PartnerRank:
    alone = estimate_of(_number(partner.value), _number(partner.se), partner.matched, "matched")
    return PartnerRank(
        partner.partner_id,
        partner.kind,
        outcome,
        partner.exposed,
        partner.matched,
        alone.value,
        alone.low,
        alone.high,
        *shrunk,
        p,
        _verdict(alone.value, shrunk[0], p, direction),
    )


def _verdict(value: float, shrunk: float, p: float, direction: int) -> Verdict:
    if direction == 0:
        return Verdict.MEASURED
    if p >= CLAIM or value * shrunk <= 0:
        return Verdict.NO_CLEAR_EFFECT
    return Verdict.HELPS if value * direction > 0 else Verdict.HURTS


def _without_numbers(partner: PartnerEstimate, outcome: str, verdict: Verdict) -> PartnerRank:
    nothing = (None,) * 7
    counts = partner.exposed, partner.matched
    return PartnerRank(partner.partner_id, partner.kind, outcome, *counts, *nothing, verdict)


def _place(row: PartnerRank, direction: int) -> tuple[int, float, int, str]:
    good = 0.0 if row.shrunk is None else -row.shrunk * (direction or 1)
    return ORDER.get(row.verdict, 0), good, -row.matched, row.partner_id
