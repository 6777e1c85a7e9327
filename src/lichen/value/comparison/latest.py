"""The latest score of a survey among rows that are grouped."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.revenue.outcomes.sentiment import on_scale

_SCORES = 16
"""More than any scale holds, so that a day and a score fit into one number."""


def scores(facts: Facts, kind: str) -> ir.Table:
    """The answers of one kind that are on its scale."""
    surveys = facts.table("survey")
    return surveys.filter(surveys.account_key.notnull(), surveys.kind == kind, on_scale(surveys))


def latest_score(rows: ir.Table, where: ir.Value | None = None) -> ir.Value:
    """The score of the latest `responded_on`, the highest where a day has several; an aggregate."""
    day = rows.responded_on.delta(ibis.date(date(1970, 1, 1)), unit="day").cast("int64")
    newest = (day * whole(_SCORES) + rows.score.cast("int64")).max(where=where)
    return newest % whole(_SCORES)
