"""Customers and what they do: accounts, contacts, usage, milestones, sentiment."""

from __future__ import annotations

from lichen.vocabulary.entities.columns import (
    RECORDED,
    day,
    instant,
    integer,
    month,
    number,
    one_of,
    ref,
    text,
)
from lichen.vocabulary.entities.spec import Entity
from lichen.vocabulary.roles import SEGMENTS

DATED_ATTRIBUTES = ("segment", "industry", "region")
"""Attributes of accounts whose past values `attribute_change` can tell."""

FIXED_ATTRIBUTES = ("referral_source",)
"""Attributes of accounts that tell of one past moment, and so never change."""

ACCOUNT = Entity(
    "account",
    (
        text("account_id", required=True),
        text("name", required=True),
        text("domain"),
        ref("parent_account_id", "account"),
        one_of("segment", SEGMENTS),
        text("industry"),
        text("region"),
        text("country"),
        text("referral_source"),
        integer("employees"),
        text("csm_key"),
        day("created_on"),
        *RECORDED,
    ),
    key=("account_id",),
)

ACCOUNT_ALIAS = Entity(
    "account_alias",
    (
        text("system", required=True),
        text("key", required=True),
        ref("account_id", "account", required=True),
        *RECORDED,
    ),
    key=("system", "key"),
)

ATTRIBUTE_CHANGE = Entity(
    "attribute_change",
    (
        one_of("entity", ("account", "partner"), required=True),
        text("id", required=True),
        text("attribute", required=True, lower=True),
        text("value", required=True),
        day("from_on", required=True),
        *RECORDED,
    ),
    key=("entity", "id", "attribute", "from_on"),
    happened="from_on",
)

USAGE = Entity(
    "usage",
    (
        ref("account_id", "account", required=True),
        month(),
        text("product"),
        text("feature"),
        integer("active_users"),
        integer("seats"),
        integer("events"),
        *RECORDED,
    ),
    key=("account_id", "month", "product", "feature"),
    happened="month",
)

MILESTONE = Entity(
    "milestone",
    (
        ref("account_id", "account", required=True),
        text("milestone", required=True),
        day("due_on"),
        day("promised_on"),
        day("reached_on", hidden=True),
        *RECORDED,
    ),
    key=("account_id", "milestone"),
)

OUTCOME_GOAL = Entity(
    "outcome_goal",
    (
        text("goal_id", required=True),
        ref("account_id", "account", required=True),
        text("goal", required=True),
        number("baseline"),
        number("target"),
        number("achieved", opens_with="achieved_on"),
        text("unit"),
        day("agreed_on"),
        day("due_on"),
        day("achieved_on", hidden=True),
        *RECORDED,
    ),
    key=("goal_id",),
    happened="agreed_on",
)

SURVEY = Entity(
    "survey",
    (
        text("survey_id", required=True),
        ref("account_id", "account", required=True),
        day("responded_on", required=True),
        one_of("kind", ("nps", "csat", "ces", "partner_rating"), required=True),
        number("score", required=True),
        ref("partner_id", "partner"),
        *RECORDED,
    ),
    key=("survey_id",),
    happened="responded_on",
)

ADVOCACY = Entity(
    "advocacy",
    (
        text("advocacy_id", required=True),
        ref("account_id", "account", required=True),
        day("happened_on", required=True),
        one_of("kind", ("referral", "reference", "case_study", "review"), required=True),
        ref("referred_account_id", "account"),
        ref("partner_id", "partner"),
        ref("lead_id", "lead"),
        *RECORDED,
    ),
    key=("advocacy_id",),
    happened="happened_on",
)

TICKET = Entity(
    "ticket",
    (
        text("ticket_id", required=True),
        ref("account_id", "account", required=True),
        instant("opened_at", required=True),
        instant("closed_at", hidden=True),
        text("severity"),
        ref("handled_by_partner_id", "partner"),
        *RECORDED,
    ),
    key=("ticket_id",),
    happened="opened_at",
    starts="opened_at",
    ends="closed_at",
)

CONTACT = Entity(
    "contact",
    (
        text("contact_id", required=True),
        ref("account_id", "account", required=True),
        one_of("role", ("executive_sponsor", "champion", "admin", "user"), required=True),
        text("department"),
        text("relationship_holder"),
        *RECORDED,
    ),
    key=("contact_id",),
)

CONTACT_EVENT = Entity(
    "contact_event",
    (
        ref("contact_id", "contact", required=True),
        day("happened_on", required=True),
        text("with"),
        *RECORDED,
    ),
    key=("contact_id", "happened_on", "with"),
    happened="happened_on",
)

ENTITIES = (
    ACCOUNT,
    ACCOUNT_ALIAS,
    ATTRIBUTE_CHANGE,
    USAGE,
    MILESTONE,
    OUTCOME_GOAL,
    SURVEY,
    ADVOCACY,
    TICKET,
    CONTACT,
    CONTACT_EVENT,
)
