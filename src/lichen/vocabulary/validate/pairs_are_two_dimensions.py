"""Each pair of the scorecard is two known, different dimensions, and no pair stands twice."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.kernel.errors import did_you_mean
from lichen.vocabulary.dimensions import DIMENSIONS
from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem


def pairs_are_two_dimensions(draft: Draft) -> Iterator[Problem]:
    """A pair is published as groups of both dimensions at once; its order does not count."""
    seen: set[frozenset[str]] = set()
    for place, pair in draft.pairs:
        key = ("scorecard", "pairs", place)
        for name in dict.fromkeys(pair):
            if name not in DIMENSIONS:
                yield Problem(
                    Severity.ERROR,
                    key,
                    f"there is no dimension '{name}'.",
                    did_you_mean(name, DIMENSIONS),
                )
        if not draft.as_written(*key):
            continue
        if len(set(pair)) == 1:
            sentence = f"'{pair[0]}' is paired with itself."
            yield Problem(Severity.ERROR, key, sentence, "Single dimensions are always published.")
        elif frozenset(pair) in seen:
            sentence = f"the pair of '{pair[0]}' and '{pair[1]}' stands here more than once."
            yield Problem(Severity.WARNING, key, sentence, "Keep one; the order does not count.")
        seen.add(frozenset(pair))
