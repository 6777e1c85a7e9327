"""Groups of one account at one month end, worked out from the words of the definitions.

Plain loops over rows and calendar days; shares nothing with the code under test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

Rows = Sequence[Mapping[str, Any]]
POST_SALE = {"implemented", "trained", "managed", "supported", "advised", "integrated"}
DELIVERING = {"implemented", "trained", "managed", "supported"}
SERVICES = {"implemented", "trained", "managed", "supported", "advised"}


def groups_on(
    day: date,
    account: Mapping[str, Any],
    involvements: Rows,
    partners: Rows,
    changes: Rows,
    minimum_days: int = 0,
    fresh_months: int = 0,
    certifications: Rows = (),
) -> dict[str, set[str]]:
    """Dimension -> values that hold on this month end."""
    mine = [row for row in involvements if row["account_id"] == account["account_id"]]
    active = [
        row
        for row in mine
        if row["starts_on"] <= day and (row["ends_on"] is None or day < row["ends_on"])
    ]
    roles = {row["role"] for row in active}
    technologies = {row["partner_id"] for row in active if row["role"] == "integrated"}
    served = {True: {True: "hybrid", False: "partner"}, False: {True: "direct", False: "direct"}}
    kinds = {row["partner_id"]: set(row["kinds"].split("|")) for row in partners}
    meaningful = any(
        row["role"] in POST_SALE | {"resold"} and _counts(row, day, minimum_days, fresh_months)
        for row in mine
    )
    return {
        "involved": {"yes" if meaningful else "no"},
        "served_via": {served[bool(roles & POST_SALE)][account["csm_key"] is not None]},
        "integrations": {"3+" if len(technologies) > 2 else str(len(technologies))},
        "integration_stack": {"+".join(sorted(technologies)) or "none"},
        "services_pattern": {"+".join(sorted(roles & SERVICES)) or "none"},
        "delivery": {_delivery(day, active, certifications)},
        "role": roles,
        "partner": {row["partner_id"] for row in active},
        "partner_kind": {kind for row in active for kind in kinds[row["partner_id"]]},
        "segment": {_segment(day, account, changes)},
    }


def _delivery(day: date, active: Rows, certifications: Rows) -> str:
    delivering = {row["partner_id"] for row in active if row["role"] in DELIVERING}
    valid = {
        row["partner_id"]
        for row in certifications
        if row["earned_on"] <= day and (row["expires_on"] is None or day < row["expires_on"])
    }
    if not delivering:
        return "none"
    return "certified" if delivering & valid else "uncertified"


def _counts(row: Mapping[str, Any], day: date, minimum_days: int, fresh_months: int) -> bool:
    if day < row["starts_on"] + timedelta(days=minimum_days):
        return False
    if row["ends_on"] is not None:
        return day < row["ends_on"]
    months = (day.year - row["starts_on"].year) * 12 + day.month - row["starts_on"].month
    return fresh_months == 0 or months < fresh_months


def _segment(day: date, account: Mapping[str, Any], changes: Rows) -> str:
    mine = [row for row in changes if row["id"] == account["account_id"]]
    if not mine:
        return account["segment"] or "unknown"
    known = [row for row in mine if row["from_on"] <= day]
    return max(known, key=lambda row: row["from_on"])["value"] if known else "unknown"
