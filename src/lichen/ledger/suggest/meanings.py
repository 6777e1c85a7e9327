"""Which words of a column mean which words of a closed list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from lichen.ledger.suggest.known import Known, bare
from lichen.vocabulary.entities import Column

MOST_WORDS = 60
"""A column with more different words is no closed list."""


@dataclass(frozen=True)
class Meanings:
    """`found` says what a word means, `unknown` are words near to none."""

    found: Mapping[str, str]
    unknown: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of the words whose meaning was found."""
        total = len(self.found) + len(self.unknown)
        return len(self.found) / total if total else 0.0

    @property
    def needed(self) -> dict[str, str]:
        """Words that are not yet spelled as the contract spells them."""
        return {word: meant for word, meant in self.found.items() if word.lower() != meant}


def meanings(values: Sequence[str], column: Column, entity: str, known: Known) -> Meanings:
    """What each value means among the words of a column."""
    spellings = _spellings(column, entity, known)
    found: dict[str, str] = {}
    unknown = []
    for value in sorted(values):
        meant = _meant(bare(value), spellings)
        if meant is None:
            unknown.append(value)
        else:
            found[value] = meant
    return Meanings(found, tuple(unknown))


def _spellings(column: Column, entity: str, known: Known) -> dict[str, str]:
    listed = known.words.get(entity, {}).get(column.name, {})
    spelled = {name: word for word, names in listed.items() for name in names}
    return spelled | {bare(word): word for word in column.values}


def _meant(word: str, spellings: Mapping[str, str]) -> str | None:
    if not word:
        return None
    if word in spellings:
        return spellings[word]
    # Longer words say more: "new business from partner" is looked at before "new".
    inside = [name for name in spellings if len(name) >= 3 and word.startswith(name)]
    inside = inside or [name for name in spellings if len(name) >= 5 and name in word]
    if inside:
        return spellings[max(inside, key=len)]
    near = get_close_matches(word, list(spellings), n=1, cutoff=0.84)
    return spellings[near[0]] if near else None
