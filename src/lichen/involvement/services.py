"""The services pattern: the set of service roles active together."""

from __future__ import annotations

import ibis

from lichen.involvement.axes import Axis, span_axis
from lichen.involvement.periods import Presence, merge_spans
from lichen.vocabulary.roles import SERVICE_ROLES

NONE = "none"


def services_axis(presence: Presence) -> Axis:
    """One value per set of service roles, `none` or roles sorted and joined by `+`.

    A role is one bit, so the code is the sum of the bits of the roles whose spans are open.
    """
    spans = presence.spans.filter(presence.spans.role.isin(list(SERVICE_ROLES)))
    roles = merge_spans(
        spans.select("account_key", "role", "from_month", "to_month"), ["account_key", "role"]
    )
    bit = ibis.cases(
        *((roles.role == role, 2**place) for place, role in enumerate(SERVICE_ROLES)), else_=0
    )
    return span_axis("services_pattern", pattern_words(), roles.mutate(step=bit.cast("int64")))


def pattern_words() -> tuple[str, ...]:
    """The text of every set of service roles, by the sum of its bits."""
    return tuple(
        "+".join(sorted(role for place, role in enumerate(SERVICE_ROLES) if mask >> place & 1))
        or NONE
        for mask in range(2 ** len(SERVICE_ROLES))
    )
