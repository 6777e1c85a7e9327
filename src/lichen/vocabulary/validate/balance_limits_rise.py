"""What is always accepted of a difference between the arms lies below what never is."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.problems import Problem


def balance_limits_rise(draft: Draft) -> Iterator[Problem]:
    """A difference cannot be accepted always and never."""
    words = draft.definitions.comparison
    if words.balance > words.balance_most:
        sentence = f"{words.balance:g} is above comparison.balance_most = {words.balance_most:g}."
        key = ("comparison", "balance")
        yield Problem(Severity.ERROR, key, sentence, f"Write {words.balance_most:g} or less.")
