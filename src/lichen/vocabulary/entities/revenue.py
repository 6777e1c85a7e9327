"""Revenue facts: subscription lines, renewals, churn records, adjustments, costs, rates."""

from __future__ import annotations

from lichen.vocabulary.costs import COST_KINDS
from lichen.vocabulary.entities.columns import (
    RECORDED,
    amount,
    boolean,
    currency,
    day,
    integer,
    month,
    one_of,
    ref,
    text,
)
from lichen.vocabulary.entities.spec import ClosingDate, Column, Entity, Kind

SUBSCRIPTION = Entity(
    "subscription",
    (
        text("subscription_id", required=True),
        ref("account_id", "account", required=True),
        text("product"),
        day("starts_on", required=True),
        day("ends_on", hidden=True),
        amount("arr_amount", required=True, flow=False),
        one_of("arr_basis", ("net", "list"), default="net"),
        currency(required=True),
        integer("seats"),
        integer("term_months"),
        boolean("auto_renew"),
        ref("sold_by_partner_id", "partner"),
        text("marketplace"),
        ref("opportunity_id", "opportunity"),
        ref("renewed_from_id", "subscription"),
        *RECORDED,
    ),
    key=("subscription_id",),
    happened="starts_on",
    starts="starts_on",
    ends="ends_on",
)

RENEWAL = Entity(
    "renewal",
    (
        text("renewal_id", required=True),
        ref("account_id", "account", required=True),
        ref("subscription_id", "subscription"),
        ref("new_subscription_id", "subscription"),
        ref("opportunity_id", "opportunity"),
        day("due_on", required=True),
        amount("due_amount", required=True, flow=False, minimum=0),
        Column("renewed_amount", Kind.AMOUNT, opens_with="decided_on", minimum=0),
        day("decided_on", hidden=True),
        one_of(
            "outcome",
            ("renewed", "churned", "pending"),
            required=True,
            opens_with="decided_on",
            open_value="pending",
        ),
        integer("term_months"),
        currency(),
        *RECORDED,
    ),
    key=("renewal_id",),
    closing=(
        ClosingDate("outcome", ("renewed", "churned"), "decided_on", ("due_on", "recorded_at")),
    ),
)

CHURN_RECORD = Entity(
    "churn_record",
    (
        text("churn_record_id", required=True),
        ref("account_id", "account", required=True),
        one_of("kind", ("account_flag", "line_flag", "event"), required=True),
        day("churned_on"),
        ref("subscription_id", "subscription"),
        text("reason"),
        *RECORDED,
    ),
    key=("churn_record_id",),
    happened="churned_on",
)
"""What a system says about a loss; compared with the lines, never used for a figure."""

ADJUSTMENT = Entity(
    "adjustment",
    (
        text("adjustment_id", required=True),
        ref("subscription_id", "subscription"),
        ref("opportunity_id", "opportunity"),
        day("on", required=True),
        amount("amount", required=True),
        currency(required=True),
        *RECORDED,
    ),
    key=("adjustment_id",),
    happened="on",
    rate_on="on",
)

COST = Entity(
    "cost",
    (
        text("cost_id", required=True),
        ref("account_id", "account"),
        month(),
        one_of("kind", COST_KINDS, required=True),
        amount("amount", required=True),
        currency(required=True),
        ref("partner_id", "partner"),
        text("motion"),
        *RECORDED,
    ),
    key=("cost_id",),
    happened="month",
    rate_on="month",
)

FX_RATE = Entity(
    "fx_rate",
    (
        currency(required=True),
        day("on", required=True),
        Column("rate", Kind.RATE, required=True),
        *RECORDED,
    ),
    key=("currency", "on"),
    happened="on",
)

ENTITIES = (SUBSCRIPTION, RENEWAL, CHURN_RECORD, ADJUSTMENT, COST, FX_RATE)
