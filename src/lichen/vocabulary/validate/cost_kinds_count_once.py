"""Every kind of cost counts in one group at most."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.vocabulary.costs import COST_GROUPS
from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem

ONCE = ("cost", "paid_once")


def cost_kinds_count_once(draft: Draft) -> Iterator[Problem]:
    """A kind in two groups would be taken off the margin twice."""
    words = draft.definitions.cost
    held: dict[str, str] = {}
    for group in COST_GROUPS:
        key = ("cost", group)
        kinds: tuple[str, ...] = getattr(words, group)
        yield from _repeated(key, kinds)
        for kind in dict.fromkeys(kinds):
            if kind in held:
                sentence = f"'{kind}' stands in cost.{held[kind]} too, and would count twice."
                yield Problem(Severity.ERROR, key, sentence, "Keep it in one of them.")
            held.setdefault(kind, group)
    yield from _repeated(ONCE, words.paid_once)
    for kind in sorted(set(words.paid_once) - {*words.serving, *words.cost_of_revenue}):
        sentence = f"'{kind}' is in neither cost.serving nor cost.cost_of_revenue."
        yield Problem(Severity.WARNING, ONCE, sentence, "Take it out, or add it to one of them.")


def _repeated(key: tuple[str, ...], kinds: tuple[str, ...]) -> Iterator[Problem]:
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        yield Problem(Severity.WARNING, key, f"'{kind}' stands here more than once.", "Keep one.")
