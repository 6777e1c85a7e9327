"""ARR of accounts on two days of their own, in constant currency."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from lichen.ledger.facts import Facts
from lichen.revenue.calendar import whole
from lichen.revenue.exchange import convert
from lichen.revenue.levels import levels_of
from lichen.vocabulary.definitions import Definitions

KEYS = ("account_key", "landmark")


def is_live(rows: ir.Table, day: str) -> ir.Value:
    """Whether a line stands on the day in a column: it has started, and not ended by then."""
    return (rows.starts_on <= rows[day]) & (rows.ends_on.isnull() | (rows.ends_on > rows[day]))


def arr_on(
    facts: Facts,
    definitions: Definitions,
    lines: ir.Table,
    days: Mapping[str, str],
    newest: str | None = None,
) -> ir.Table:
    """ARR by point on several days: account_key, landmark, and one int64 column for each of `days`.

    `lines` are subscription lines met with their points (account_key, landmark, rate_month,
    starts_on, ends_on, arr_minor, currency, and the date columns that `days` names by result).
    Minor units of the workspace currency, every day at the rate of the point's `rate_month`,
    rounded once for each account and currency. `newest` is a date whose maximum goes along.

    Raises:
        RateMissing: a currency with ARR on one of the days has no fresh rate.
    """
    home = ibis.literal(definitions.workspace.currency)
    levels = levels_of(facts, definitions)
    lines = lines.mutate(currency=ibis.coalesce(lines.currency, home))
    sums = {
        name: lines.arr_minor.sum(where=is_live(lines, day)).cast("int64")
        for name, day in days.items()
    }
    also = {} if newest is None else {newest: lines[newest].max()}
    if levels.foreign is None:
        held = lines.group_by(list(KEYS)).aggregate(**sums, **also)
        return held.mutate(**{name: ibis.coalesce(held[name], whole(0)) for name in days})
    by = [*KEYS, "rate_month", "currency"]
    held = facts.engine.materialise(lines.group_by(by).aggregate(**sums, **also))
    return _converted(facts, definitions, held, tuple(days), newest)


def _converted(
    facts: Facts,
    definitions: Definitions,
    held: ir.Table,
    names: tuple[str, ...],
    newest: str | None,
) -> ir.Table:
    """Sums by currency at the rate of `rate_month`, added up by point."""
    own, rates = definitions.workspace.currency, levels_of(facts, definitions).rates
    there = ibis.or_(*(ibis.coalesce(held[name], whole(0)) != 0 for name in names))
    found = facts.engine.to_arrow(
        held.filter(there, held.currency != own).select("currency", "rate_month").distinct()
    ).to_pylist()
    needed = sorted({(row["currency"], row["rate_month"]) for row in found})
    rates.require(needed)
    months = sorted({month for _, month in needed}) or [0]
    quotes = facts.engine.from_arrow(rates.table({code for code, _ in needed}, months))
    quotes = quotes.rename(quoted="currency", quoted_month="rate_month")
    met = held.left_join(
        quotes, [held.currency == quotes.quoted, held.rate_month == quotes.quoted_month]
    )
    at_home = met.currency == own
    amounts = met.select(
        *KEYS,
        *([newest] if newest else []),
        **{
            name: ibis.coalesce(
                ibis.ifelse(at_home, met[name], convert(met[name], met.rate)), whole(0)
            )
            for name in names
        },
    )
    also = {} if newest is None else {newest: amounts[newest].max()}
    return amounts.group_by(list(KEYS)).aggregate(
        **{name: amounts[name].sum().cast("int64") for name in names}, **also
    )
