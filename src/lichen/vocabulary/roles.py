"""What a partner does (role), what it is (kind), and how long-lived words group them."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal[
    "sourced",
    "referred",
    "validated",
    "resold",
    "co_sold",
    "implemented",
    "integrated",
    "trained",
    "managed",
    "supported",
    "advised",
]

ROLES: tuple[Role, ...] = get_args(Role)

ORIGIN_ROLES: tuple[Role, ...] = ("sourced", "referred", "resold")
"""Roles that make a partner the origin of a deal."""

POST_SALE_ROLES: tuple[Role, ...] = (
    "implemented",
    "trained",
    "managed",
    "supported",
    "advised",
    "integrated",
)
"""Roles that serve a customer after the sale; they decide `served_via`."""

SERVICE_ROLES: tuple[Role, ...] = ("implemented", "trained", "managed", "supported", "advised")
"""Roles whose set at a date is the services pattern."""

DELIVERY_ROLES: tuple[Role, ...] = ("implemented", "trained", "managed", "supported")
"""Roles that do work for the customer for which a partner can be certified."""

DELIVERY = ("none", "uncertified", "certified")
"""What delivers an account: no partner, or one without or with a valid certification."""

PARTNER_KINDS = (
    "technology",
    "services",
    "system_integrator",
    "agency",
    "reseller",
    "distributor",
    "referral",
    "alliance",
    "marketplace",
    "training",
    "data",
)

ROUTES = ("direct", "hybrid", "partner", "unknown")
"""How a customer was acquired or is served, in the order pages show them."""

SEGMENTS = ("smb", "mid_market", "enterprise")
