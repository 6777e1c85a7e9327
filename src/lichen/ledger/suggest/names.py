"""Names of exports made comparable: without case, marks, prefixes and suffixes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from lichen.engines.text import quoted
from lichen.ledger.suggest.known import Known, Words

LEAST_PART = 5
"""Letters that a single word must have to count inside a longer name."""

NEAR = 0.88

RESERVED = frozenset(
    "all and any as asc both by case cast check collate column create cross current default desc "
    "distinct do else end except false fetch filter for foreign from full grant group having in "
    "inner intersect into is join lateral left like limit natural not null offset on only or order "
    "outer over partition pivot primary references returning right row rows select set show some "
    "table then to trailing true union unique unpivot user using values when where window with "
    "year month day date time timestamp interval key position level".split()
)
"""Words that SQL takes for its own; names that are among them are quoted."""


def words_of(name: str) -> tuple[str, ...]:
    """`PartnerAccountID`, `Partner Account ID` and `partner_account_id` as the same three words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return tuple(word for word in re.split(r"[\W_]+", spaced.lower()) if word)


@lru_cache(maxsize=1 << 14)
def column_words(name: str, known: Known) -> tuple[str, ...]:
    """The words of a column less the prefix of its system and the mark of a custom field."""
    words = list(words_of(name))
    for beginning in known.beginnings:
        if len(words) > len(beginning) and tuple(words[: len(beginning)]) == beginning:
            words = words[len(beginning) :]
    while len(words) > 1 and words[-1] in known.ends:
        words.pop()
    return tuple(words)


def singular(word: str) -> str:
    """The word for one of them, near enough for nouns of business."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return (
        word[:-1]
        if word.endswith("s") and word not in ("nps",) and not word.endswith(("ss", "us", "is"))
        else word
    )


def table_words(name: str, known: Known, shared: Sequence[str] = ()) -> tuple[str, ...]:
    """The nouns of a table's name; `shared` words stand before every table of the source."""
    words = [singular(word) for word in words_of(name) if not word.isdigit()]
    if len(words) > len(shared) and words[: len(shared)] == list(shared):
        words = words[len(shared) :]
    kept = [word for word in words if word not in known.noise]
    return tuple(kept or words)


def shared_beginning(names: Sequence[str], source: str, known: Known) -> Words:
    """The words that all tables of a source begin with, or that the source itself is called.

    Nouns of entities are none: of `account` and `account_history` both are about accounts.
    """
    listed = [tuple(singular(word) for word in words_of(name)) for name in names]
    nouns = {noun for of_entity in known.nouns.values() for noun in of_entity}
    beginning: list[str] = []
    for words in zip(*listed, strict=False):
        if len(listed) < 2 or len(set(words)) > 1 or words[:1] in nouns:
            break
        beginning.append(words[0])
    own = tuple(singular(word) for word in words_of(source))
    if (
        not beginning
        and own
        and own not in nouns
        and all(words[: len(own)] == own for words in listed)
    ):
        return own
    return tuple(beginning)


@lru_cache(maxsize=1 << 18)
def likeness(words: Words, synonym: Words) -> float:
    """How well a name fits a synonym: 1 the same, about 0.7 when longer or nearly so, or 0."""
    one, other = "".join(words), "".join(synonym)
    if one == other:
        return 1.0
    if len(other) < LEAST_PART:
        return 0.0
    if len(words) > len(synonym):
        ends = (tuple(words[-len(synonym) :]), tuple(words[: len(synonym)]))
        if tuple(synonym) == ends[0]:
            return 0.72
        if tuple(synonym) == ends[1] and len(synonym) > 1:
            return 0.66
    # Other last words name other things: contract_id is no contract_key, close_day no close_date.
    return 0.66 if _is_near(one, other) else 0.0


def _is_near(one: str, other: str) -> bool:
    """Whether one is the other with a letter or two changed; the first letter stays."""
    if one[:1] != other[:1] or 2 * min(len(one), len(other)) < NEAR * (len(one) + len(other)):
        return False
    return SequenceMatcher(None, one, other).ratio() >= NEAR


def name_in_sql(name: str) -> str:
    """A name in SQL, quoted only where it must be, so that people can read the line."""
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) and name.lower() not in RESERVED
    return name if plain else quoted(name)
