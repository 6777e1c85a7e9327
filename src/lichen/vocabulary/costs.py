"""Kinds of cost: what money was spent on, in the words of the `cost` entity."""

from __future__ import annotations

from typing import Literal, get_args

CostKind = Literal[
    "hosting",
    "onboarding",
    "support",
    "csm",
    "people",
    "sales",
    "marketing",
    "partner_margin",
    "commission",
    "fund",
    "marketplace_fee",
]

COST_KINDS: tuple[CostKind, ...] = get_args(CostKind)

COST_GROUPS = ("serving", "cost_of_revenue", "acquisition", "routes")
"""Keys of the definition `cost` that hold kinds, each kind in one of them at most."""
