"""The partner portfolio on the board: who is signed and active, and what hangs on whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from lichen.scorecards.published import Published
from lichen.vocabulary.figure import Figure, groups_text

NUMBERS = (
    ("partners_signed", ""),
    ("partners_joined", ""),
    ("partners_left", ""),
    ("partners_active", ""),
    ("partner_activation", ""),
    ("partners_without_outcome", ""),
    ("attach_rate", ""),
    ("partner_concentration", "top=3"),
    ("effective_partners", ""),
    ("growth_share", ""),
)
"""Metric and parameters of the figures shown for the whole portfolio, in this order."""


@dataclass(frozen=True)
class PartnerRow:
    """One partner: what hangs on it, its figures, and whether it is at work."""

    partner_id: str
    name: str
    kinds: tuple[str, ...]
    tier: str
    signed: bool
    active: bool
    accounts: int
    last_activity_on: date | None
    arr: Figure | None
    alone: Figure | None
    renewals: Figure | None


@dataclass(frozen=True)
class Portfolio:
    """Figures of the whole portfolio, and the partners on whom most hangs.

    `folded` counts partners left out; the run's table `portfolio` has every one. `idle` are signed
    partners that serve no account, by name.
    """

    numbers: tuple[Figure, ...]
    partners: tuple[PartnerRow, ...]
    folded: int
    idle: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the run knows no partner."""
        return not self.partners and not self.numbers


def portfolio(published: Published, tables: Mapping[str, pa.Table], top: int) -> Portfolio:
    """The portfolio of a run; empty where it published none."""
    found = (published.figure(metric, "", parameters) for metric, parameters in NUMBERS)
    numbers = tuple(figure for figure in found if figure is not None)
    has_partners = any(figure.metric == "partners_signed" for figure in numbers)
    rows = tables["portfolio"].to_pylist() if "portfolio" in tables else []
    serving = [row for row in rows if row["accounts"]]
    idle = [
        row["name"] or row["partner_id"] for row in rows if row["signed"] and not row["accounts"]
    ]
    return Portfolio(
        numbers if has_partners else (),
        tuple(_row(row, published) for row in serving[:top]),
        max(0, len(serving) - top),
        tuple(sorted(idle)),
    )


def _row(row: Mapping[str, Any], published: Published) -> PartnerRow:
    groups = groups_text({"partner": row["partner_id"]})
    return PartnerRow(
        partner_id=row["partner_id"],
        name=row["name"] or row["partner_id"],
        kinds=tuple(row["kinds"].split("|")) if row["kinds"] else (),
        tier=row["tier"] or "",
        signed=row["signed"],
        active=row["active"],
        accounts=row["accounts"],
        last_activity_on=row["last_activity_on"],
        arr=published.figure("arr_exposed", groups),
        alone=published.figure("arr_exposed", groups, "served=alone"),
        renewals=published.figure("renewals_exposed", groups),
    )
