"""Partners, what they do with customers, and what they are certified and paid for."""

from __future__ import annotations

from lichen.vocabulary.entities.columns import (
    RECORDED,
    amount,
    currency,
    day,
    instant,
    month,
    number,
    one_of,
    ref,
    some_of,
    text,
)
from lichen.vocabulary.entities.spec import Entity
from lichen.vocabulary.roles import PARTNER_KINDS, ROLES

PARTNER = Entity(
    "partner",
    (
        text("partner_id", required=True),
        text("name", required=True),
        text("domain"),
        some_of("kinds", PARTNER_KINDS, required=True),
        one_of("standing", ("strategic", "tactical")),
        text("tier"),
        text("region"),
        text("segments"),
        number("capacity"),
        text("manager_key"),
        day("joined_on"),
        day("left_on", hidden=True),
        *RECORDED,
    ),
    key=("partner_id",),
    starts="joined_on",
    ends="left_on",
)

PARTNER_ALIAS = Entity(
    "partner_alias",
    (
        text("system", required=True),
        text("key", required=True),
        ref("partner_id", "partner", required=True),
        *RECORDED,
    ),
    key=("system", "key"),
)

PARTNER_RELATION = Entity(
    "partner_relation",
    (
        ref("partner_id", "partner", required=True),
        ref("other_partner_id", "partner", required=True),
        one_of("kind", ("refers", "competes", "subcontracts", "joint_solution"), required=True),
        ref("account_id", "account"),
        day("happened_on"),
        *RECORDED,
    ),
    key=("partner_id", "other_partner_id", "kind", "account_id", "happened_on"),
    happened="happened_on",
)

PARTNER_REVENUE = Entity(
    "partner_revenue",
    (
        ref("partner_id", "partner", required=True),
        ref("account_id", "account"),
        month(),
        one_of("kind", ("product", "services", "managed", "training"), required=True),
        amount("amount", required=True),
        amount("cost"),
        currency(required=True),
        *RECORDED,
    ),
    key=("partner_id", "account_id", "month", "kind"),
    happened="month",
    rate_on="month",
)

INVOLVEMENT = Entity(
    "involvement",
    (
        text("involvement_id", required=True),
        ref("account_id", "account", required=True),
        ref("partner_id", "partner", required=True),
        one_of("role", ROLES, required=True),
        text("motion"),
        text("play"),
        text("lifecycle_stage"),
        day("starts_on", required=True),
        day("ends_on", hidden=True),
        ref("opportunity_id", "opportunity"),
        amount("amount"),
        currency(),
        text("marker", lower=True),
        *RECORDED,
    ),
    key=("involvement_id",),
    happened="starts_on",
    starts="starts_on",
    ends="ends_on",
    rate_on="starts_on",
)

PARTICIPATION = Entity(
    "participation",
    (
        ref("account_id", "account"),
        ref("partner_id", "partner"),
        one_of(
            "kind",
            ("event", "community", "training", "content", "programme", "portal"),
            required=True,
        ),
        text("name"),
        day("happened_on", required=True),
        *RECORDED,
    ),
    key=("account_id", "partner_id", "kind", "name", "happened_on"),
    happened="happened_on",
)

CERTIFICATION = Entity(
    "certification",
    (
        ref("partner_id", "partner", required=True),
        text("person_key", required=True, personal=True),
        text("certification", required=True),
        day("earned_on", required=True),
        day("expires_on"),
        *RECORDED,
    ),
    key=("partner_id", "person_key", "certification", "earned_on"),
    happened="earned_on",
    starts="earned_on",
    ends="expires_on",
)

AGREEMENT = Entity(
    "agreement",
    (
        text("agreement_id", required=True),
        ref("partner_id", "partner", required=True),
        day("starts_on", required=True),
        day("ends_on"),
        text("territory"),
        number("margin_percent"),
        text("reserved_accounts"),
        *RECORDED,
    ),
    key=("agreement_id",),
    happened="starts_on",
    starts="starts_on",
    ends="ends_on",
)

SIGNAL = Entity(
    "signal",
    (
        text("signal_id", required=True),
        ref("account_id", "account", required=True),
        ref("partner_id", "partner"),
        instant("observed_at", required=True),
        one_of(
            "kind",
            ("usage", "engagement", "satisfaction", "risk", "opportunity", "intent"),
            required=True,
        ),
        number("score"),
        text("note", personal=True),
        *RECORDED,
    ),
    key=("signal_id",),
    happened="observed_at",
)

PLAY_RUN = Entity(
    "play_run",
    (
        text("play_run_id", required=True),
        text("play", required=True),
        ref("account_id", "account", required=True),
        ref("partner_id", "partner"),
        text("motion"),
        day("starts_on", required=True),
        day("completed_on", hidden=True),
        text("outcome"),
        *RECORDED,
    ),
    key=("play_run_id",),
    happened="starts_on",
    starts="starts_on",
    ends="completed_on",
)

QUESTIONNAIRE_ANSWER = Entity(
    "questionnaire_answer",
    (
        text("subject", required=True),
        text("question", required=True),
        text("answer", required=True),
        day("answered_on", required=True),
        *RECORDED,
    ),
    key=("subject", "question", "answered_on"),
    happened="answered_on",
)

ENTITIES = (
    PARTNER,
    PARTNER_ALIAS,
    PARTNER_RELATION,
    PARTNER_REVENUE,
    INVOLVEMENT,
    PARTICIPATION,
    CERTIFICATION,
    AGREEMENT,
    SIGNAL,
    PLAY_RUN,
    QUESTIONNAIRE_ANSWER,
)
