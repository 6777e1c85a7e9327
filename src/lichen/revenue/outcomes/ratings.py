"""Ratings of partners: an answer counts for the partner that it names.

An account works with several partners. Grouped by the partners it has, one partner's rating would
be told of all of them.
"""

from __future__ import annotations

import ibis.expr.types as ir
import pyarrow as pa

from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.revenue.outcomes.family import Asked, Family, OwnGroups, Share
from lichen.revenue.outcomes.sentiment import NEEDS, answers_in
from lichen.vocabulary.figure import groups_text
from lichen.vocabulary.roles import PARTNER_KINDS

KEYS = ("account_key", "month")


def features(asked: Asked) -> ir.Table:
    """Ratings that each account gave in each window, whomever it rated."""
    return _summed(_ratings(asked), KEYS)


def by_partner(asked: Asked) -> ir.Table:
    """The same for each partner rated, and for each kind of partner rated."""
    ratings = _ratings(asked).semi_join(asked.served, KEYS)
    named = asked.facts.engine.from_arrow(_groups(asked.facts))
    placed = ratings.inner_join(named, ratings.partner_key == named.named_key)
    return _summed(placed.drop("partner_key", "named_key"), (*KEYS, "groups"))


def _ratings(asked: Asked) -> ir.Table:
    answers = answers_in(asked)
    rated = answers.filter(answers.on_scale, answers.kind == "partner_rating")
    return rated.select(*KEYS, "partner_key", points=rated.score.cast("int64"))


def _summed(ratings: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    summed = ratings.group_by(list(keys)).aggregate(
        rated_points=ratings.points.sum().cast("int64"),
        rated_answers=ratings.count().cast("int64"),
    )
    return summed.mutate(rated_n=whole(1))


def _groups(facts: Facts) -> pa.Table:
    """named_key and groups: every partner by itself, and under each of its kinds."""
    rows = facts.table("partner").select("partner_key", "partner_id", "kinds")
    named = [
        (partner["partner_key"], text)
        for partner in facts.engine.to_arrow(rows).to_pylist()
        for text in _texts(partner["partner_id"], partner["kinds"] or "")
    ]
    return pa.table(
        {
            "named_key": pa.array([key for key, _ in named], pa.int64()),
            "groups": pa.array([text for _, text in named], pa.string()),
        }
    )


def _texts(partner_id: str, kinds: str) -> list[str]:
    held = sorted(set(kinds.split("|")) & set(PARTNER_KINDS))
    return [
        groups_text({"partner": partner_id}),
        *(groups_text({"partner_kind": kind}) for kind in held),
    ]


FAMILY = Family(
    "partner ratings",
    needs=(*NEEDS, ("survey", "partner_id")),
    features=features,
    figures=(Share("partner_rating", "rated_points", "rated_answers", "rated_n"),),
    own_groups=OwnGroups(("partner", "partner_kind"), by_partner),
)
