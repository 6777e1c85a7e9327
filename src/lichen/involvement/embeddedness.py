"""Embeddedness: how many ties partners have into an account's use of the product, as classes.

A tie is a technology active, a service role active, a joint event or the community, the last two
for as long as the definition says after they happened.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lichen.involvement.axes import Axis, changes, edges, levels
from lichen.involvement.periods import Presence, merge_spans, month_of
from lichen.involvement.stack import technology_spans
from lichen.vocabulary.embeddedness import COMMUNITY, DEPTH_CLASSES
from lichen.vocabulary.roles import SERVICE_ROLES


def embeddedness_axis(presence: Presence) -> Axis:
    """The class of depth; only changes of class are steps, not every tie that comes or goes."""
    words = presence.definitions.embeddedness
    ties = tie_spans(presence).mutate(step=ibis.literal(1, "int64"))
    depth = levels(edges(ties), ["step"])
    code = sum(
        ((depth.step >= least).cast("int64") for least in words.thresholds),
        ibis.literal(0, "int64"),
    )
    coded = depth.select("account_key", "month", code=code.cast("int64"))
    return Axis("embeddedness", DEPTH_CLASSES, changes(coded), dated=True)


def tie_spans(presence: Presence) -> ir.Table:
    """account_key, from_month, to_month: one row for each tie while it lasts."""
    columns = ("account_key", "from_month", "to_month")
    roles = presence.spans.filter(presence.spans.role.isin(list(SERVICE_ROLES)))
    roles = roles.select("account_key", "role", "from_month", "to_month")
    parts = [
        technology_spans(presence).select(*columns),
        merge_spans(roles, ["account_key", "role"]).select(*columns),
    ]
    if presence.facts.is_mapped("participation"):
        together = merge_spans(_participations(presence), ["account_key", "is_community"])
        parts.append(together.select(*columns))
    return ibis.union(*parts, distinct=False)


def _participations(presence: Presence) -> ir.Table:
    """What an account took part in, as spans of the months for which it counts."""
    words = presence.definitions.embeddedness
    rows = presence.facts.table("participation")
    community = rows.kind == COMMUNITY
    joint = rows.kind.isin(list(words.joint_kinds)) & rows.partner_key.notnull()
    rows = rows.filter(rows.account_key.notnull(), rows.happened_on.notnull(), community | joint)
    month = month_of(rows.happened_on)
    return rows.select(
        "account_key",
        is_community=(rows.kind == COMMUNITY).cast("int64"),
        from_month=month,
        to_month=month + ibis.literal(words.months, "int64"),
    )
