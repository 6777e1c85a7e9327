"""Advocacy: customers who speak for the vendor, and the customers that this brought."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.revenue.calendar import whole
from lichen.revenue.outcomes.family import Amount, Asked, Family, Share

REFERENCES = ("reference", "case_study")


def features(asked: Asked) -> ir.Table:
    """Whether each account referred, stood as reference or spoke at all in each window."""
    spoken = asked.facts.table("advocacy")
    spoken = spoken.filter(spoken.account_key.notnull(), spoken.happened_on.notnull())
    placed = asked.placed(spoken, "happened_on")
    one, zero = whole(1), whole(0)
    referred, stood = placed.kind == "referral", placed.kind.isin(REFERENCES)
    summed = placed.group_by(["account_key", "month"]).aggregate(
        referred=ibis.ifelse(referred, one, zero).max().cast("int64"),
        stood_as_reference=ibis.ifelse(stood, one, zero).max().cast("int64"),
    )
    return summed.mutate(advocated=one)


def referral_features(asked: Asked) -> ir.Table:
    """How many accounts each account brought that became customers in each window.

    An account that several referred counts for the first of them, once.
    """
    won = _won(asked)
    placed = asked.placed(won, "starts_on")
    return placed.group_by(["account_key", "month"]).aggregate(
        referred_won=placed.count().cast("int64")
    )


def _won(asked: Asked) -> ir.Table:
    """Accounts that bought on or after their first referral: account_key of who referred first."""
    spoken = asked.facts.table("advocacy")
    spoken = spoken.filter(
        spoken.kind == "referral",
        spoken.account_key.notnull(),
        spoken.referred_account_key.notnull(),
        spoken.referred_account_key != spoken.account_key,
    )
    named = spoken.select("account_key", "happened_on", buyer=spoken.referred_account_key)
    earliest = named.group_by("buyer").aggregate(referred_on=named.happened_on.min())
    firsts = named.inner_join(
        earliest.select("referred_on", first_buyer=earliest.buyer),
        [("buyer", "first_buyer"), ("happened_on", "referred_on")],
    )
    brought = firsts.group_by(["buyer", "happened_on"]).aggregate(
        account_key=firsts.account_key.min()
    )
    lines = asked.facts.table("subscription")
    lines = lines.filter(lines.account_key.notnull(), lines.starts_on.notnull())
    starts = lines.group_by("account_key").aggregate(starts_on=lines.starts_on.min())
    starts = starts.select("starts_on", new_customer=starts.account_key)
    bought = brought.inner_join(starts, brought.buyer == starts.new_customer)
    return bought.filter(bought.starts_on >= bought.happened_on).select("account_key", "starts_on")


FAMILY = Family(
    "advocacy",
    needs=(("advocacy", "kind"),),
    features=features,
    figures=(
        Share("referral_rate", "referred", "served_n", "served_n"),
        Share("reference_rate", "stood_as_reference", "served_n", "served_n"),
        Amount("advocates", "advocated", "served_n"),
    ),
)

REFERRALS = Family(
    "referrals",
    needs=(("advocacy", "referred_account_id"),),
    features=referral_features,
    figures=(Amount("referred_won", "referred_won", "served_n"),),
)
