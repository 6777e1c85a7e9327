"""The review of proposals: a file that a person fills, and what was filled becomes decisions."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from lichen.kernel.errors import did_you_mean
from lichen.ledger.identity.decisions import FILE, VERDICTS
from lichen.ledger.identity.proposals import Proposal
from lichen.ledger.identity.strict_csv import (
    Mistake,
    Record,
    ReviewUnusable,
    cells_of,
    read_records,
    write_records,
)
from lichen.runs.durable import replace_text

PROPOSALS = "decisions/identity_proposals.csv"
COLUMNS = (
    "proposal", "entity", "left", "left_name", "left_domain", "right", "right_name",
    "right_domain", "score", "evidence", "verdict",
)  # fmt: skip
DECISION = ("entity", "left", "right", "verdict", "decided_by", "decided_on", "note")


def write_proposals(root: Path, proposals: Sequence[Proposal]) -> Path:
    """Write the review file, every verdict empty; rows already filled in stay as they are.

    Raises:
        ReviewUnusable: the file that is there cannot be read.
    """
    path = root / PROPOSALS
    filled = [cells for _, cells in _read(path) if cells["verdict"]]
    kept = {cells["proposal"] for cells in filled}
    new = [_cells(one) for one in proposals if one.key not in kept]
    rows = [[cells[name] for name in COLUMNS] for cells in [*filled, *new]]
    write_records(path, COLUMNS, rows)
    return path


def apply_reviewed(root: Path, decided_by: str, decided_on: date) -> int:
    """Move the rows with a verdict into decisions/identity.csv; returns how many.

    The decisions are written before the review: a stop in between repeats rows, and loses none.

    Raises:
        ReviewUnusable: a verdict is neither same nor different.
    """
    path = root / PROPOSALS
    records = _read(path)
    mistakes = [
        Mistake(
            place, "verdict", f"'{cells['verdict']}'", "same, different or nothing",
            did_you_mean(cells["verdict"], VERDICTS),
        )
        for place, cells in records
        if cells["verdict"] and cells["verdict"].lower() not in VERDICTS
    ]  # fmt: skip
    if mistakes:
        raise ReviewUnusable(PROPOSALS, mistakes)
    filled = [cells for _, cells in records if cells["verdict"]]
    if not filled:
        return 0
    by = {"decided_by": decided_by, "decided_on": decided_on.isoformat()}
    _add_decisions(root / FILE, [{**cells, **by, "note": _note(cells)} for cells in filled])
    open_rows = [[cells[name] for name in COLUMNS] for _, cells in records if not cells["verdict"]]
    write_records(path, COLUMNS, open_rows)
    return len(filled)


def _read(path: Path) -> list[Record]:
    return read_records(path, PROPOSALS, COLUMNS) if path.exists() else []


def _note(cells: dict[str, str]) -> str:
    return f"{cells['left_name']} / {cells['right_name']}; score {cells['score']}"


def _cells(one: Proposal) -> dict[str, str]:
    values = (
        one.key, one.entity, one.left, one.left_name, one.left_domain, one.right, one.right_name,
        one.right_domain, f"{one.score:.3f}", one.evidence, "",
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _add_decisions(path: Path, decisions: Sequence[dict[str, str]]) -> None:
    """Add rows under the columns that the file has, or under all where there is none."""
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ",".join(DECISION) + "\n"
    if not before.endswith("\n"):
        before += "\n"
    header = [name.strip() for name in next(csv.reader(before.splitlines()))]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for one in decisions:
        row = {**one, "verdict": one["verdict"].lower()}
        writer.writerow(cells_of([row.get(name, "") for name in header]))
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_text(path, before + out.getvalue())
