"""Strata: the segment at Q0, or the third of ARR at Q0, within which accounts are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.involvement.library import library_of
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.value.comparison.landmarks import Landmark
from lichen.vocabulary.definitions import Definitions

SEGMENT = "segment"
THIRDS = ("lowest third of ARR", "middle third of ARR", "highest third of ARR")

BARRED = (
    "The segment at past dates is not known, so accounts are compared within thirds of ARR. Load "
    "attribute_change rows of segment, or declare it in workspace.fixed if it never changes."
)
NOT_LOADED = (
    "No feed provides account.segment, so accounts are compared within thirds of ARR at the start "
    "of the quarter."
)


@dataclass(frozen=True, eq=False)
class Strata:
    """Account states with `code_0`, `code_1`, …: the stratum of each quarter by place.

    `words` are what the codes mean; `finding` says why they are not segments, None where they are.
    """

    states: ir.Table
    words: tuple[str, ...]
    finding: str | None


def with_strata(
    facts: Facts, definitions: Definitions, states: ir.Table, landmarks: Sequence[Landmark]
) -> Strata:
    """The states with each quarter's stratum: the segment as valid at Q0 where that is known.

    A segment without history is today's, which may be a result of what is compared; unless the
    workspace declares it fixed, thirds of ARR at Q0 stand for it, among accounts with ARR at both
    ends of the quarter. Equal ARR is in one third, the lower.
    """
    library = library_of(facts, definitions)
    fixed = SEGMENT in definitions.workspace.fixed and facts.is_mapped("account", SEGMENT)
    if fixed or SEGMENT in library.with_history:
        axis = library.axis(SEGMENT)
        coded = _segments(states, axis.steps, landmarks)
        return Strata(facts.engine.materialise(coded), axis.values, None)
    coded = _thirds(facts, states, landmarks)
    finding = BARRED if facts.is_mapped("account", SEGMENT) else NOT_LOADED
    return Strata(facts.engine.materialise(coded), THIRDS, finding)


def _segments(states: ir.Table, steps: ir.Table | None, landmarks: Sequence[Landmark]) -> ir.Table:
    """An axis at each Q0: the sum of its steps up to then, 0 (unknown) without any."""
    names = [f"code_{place}" for place in range(len(landmarks))]
    if steps is None:
        return states.mutate(**dict.fromkeys(names, whole(0)))
    sums = {
        name: ibis.ifelse(steps.month <= landmark.opens, steps.step, whole(0)).sum().cast("int64")
        for name, landmark in zip(names, landmarks, strict=True)
    }
    coded = left_join(states, steps.group_by("account_key").agg(**sums), "account_key")
    return coded.mutate(**{name: coded[name].fill_null(whole(0)) for name in names})


def _thirds(facts: Facts, states: ir.Table, landmarks: Sequence[Landmark]) -> ir.Table:
    limits = _limits(facts, states, landmarks)
    codes = {}
    for place in range(len(landmarks)):
        arr = states[f"arr_{place}"]
        low, high = limits.get((place, 0), 0), limits.get((place, 1), 0)
        codes[f"code_{place}"] = ibis.cases(
            (arr <= low, whole(0)), (arr <= high, whole(1)), else_=whole(2)
        )
    return states.mutate(**codes)


def _limits(
    facts: Facts, states: ir.Table, landmarks: Sequence[Landmark]
) -> dict[tuple[int, int], int]:
    """By place and third (0, 1): the highest ARR at Q0 of which less than a third, or two, is less.

    An amount belongs to the third in which the first account that has it stands.
    """
    parts = []
    for place in range(len(landmarks)):
        opening, closing = states[f"arr_{place}"], states[f"arr_{place + 1}"]
        there = states.filter(opening > 0, closing > 0)
        parts.append(there.select(place=whole(place), arr=there[f"arr_{place}"]))
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    amounts = rows.group_by("place", "arr").agg(n=rows.count())
    up_to = amounts.n.sum().over(group_by="place", order_by="arr", rows=(None, 0))
    all_of = amounts.n.sum().over(group_by="place")
    counted = amounts.mutate(below=(up_to - amounts.n).cast("int64"), every=all_of.cast("int64"))
    third = ibis.cases(
        (counted.below * 3 < counted.every, whole(0)),
        (counted.below * 3 < counted.every * 2, whole(1)),
        else_=whole(2),
    )
    coded = counted.mutate(third=third)
    limits = coded.group_by("place", "third").agg(most=coded.arr.max())
    found = {
        (row["place"], row["third"]): row["most"]
        for row in facts.engine.to_arrow(limits).to_pylist()
    }
    # Where one amount fills a whole third, the limit of the one below stands for it.
    for place in range(len(landmarks)):
        found.setdefault((place, 1), found.get((place, 0), 0))
    return found
