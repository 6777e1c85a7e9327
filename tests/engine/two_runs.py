"""A workspace of four accounts, run twice with edits in between.

Account 1 grows in July 2026, which both feeds know; account 4 has a gap of 40 days between two
lines of one product. `docs/algorithms/change_between_runs.md` works the same example.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import lichen
from lichen.runs import Run
from lichen.workspace.stages import Compare, GroupAccounts

Rows = list[dict[str, str]]

DEFINITIONS = """
[workspace]
name = "Four accounts"

[scorecard]
minimum_count = 1
minimum_effective = 1
pairs = []

[[target]]
metric = "nrr"
value = 1.3
owner = "Head of CS"
"""

JUNE, JULY = "2026-06-30", "2026-07-31"

LINES: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("s1", "1", "core", "2024-01-01", "", "1000"),
    ("s1-more", "1", "more", "2026-07-15", "", "200"),
    ("s2", "2", "core", "2024-01-01", "2026-01-01", "1000"),
    ("s2-next", "2", "core", "2026-01-01", "", "1000"),
    ("s3", "3", "core", "2024-01-01", "", "1000"),
    ("s4", "4", "core", "2024-01-01", "2025-06-10", "1000"),
    ("s4-next", "4", "core", "2025-07-20", "", "1000"),
)
COLUMNS = ("subscription_id", "account_id", "product", "starts_on", "ends_on", "arr_amount")


def lines() -> Rows:
    """The seven lines as run A has them."""
    rows = [dict(zip(COLUMNS, line, strict=True)) for line in LINES]
    return [{**row, "account_id": f"crm:{row['account_id']}", "currency": "USD"} for row in rows]


def edited(rows: Rows, subscription: str, **changes: str) -> Rows:
    """The rows with one of them corrected."""
    return [{**row, **changes} if row["subscription_id"] == subscription else row for row in rows]


def with_line(rows: Rows, subscription: str, account: str, starts: str, amount: str) -> Rows:
    """The rows with one more, of another product."""
    more = {"subscription_id": subscription, "account_id": f"crm:{account}", "product": "extra"}
    return [*rows, {**rows[0], **more, "starts_on": starts, "arr_amount": amount}]


def accounts(*names: str) -> Rows:
    """Accounts of the smallest segment; four of them unless named."""
    return [
        {"account_id": f"crm:{name}", "name": f"Account {name}", "segment": "smb"}
        for name in names or ("1", "2", "3", "4")
    ]


def write(root: Path, subscriptions: Rows, definitions: str = DEFINITIONS, **feeds: Rows) -> None:
    """The workspace with these lines and further feeds, replacing what is there."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "lichen.toml").write_text(definitions)
    written = {"account": accounts(), "subscription": subscriptions, **feeds}
    for entity, rows in written.items():
        path = root / "feeds" / f"{entity}.csv"
        path.parent.mkdir(exist_ok=True)
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)


def publish(root: Path, as_of: str = JUNE) -> Run:
    """A run by segment only, since many are made."""
    plan = lichen.open(root).plan(as_of, windows="12m")
    few = GroupAccounts((("segment",),))
    stages = tuple(
        few if isinstance(stage, GroupAccounts) else stage
        for stage in plan.stages
        if not isinstance(stage, Compare)
    )
    return replace(plan, stages=stages).apply()
