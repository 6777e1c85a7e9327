"""When partners were present: involvement as spans of months, merged and made meaningful.

A span is half-open in month indexes: it is active at month end m when from_month <= m < to_month.
For an involvement that is `starts_on <= E < ends_on` at the month end E, so one that starts and
ends inside a month is never active.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from lichen.kernel.periods import FAR_MONTH
from lichen.ledger.facts import Facts
from lichen.vocabulary.definitions import Definitions


def month_of(day: ir.DateValue) -> ir.IntegerValue:
    """The month index (int64) of a date, as `kernel.periods.month_index`."""
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1


def far_month() -> ir.IntegerValue:
    """The open end of a span, as int64 on every engine."""
    return ibis.literal(FAR_MONTH, "int64")


@dataclass(frozen=True)
class Presence:
    """What grouping reads of the facts, computed once.

    `accounts` has account_key, one row per account. `spans` has account_key, partner_key, role,
    from_month, to_month: one row per involvement that is active at some month end. `meaningful`
    has account_key, from_month, to_month: the involvements that count for `involved`.
    """

    facts: Facts
    definitions: Definitions
    accounts: ir.Table
    spans: ir.Table
    meaningful: ir.Table

    def keep(self, table: ir.Table) -> ir.Table:
        """The same rows, computed once."""
        return self.facts.engine.materialise(table)


def presence(facts: Facts, definitions: Definitions) -> Presence:
    """The accounts and their partners' spans, read from the facts once."""
    return Presence(
        facts=facts,
        definitions=definitions,
        accounts=facts.table("account").select("account_key"),
        spans=facts.engine.materialise(active_spans(facts)),
        meaningful=facts.engine.materialise(meaningful_spans(facts, definitions)),
    )


def active_spans(facts: Facts) -> ir.Table:
    """Every involvement as a span of months, whatever its role; open ends reach FAR_MONTH."""
    rows = facts.table("involvement")
    spans = rows.select(
        "account_key",
        "partner_key",
        "role",
        from_month=month_of(rows.starts_on),
        to_month=month_of(rows.ends_on).fill_null(far_month()),
    )
    return spans.filter(spans.from_month < spans.to_month)


def meaningful_spans(facts: Facts, definitions: Definitions) -> ir.Table:
    """The spans in which an involvement counts, by the workspace's definition.

    Only `meaningful_roles`; the span begins `minimum_days` after the start, and one that is still
    open ends `fresh_months` after the month of its start. What is still open is judged as of the
    facts' day, so an involvement closed later may read differently later.
    """
    words = definitions.involvement
    rows = facts.table("involvement")
    rows = rows.filter(rows.role.isin(list(words.meaningful_roles)))
    begins = rows.starts_on
    if words.minimum_days:
        begins = (begins + ibis.interval(days=words.minimum_days)).cast("date")
    stale = far_month()
    if words.fresh_months:
        stale = month_of(rows.starts_on) + ibis.literal(words.fresh_months, "int64")
    spans = rows.select(
        "account_key",
        from_month=month_of(begins),
        to_month=month_of(rows.ends_on).fill_null(stale),
    )
    return spans.filter(spans.from_month < spans.to_month)


def merge_spans(spans: ir.Table, keys: Sequence[str]) -> ir.Table:
    """The union of each key's spans: rows that overlap or touch become one.

    Takes and gives `keys`, from_month, to_month; afterwards a key is in at most one row at a time.
    """
    before = ibis.window(
        group_by=list(keys), order_by=["from_month", "to_month"], preceding=(None, 1)
    )
    reached = spans.mutate(reached=spans.to_month.max().over(before))
    marked = reached.mutate(
        opens=ibis.cases(
            (reached.reached.isnull() | (reached.from_month > reached.reached), 1), else_=0
        ).cast("int64")
    )
    so_far = ibis.window(
        group_by=list(keys), order_by=["from_month", "to_month"], preceding=None, following=0
    )
    islands = marked.mutate(island=marked.opens.sum().over(so_far))
    merged = islands.group_by(*keys, "island").agg(
        from_month=islands.from_month.min(), to_month=islands.to_month.max()
    )
    return merged.drop("island")
