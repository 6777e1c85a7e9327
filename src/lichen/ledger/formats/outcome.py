"""The two answers to how a column is to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lichen.vocabulary.entities import Kind

AS_IT_STANDS = "as it stands"
"""The reading of a column whose cells are left alone."""


@dataclass(frozen=True)
class Format:
    """How every cell of the column is read.

    `reading` is the word that a mapping would declare. `untouched` says that no cell needs another
    text. `placeholders` says that some cells hold a word that stands for nothing. `any_time` takes
    the day of a cell that also has a time of day. `percent` tells which numbers are hundredths.
    `note` is what a person should know of the choice.
    """

    kind: Kind
    reading: str
    untouched: bool = False
    placeholders: bool = False
    any_time: bool = False
    percent: Literal["none", "marked", "all"] = "none"
    note: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why the column cannot be read without a person: the evidence, and what to declare."""

    sentence: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.sentence} {self.next_step}".strip()
