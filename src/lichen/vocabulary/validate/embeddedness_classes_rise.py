"""Each class of embeddedness begins with more ties than the one before."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem

CLASSES = ("light", "deep", "full")


def embeddedness_classes_rise(draft: Draft) -> Iterator[Problem]:
    """A class that begins where another does would never hold an account."""
    words = draft.definitions.embeddedness
    for lower, higher in pairwise(CLASSES):
        before, least = getattr(words, lower), getattr(words, higher)
        if least <= before:
            sentence = f"{least} is not above embeddedness.{lower} = {before}."
            key = ("embeddedness", higher)
            yield Problem(Severity.ERROR, key, sentence, f"Write {before + 1} or more.")
