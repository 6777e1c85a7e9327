"""Strata: the segment at Q0, or the third of ARR at Q0, within which accounts are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.involvement.attributes import UNKNOWN, attribute_axis, attributes_with_history
from lichen.involvement.library import library_of
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.value.comparison.covariates import covariates_at
from lichen.value.comparison.landmarks import Landmark
from lichen.value.comparison.members import STRATA
from lichen.value.comparison.states import NOWHERE
from lichen.vocabulary.definitions import Definitions

SEGMENT = "segment"
THIRDS = ("lowest third of ARR", "middle third of ARR", "highest third of ARR")

Limits = Mapping[tuple[int, int], int]

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
    """Accounts with their strata: `code_0`, `code_1`, … by place of the quarter, or `stratum`.

    `words` are what the codes mean; `finding` says why they are not segments, None where they are.
    """

    states: ir.Table
    words: tuple[str, ...]
    finding: str | None


def with_strata(
    facts: Facts, definitions: Definitions, states: ir.Table, landmarks: Sequence[Landmark]
) -> Strata:
    """The states with each quarter's stratum, computed once: the segment as valid at Q0, if known.

    A segment without history is today's, which may be a result of what is compared; unless the
    workspace declares it fixed, thirds of ARR at Q0 stand for it, among accounts with ARR at both
    ends of the quarter. Equal ARR is in one third, the lower.
    """
    library = library_of(facts, definitions)
    if _is_usable(facts, definitions):
        axis = attribute_axis(
            replace(library.seen, facts=_known_changes(library.seen.facts)),
            SEGMENT,
            library.with_history,
        )
        coded = _segments(states, axis.steps, landmarks)
        return Strata(facts.engine.materialise(coded), axis.values, None)
    coded = _thirds(facts, facts.engine.materialise(states), landmarks)
    return Strata(facts.engine.materialise(coded), THIRDS, _why_thirds(facts))


def contract_strata(facts: Facts, definitions: Definitions, came: ir.Table) -> Strata:
    """First contracts with `stratum`: landmark and segment on the day of the start, else third.

    Takes account_key, t0, place, landmark, arr; the stratum is null where the place is NOWHERE.
    Thirds are of ARR at T0 among the accounts of a landmark that have any.
    """
    if _is_usable(facts, definitions):
        points = came.filter(came.place != NOWHERE).select("account_key", "landmark", "t0")
        known = covariates_at(facts, definitions, points, design="first_contract").table
        known = known.select("account_key", word=known[SEGMENT])
        words = (UNKNOWN, *sorted(_words(facts, known)))
        rows = left_join(came, known, "account_key")
        code = ibis.cases(*((rows.word == word, whole(k)) for k, word in enumerate(words)), else_=0)
        coded = rows.mutate(stratum=rows.landmark * STRATA + code.cast("int64")).drop("word")
        return Strata(coded, words, None)
    there = came.filter(came.place != NOWHERE, came.arr > 0)
    limits = _limits_of(facts, there.select("place", "arr"))
    places = sorted({place for place, _ in limits})
    codes = [(came.place == place, _third(came.arr, limits, place)) for place in places]
    code = ibis.cases(*codes, else_=whole(0)) if codes else whole(0)
    return Strata(came.mutate(stratum=came.landmark * STRATA + code), THIRDS, _why_thirds(facts))


def _known_changes(facts: Facts) -> Facts:
    """The facts with each change of an attribute on the day from which it was known, if told."""
    if not facts.is_mapped("attribute_change", "recorded_at"):
        return facts
    rows = facts.table("attribute_change")
    known = ibis.greatest(rows.from_on, ibis.coalesce(rows.recorded_on, rows.from_on))
    return replace(facts, tables={**facts.tables, "attribute_change": rows.mutate(from_on=known)})


def _is_usable(facts: Facts, definitions: Definitions) -> bool:
    """Whether the segment at a past date is known, or declared to be that of today."""
    if not facts.is_mapped("account", SEGMENT):
        return False
    fixed = SEGMENT in definitions.workspace.fixed
    return fixed or SEGMENT in attributes_with_history(facts)


def _why_thirds(facts: Facts) -> str:
    return BARRED if facts.is_mapped("account", SEGMENT) else NOT_LOADED


def _words(facts: Facts, known: ir.Table) -> list[str]:
    found = facts.engine.to_arrow(known.filter(known.word.notnull()).select("word").distinct())
    return [str(word) for word in found.column("word").to_pylist() if word != UNKNOWN]


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
    parts = []
    for place in range(len(landmarks)):
        opening, closing = states[f"arr_{place}"], states[f"arr_{place + 1}"]
        there = states.filter(opening > 0, closing > 0)
        parts.append(there.select(place=whole(place), arr=there[f"arr_{place}"]))
    limits = _limits_of(facts, ibis.union(*parts) if len(parts) > 1 else parts[0])
    return states.mutate(
        **{
            f"code_{place}": _third(states[f"arr_{place}"], limits, place)
            for place in range(len(landmarks))
        }
    )


def _third(arr: ir.Value, limits: Limits, place: int) -> ir.Value:
    low, high = limits.get((place, 0), 0), limits.get((place, 1), 0)
    return ibis.cases((arr <= low, whole(0)), (arr <= high, whole(1)), else_=whole(2))


def _limits_of(facts: Facts, rows: ir.Table) -> Limits:
    """By place and third (0, 1): the highest ARR in it. Takes place, arr.

    An amount belongs to the third in which the first account that has it stands, counted from the
    lowest; where an amount fills the whole middle third, the limit below stands for its own.
    """
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
    most = coded.group_by("place", "third").agg(most=coded.arr.max())
    found = {
        (row["place"], row["third"]): row["most"] for row in facts.engine.to_arrow(most).to_pylist()
    }
    for place in {place for place, _ in found}:
        found.setdefault((place, 1), found.get((place, 0), 0))
    return found
