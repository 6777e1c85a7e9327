"""The shapes that the text of a kind may have, as SQL tests over one cell."""

from __future__ import annotations

from dataclasses import dataclass

from lichen.ledger.formats.evidence import OTHER, PLACEHOLDER
from lichen.ledger.formats.placeholders import stands_for_empty
from lichen.vocabulary.entities import Kind

STATES = 3
"""0 as the readers of the ledger take it, 1 written otherwise, 2 flagged."""


@dataclass(frozen=True)
class Grammar:
    """How cells of one kind are told apart: SQL over `cell`, and over the name of its `core`.

    `quick` pairs tests that settle most cells of most columns with the shape and state they tell;
    they come before all else, and where one holds neither core nor mark is looked for.
    `shapes` pairs names with tests; the first that holds counts. `state` is worked out for cells of
    a shape. `canonical` names the shapes whose cells in state 0 are canonical. `mark` is the
    currency sign or code of a cell, null where there is none.
    """

    kind: Kind
    cell: str
    quick: tuple[tuple[str, str, int], ...]
    shapes: tuple[tuple[str, str], ...]
    state: str
    canonical: frozenset[str]
    core: str | None = None
    mark: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the shapes in the order of their codes."""
        return (*(name for name, _ in self.shapes), PLACEHOLDER, OTHER)

    def quick_code(self) -> str:
        """SQL of the code that a quick test tells, null where none holds."""
        cases = "".join(
            f" WHEN {test} THEN {self.names.index(name) * STATES + state}"
            for test, name, state in self.quick
        )
        return f"CASE{cases} END"

    def code(self) -> str:
        """SQL of the shape's place times three, plus its state; null for an empty cell."""
        nothing = len(self.shapes)
        cases = "".join(
            f" WHEN {test} THEN {place * STATES} + {self.state}"
            for place, (_, test) in enumerate(self.shapes)
        )
        return (
            f"CASE WHEN {self.cell} IS NULL THEN NULL "
            f"WHEN {stands_for_empty(self.cell, self.kind)} THEN {nothing * STATES}{cases} "
            f"ELSE {(nothing + 1) * STATES} END"
        )
