"""Answers of two runs laid side by side: what can be subtracted, and what came or went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lichen.scorecards.diff.changes import Appearance, Move
from lichen.scorecards.diff.questions import LEVEL, Question
from lichen.scorecards.headlines import ALWAYS
from lichen.vocabulary.definitions import Target
from lichen.vocabulary.figure import Figure, groups_text
from lichen.vocabulary.metrics import Unit

Answers = Mapping[Question, Figure]
Rank = Callable[[Question], int]
FIRST, LATER = 0, 1


@dataclass(frozen=True)
class Pair:
    """One question with a value in both runs."""

    question: Question
    before: Figure
    after: Figure


def pairs(before: Answers, after: Answers, *, same_currency: bool = True) -> tuple[Pair, ...]:
    """Questions with a value of one unit in both runs, each pair of figures once."""
    found: dict[tuple[str, str], Pair] = {}
    for question, earlier in before.items():
        later = after.get(question)
        if later is None or earlier.value is None or later.value is None:
            continue
        if same_currency or earlier.unit != Unit.MONEY:
            pair = Pair(question, earlier, later)
            found.setdefault((earlier.figure_id, later.figure_id), pair)
    return tuple(found.values())


def appearances(
    before: Answers, after: Answers, rank: Rank, *, same_currency: bool = True
) -> tuple[Appearance, ...]:
    """Questions whose answer came, went, or is no longer of the same kind; important ones first."""
    found: dict[tuple[object, object], Appearance] = {}
    for question in dict.fromkeys([*before, *after]):
        earlier, later = before.get(question), after.get(question)
        for move in _moves(earlier, later, same_currency):
            ids = (earlier and earlier.figure_id, later and later.figure_id)
            each = Appearance(question, move, earlier, later, rank(question))
            found.setdefault(ids, each)
    return tuple(sorted(found.values(), key=lambda each: each.order))


def ranking(targets: tuple[Target, ...]) -> Rank:
    """0 for questions that every board shows first and for those with a target, 1 for others."""
    first = {(name, groups, "", kind) for name, groups in ALWAYS for kind in ("12m", LEVEL)}
    for target in targets:
        asked = target.metric, groups_text(target.groups), groups_text(target.parameters)
        first |= {(*asked, kind) for kind in (target.period.value, LEVEL)}

    def rank(question: Question) -> int:
        of = (question.metric, question.groups, question.parameters, question.window)
        return FIRST if of in first else LATER

    return rank


def _moves(before: Figure | None, after: Figure | None, same_currency: bool) -> Iterator[Move]:
    if before is None or after is None:
        yield Move.APPEARED if before is None else Move.DISAPPEARED
    elif (before.value is None) != (after.value is None):
        yield Move.READABLE if before.value is None else Move.UNREADABLE
    elif before.value is not None and before.unit == Unit.MONEY and not same_currency:
        yield Move.OTHER_UNIT
