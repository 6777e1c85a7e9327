"""What people decided about who is who: decisions/identity.csv, read strictly."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lichen.kernel.errors import LichenError
from lichen.ledger.identity.strict_csv import plain_cell

FILE = "decisions/identity.csv"
NEEDED = ("entity", "left", "right", "verdict")
ENTITIES, VERDICTS = ("account", "partner"), ("same", "different")


@dataclass(frozen=True)
class Decision:
    """Two ids of one entity are, or are not, one company; `record` counts from 1."""

    entity: str
    left: str
    right: str
    is_same: bool
    record: int

    @property
    def pair(self) -> tuple[str, str, str]:
        """What it is about, whichever way round it was written."""
        first, second = sorted((self.left, self.right))
        return self.entity, first, second


class DecisionsUnusable(LichenError):
    """Rows of the decisions that cannot be read or that contradict each other."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        listed = "\n".join(f"  {FILE}: {problem}" for problem in self.problems)
        super().__init__(
            f"Decisions of identity cannot be used:\n{listed}",
            "Correct them and load again; a removed row undoes its decision.",
        )


def read_decisions(root: Path) -> tuple[Decision, ...]:
    """The decisions of a workspace, the latest of each pair; none where there is no file.

    Columns: entity, left, right, verdict; others (decided_by, decided_on, note) are for people.

    Raises:
        DecisionsUnusable: lists every row that cannot be read.
    """
    path = root / FILE
    if not path.is_file():
        return ()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DecisionsUnusable(["is not UTF-8 text. Save it again as UTF-8."]) from error
    reader = csv.DictReader(text.splitlines())
    lacking = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if lacking:
        raise DecisionsUnusable([f"has no column {', '.join(lacking)}."])
    latest: dict[tuple[str, str, str], Decision] = {}
    problems: list[str] = []
    for record, row in enumerate(reader, start=1):
        cells = {name: plain_cell(row[name] or "") for name in NEEDED}
        faults = list(_faults(cells))
        problems += [f"record {record}: {fault}" for fault in faults]
        if not faults:
            one = Decision(
                cells["entity"], cells["left"], cells["right"], cells["verdict"] == "same", record
            )
            latest[one.pair] = one
    if problems:
        raise DecisionsUnusable(problems)
    return tuple(latest.values())


def _faults(cells: dict[str, str]) -> list[str]:
    found = []
    if cells["entity"] not in ENTITIES:
        found.append(f"entity is {cells['entity']!r}, expected account or partner.")
    if cells["verdict"] not in VERDICTS:
        found.append(f"verdict is {cells['verdict']!r}, expected same or different.")
    if not cells["left"] or not cells["right"]:
        found.append("left and right must both hold an id.")
    elif cells["left"] == cells["right"]:
        found.append(f"left and right are both {cells['left']!r}; name two ids.")
    return found
