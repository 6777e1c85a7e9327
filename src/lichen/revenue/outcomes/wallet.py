"""Wallet share: what partners earned at our customers for every dollar that we earned there."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.revenue.calendar import whole
from lichen.revenue.outcomes.family import Asked, Family, Share


def features(asked: Asked) -> ir.Table:
    """Revenue of all partners at an account in the window, beside ours of the same window.

    Accounts without a row of partner revenue count nowhere: nobody reported, which is not nothing.
    """
    rows = asked.facts.table("partner_revenue")
    rows = rows.filter(rows.account_key.notnull(), rows.month.notnull())
    placed = asked.placed(
        rows.select("account_key", on=rows.month, earned=rows.reported_minor), "on"
    )
    earned = placed.group_by(["account_key", "month"]).aggregate(
        wallet=placed.earned.sum().cast("int64")
    )
    ours = asked.served.select("account_key", "month", "revenue")
    met = earned.inner_join(ours, ["account_key", "month"])
    met = met.filter(met.revenue > 0)
    return met.select(
        "account_key",
        "month",
        wallet_partners=ibis.coalesce(met.wallet, whole(0)),
        wallet_ours=met.revenue,
        wallet_n=whole(1),
    )


FAMILY = Family(
    "wallet",
    needs=(("partner_revenue", "amount"),),
    features=features,
    figures=(Share("partner_wallet_share", "wallet_partners", "wallet_ours", "wallet_n"),),
)
