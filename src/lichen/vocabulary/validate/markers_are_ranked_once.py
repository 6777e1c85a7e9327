"""Every marker has one place in the order, and a marker whose silence counts has one at all."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.kernel.errors import did_you_mean
from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem

ORDER = ("involvement", "deciding_markers")
COMPLETE = ("involvement", "complete_markers")


def markers_are_ranked_once(draft: Draft) -> Iterator[Problem]:
    """A marker that stands twice has two places; one without a place decides after all others."""
    words = draft.definitions.involvement
    order = [name.lower() for name in words.deciding_markers]
    for name in sorted({name for name in order if order.count(name) > 1}):
        yield Problem(Severity.WARNING, ORDER, f"'{name}' stands here more than once.", "Keep one.")
    for name in words.complete_markers:
        if name.lower() not in order:
            sentence = f"'{name}' is not among deciding_markers, so all others decide before it."
            step = did_you_mean(name, order) or "Give it a place in deciding_markers."
            yield Problem(Severity.WARNING, COMPLETE, sentence, step)
