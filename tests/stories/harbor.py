"""Harbor Cloud in twelve accounts: feeds small enough to read, with an answer on paper.

Every account opens September 2025 with 1,000.00 USD of ARR. By September 2026 three have grown to
1,500.00, two have left and the others stay, so NRR is (3 x 1,500 + 7 x 1,000) / 12,000 = 11,500 /
12,000, GRR is 10,000 / 12,000 and logo retention 10 / 12. Accounts 1 to 6 are served by a partner.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import lichen
from lichen.runs import Run
from lichen.workspace.plan import RunPlan
from lichen.workspace.stages import Compare, GroupAccounts

GREW, LEFT, TOTAL = (1, 2, 3), (6, 12), 12

DEFINITIONS = """
[workspace]
name = "Harbor Cloud"

[scorecard]
minimum_count = 1
minimum_effective = 1
pairs = []

[[target]]
metric = "nrr"
value = 1.05
owner = "Head of CS"
"""

Rows = list[dict[str, object]]


def accounts() -> Rows:
    """Twelve accounts, odd ones small, even ones of the mid market."""
    return [
        {
            "account_id": f"crm:{number}",
            "name": f"Account {number}",
            "segment": "smb" if number % 2 else "mid_market",
            "csm_key": "csm-1" if number > 6 else "",
        }
        for number in range(1, TOTAL + 1)
    ]


def subscriptions() -> Rows:
    """A line for every account; growth is a second line, leaving is an end."""
    lines: Rows = [
        {
            "subscription_id": f"s{number}",
            "account_id": f"crm:{number}",
            "product": "core",
            "starts_on": "2025-02-01",
            "ends_on": "2026-05-01" if number in LEFT else "",
            "arr_amount": "1000.00",
            "currency": "USD",
        }
        for number in range(1, TOTAL + 1)
    ]
    grown: Rows = [
        {
            **lines[number - 1],
            "subscription_id": f"s{number}-more",
            "product": "more",
            "starts_on": "2026-03-01",
            "arr_amount": "500.00",
        }
        for number in GREW
    ]
    return lines + grown


def renewals() -> Rows:
    """Every account's line fell due once; those who left did not renew."""
    return [
        {
            "renewal_id": f"r{number}",
            "account_id": f"crm:{number}",
            "due_on": "2026-04-30",
            "due_amount": "1000.00",
            "renewed_amount": "" if number in LEFT else "1000.00",
            "decided_on": "2026-04-30",
            "outcome": "churned" if number in LEFT else "renewed",
            "currency": "USD",
        }
        for number in range(1, TOTAL + 1)
    ]


def involvements() -> Rows:
    """Partner 1 manages the first six accounts."""
    return [
        {
            "involvement_id": f"i{number}",
            "account_id": f"crm:{number}",
            "partner_id": "crm:p1",
            "role": "managed",
            "starts_on": "2025-03-01",
            "ends_on": "",
        }
        for number in range(1, 7)
    ]


def partners() -> Rows:
    """The one partner."""
    return [{"partner_id": "crm:p1", "name": "Bayside Services", "kinds": "services"}]


def usage() -> Rows:
    """One quiet fact in the last month, so that figures reach September 2026."""
    return [
        {
            "account_id": "crm:1",
            "month": "2026-09-30",
            "product": "core",
            "feature": "",
            "active_users": "4",
            "events": "10",
        }
    ]


FEEDS = {
    "account": accounts,
    "subscription": subscriptions,
    "renewal": renewals,
    "involvement": involvements,
    "partner": partners,
    "usage": usage,
}


def write_csv(path: Path, rows: Rows) -> None:
    """Rows as a CSV feed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")


def write_workspace(root: Path) -> Path:
    """Harbor Cloud as a workspace folder."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "lichen.toml").write_text(DEFINITIONS)
    for entity, rows in FEEDS.items():
        write_csv(root / "feeds" / f"{entity}.csv", rows())
    return root


def small_plan(root: Path, as_of: str | None = None, also: tuple[str, ...] = ()) -> RunPlan:
    """A plan by four dimensions and those of `also` only, without comparisons.

    The suite has many runs to make.
    """
    plan = lichen.open(root).plan(as_of)
    usual = ("involved", "segment", "partner", "served_via")
    few = GroupAccounts(tuple((name,) for name in (*usual, *also)))
    stages = tuple(
        few if isinstance(stage, GroupAccounts) else stage
        for stage in plan.stages
        if not isinstance(stage, Compare)
    )
    return replace(plan, stages=stages)


def small_run(root: Path, as_of: str | None = None, also: tuple[str, ...] = ()) -> Run:
    """A published run of `small_plan`."""
    return small_plan(root, as_of, also).apply()
