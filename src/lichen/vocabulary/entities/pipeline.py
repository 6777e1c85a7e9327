"""The sales pipeline and the money that partners are given to fill it."""

from __future__ import annotations

from lichen.vocabulary.entities.columns import (
    RECORDED,
    amount,
    boolean,
    currency,
    day,
    instant,
    month,
    one_of,
    ref,
    text,
)
from lichen.vocabulary.entities.spec import ClosingDate, Entity

OPPORTUNITY = Entity(
    "opportunity",
    (
        text("opportunity_id", required=True),
        ref("account_id", "account", required=True),
        one_of("kind", ("new", "expansion", "cross_sell", "renewal"), required=True),
        amount("amount"),
        currency(),
        day("created_on", required=True),
        day("closed_on", hidden=True),
        text("stage"),
        text("product"),
        one_of(
            "outcome",
            ("open", "won", "lost"),
            required=True,
            opens_with="closed_on",
            open_value="open",
        ),
        text("lead_source"),
        boolean("is_direct_involved"),
        text("play"),
        ref("merged_into_id", "opportunity"),
        *RECORDED,
    ),
    key=("opportunity_id",),
    happened="created_on",
    starts="created_on",
    ends="closed_on",
    rate_on="created_on",
    closing=(ClosingDate("outcome", ("won", "lost"), "closed_on", ("recorded_at", "created_on")),),
)

OPPORTUNITY_CHANGE = Entity(
    "opportunity_change",
    (
        ref("opportunity_id", "opportunity", required=True),
        instant("changed_at", required=True),
        text("stage"),
        amount("amount", flow=False),
        *RECORDED,
    ),
    key=("opportunity_id", "changed_at"),
    happened="changed_at",
)

TOUCHPOINT = Entity(
    "touchpoint",
    (
        text("touchpoint_id", required=True),
        ref("account_id", "account"),
        ref("opportunity_id", "opportunity"),
        ref("partner_id", "partner"),
        ref("campaign_id", "campaign"),
        text("play"),
        text("kind", required=True),
        instant("happened_at", required=True),
        *RECORDED,
    ),
    key=("touchpoint_id",),
    happened="happened_at",
)

CAMPAIGN = Entity(
    "campaign",
    (
        text("campaign_id", required=True),
        text("name", required=True),
        text("kind", required=True),
        ref("partner_id", "partner"),
        ref("fund_request_id", "fund_request"),
        day("starts_on", required=True),
        day("ends_on"),
        amount("cost_amount"),
        currency(),
        amount("target_pipeline_amount"),
        *RECORDED,
    ),
    key=("campaign_id",),
    happened="starts_on",
    starts="starts_on",
    ends="ends_on",
    rate_on="starts_on",
)

LEAD = Entity(
    "lead",
    (
        text("lead_id", required=True),
        ref("campaign_id", "campaign"),
        ref("partner_id", "partner"),
        ref("account_id", "account"),
        ref("opportunity_id", "opportunity"),
        day("created_on", required=True),
        day("qualified_on", hidden=True),
        *RECORDED,
    ),
    key=("lead_id",),
    happened="created_on",
)

REGISTRATION = Entity(
    "registration",
    (
        text("registration_id", required=True),
        ref("partner_id", "partner", required=True),
        ref("account_id", "account"),
        ref("opportunity_id", "opportunity"),
        instant("submitted_at", required=True),
        instant("decided_at", hidden=True),
        text("status", required=True),
        day("protected_until"),
        amount("estimated_amount"),
        currency(),
        *RECORDED,
    ),
    key=("registration_id",),
    happened="submitted_at",
    starts="submitted_at",
    ends="decided_at",
    rate_on="submitted_at",
)

FUND_BUDGET = Entity(
    "fund_budget",
    (
        month("period"),
        text("tier"),
        ref("partner_id", "partner"),
        amount("amount", required=True),
        currency(required=True),
        *RECORDED,
    ),
    key=("period", "tier", "partner_id"),
    rate_on="period",
)

FUND_REQUEST = Entity(
    "fund_request",
    (
        text("fund_request_id", required=True),
        ref("partner_id", "partner", required=True),
        text("activity_kind", required=True),
        text("tier"),
        day("requested_on", required=True),
        amount("requested_amount", required=True),
        day("approved_on", hidden=True),
        amount("approved_amount"),
        day("claimed_on", hidden=True),
        day("paid_on", hidden=True),
        amount("paid_amount"),
        currency(required=True),
        text("status", required=True),
        amount("target_pipeline_amount"),
        *RECORDED,
    ),
    key=("fund_request_id",),
    happened="requested_on",
    rate_on="requested_on",
)

ENTITIES = (
    OPPORTUNITY,
    OPPORTUNITY_CHANGE,
    TOUCHPOINT,
    CAMPAIGN,
    LEAD,
    REGISTRATION,
    FUND_BUDGET,
    FUND_REQUEST,
)
