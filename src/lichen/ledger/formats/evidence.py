"""What was seen in a column: how many cells of each shape, and two examples of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lichen.vocabulary.entities import Kind

PLACEHOLDER, OTHER = "placeholder", "other"
"""Shapes that any kind may have: a word that stands for an empty cell, and text of no shape."""

FLAGGED = "!"
"""Ends the name of a shape whose cells carry more: a time of day, or a percent sign."""


@dataclass(frozen=True)
class Seen:
    """Cells of one shape: their number, and the first and last of them in the order of text."""

    count: int
    least: str
    greatest: str

    def __add__(self, other: Seen) -> Seen:
        return Seen(
            self.count + other.count,
            min(self.least, other.least),
            max(self.greatest, other.greatest),
        )


@dataclass(frozen=True)
class Evidence:
    """The shapes of a column's filled cells; evidence of several files adds up to that of all.

    `canonical` counts the cells that the readers of the ledger accept as they stand. `marks` counts
    the currency signs and codes that stand beside numbers.
    """

    kind: Kind
    filled: int = 0
    canonical: int = 0
    shapes: Mapping[str, Seen] = field(default_factory=dict)
    marks: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Evidence) -> Evidence:
        assert self.kind is other.kind, "evidence adds up only within one column"
        shapes = dict(self.shapes)
        for name, seen in other.shapes.items():
            shapes[name] = shapes[name] + seen if name in shapes else seen
        return Evidence(
            self.kind,
            self.filled + other.filled,
            self.canonical + other.canonical,
            shapes,
            dict(Counter(self.marks) + Counter(other.marks)),
        )

    def count(self, names: Iterable[str]) -> int:
        """How many cells have one of these shapes."""
        return sum(self.shapes[name].count for name in names if name in self.shapes)

    def examples(self, names: Iterable[str]) -> str:
        """One or two cells of these shapes, as words of a sentence."""
        found = [self.shapes[name] for name in names if name in self.shapes]
        cells = dict.fromkeys(
            [min(one.least for one in found), max(one.greatest for one in found)] if found else []
        )
        return " and ".join(cells)

    @property
    def placeholders(self) -> int:
        """How many cells hold a word that stands for an empty cell."""
        return self.count([PLACEHOLDER])

    @property
    def telling(self) -> int:
        """How many cells hold more than a placeholder."""
        return self.filled - self.placeholders
