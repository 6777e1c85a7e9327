"""Line-by-line tables that lead from one way of counting to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Reconciled:
    """One line: `amount_minor` as it enters the sum, and how many accounts it rests on.

    `family` names the table that the line belongs to; lines come in reading order.
    """

    family: str
    groups: str
    line: str
    amount_minor: int
    accounts: int


def reconciliation_table(lines: Iterable[Reconciled]) -> pa.Table:
    """Lines as an Arrow table: family, groups, position, line, amount_minor, accounts.

    `position` numbers the lines of one family and group; the whole base comes first.
    """
    rows = sorted(lines, key=lambda row: (row.groups != "", row.groups))
    positions: dict[tuple[str, str], int] = {}
    placed = []
    for row in rows:
        key = (row.family, row.groups)
        positions[key] = positions.get(key, 0) + 1
        placed.append(positions[key])
    return pa.table(
        {
            "family": pa.array([row.family for row in rows], pa.string()),
            "groups": pa.array([row.groups for row in rows], pa.string()),
            "position": pa.array(placed, pa.int64()),
            "line": pa.array([row.line for row in rows], pa.string()),
            "amount_minor": pa.array([row.amount_minor for row in rows], pa.int64()),
            "accounts": pa.array([row.accounts for row in rows], pa.int64()),
        }
    )
