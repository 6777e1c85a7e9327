"""What people decided about who is who: decisions/identity.csv, read strictly."""

from __future__ import annotations

import csv
import io
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lichen.kernel.errors import LichenError
from lichen.ledger.identity.clusters import Clusters
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
    reader = csv.DictReader(io.StringIO(text, newline=""))
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
    problems += _contradictions(tuple(latest.values()))
    if problems:
        raise DecisionsUnusable(problems)
    return tuple(latest.values())


def _contradictions(decisions: Sequence[Decision]) -> Iterator[str]:
    """Rows that tell apart what other rows, one after the other, call the same."""
    same = [one for one in decisions if one.is_same]
    clusters = Clusters()
    for one in same:
        clusters.union(f"{one.entity} {one.left}", f"{one.entity} {one.right}")
    for one in decisions:
        ends = f"{one.entity} {one.left}", f"{one.entity} {one.right}"
        if not one.is_same and clusters.are_one(*ends):
            of_entity = [each for each in same if each.entity == one.entity]
            chain = ", ".join(map(str, sorted(_chain(of_entity, one.left, one.right))))
            yield (
                f"record {one.record}: {one.left} and {one.right} are told apart, but the same by "
                f"records {chain}. Remove record {one.record}, or one of those."
            )


def _chain(same: Sequence[Decision], start: str, end: str) -> list[int]:
    """Records of the shortest way from one id to the other."""
    near: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for one in same:
        near[one.left].append((one.right, one.record))
        near[one.right].append((one.left, one.record))
    ways: dict[str, list[int]] = {start: []}
    waiting = deque([start])
    while end not in ways:
        here = waiting.popleft()
        for there, record in near[here]:
            if there not in ways:
                ways[there] = [*ways[here], record]
                waiting.append(there)
    return ways[end]


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
