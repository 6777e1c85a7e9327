"""Flows of money into the workspace currency, at the rate of their own date, rounded once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from lichen.engines.embedded import Embedded
from lichen.engines.text import half_even_product, literal, local_date, quoted
from lichen.kernel.money import currency_digits
from lichen.ledger.contracts import LARGEST_MINOR, digits_sql
from lichen.ledger.errors import MissingRates
from lichen.ledger.mapped import clean
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import Column, Entity, Kind

RATES = "rate_at"

LARGEST_REPORTED = 9e18
"""Minor units that a converted flow may have; int64 ends a little above."""


def flows(entity: Entity) -> list[Column]:
    """The columns that are converted at their own date."""
    return [column for column in entity.columns if column.reported_name is not None]


def rate_day(entity: Entity, zone: str) -> str:
    """SQL of the day whose rate converts the flows of row m."""
    name = str(entity.rate_on)
    value = f"m.{quoted(name)}"
    return local_date(value, zone) if entity.by_name[name].kind is Kind.INSTANT else value


def find_rates(
    session: Embedded, entities: Sequence[Entity], definitions: Definitions, *, loaded: bool
) -> None:
    """Table `rate_at`: currency, day, rate_e8, divisor for every currency and day that flows need.

    The rate of a day is the latest on or before it, at most `revenue.rate_max_age_days` old.

    Raises:
        MissingRates: some flow has no such rate; every currency and day is listed.
    """
    own = definitions.workspace.currency
    age = definitions.revenue.rate_max_age_days
    needs = [_needs(entity, definitions) for entity in entities if flows(entity)]
    needed = " UNION ".join(needs) or "SELECT NULL AS currency, NULL::DATE AS day WHERE false"
    session.table("rate_need", needed)
    rates = (
        clean("fx_rate")
        if loaded
        else (
            '(SELECT NULL AS currency, NULL::DATE AS "on", 0::DECIMAL(18, 8) AS rate WHERE false)'
        )
    )
    divisor = f"pow(10, 8 + {digits_sql('n.currency')} - {currency_digits(own)})"
    session.table(
        RATES,
        f"""
        SELECT n.currency, n.day, CAST({divisor} AS BIGINT) AS divisor,
               CAST(CAST(max_by(r.rate, r."on") AS DECIMAL(38, 8)) * 100000000 AS BIGINT) AS rate_e8
        FROM rate_need n LEFT JOIN {rates} r
          ON r.currency = n.currency AND r."on" <= n.day AND r."on" >= n.day - {age}
        GROUP BY n.currency, n.day
        """,
    )
    missing: dict[str, list[date]] = defaultdict(list)
    for currency, day in session.rows(
        f"SELECT currency, day FROM {RATES} WHERE rate_e8 IS NULL ORDER BY currency, day"
    ):
        missing[currency].append(day)
    if missing:
        raise MissingRates(dict(missing), own, age)


def _needs(entity: Entity, definitions: Definitions) -> str:
    own, zone = definitions.workspace.currency, definitions.workspace.time_zone
    columns = flows(entity)
    if any(column.required for column in columns):
        some = "true"
    else:
        some = " OR ".join(f"{quoted(column.name)} IS NOT NULL" for column in columns)
    return (
        f"SELECT currency, {rate_day(entity, zone)} AS day FROM {clean(entity.name)} m "
        f"WHERE currency <> {literal(own)} AND ({some})"
    )


def reported(column: Column, own: str) -> str:
    """SQL of a flow in the workspace currency, over row m and its rate x."""
    amount = f"m.{quoted(column.name)}"
    converted = half_even_product(amount, "x.rate_e8", "x.divisor")
    return f"CASE WHEN m.currency = {literal(own)} THEN {amount} ELSE {converted} END"


def some_rate_may_exceed(session: Embedded) -> bool:
    """Whether a rate is so high that an amount within the contract's range would not fit int64."""
    highest = session.row(f"SELECT max(rate_e8::DOUBLE / divisor::DOUBLE) FROM {RATES}")[0]
    return highest is not None and highest * LARGEST_MINOR > LARGEST_REPORTED


def beyond_range(entity: Entity, own: str) -> str:
    """SQL of a condition, over row m and its rate x: a flow that does not fit once converted."""
    fits = [
        f"abs(m.{quoted(column.name)}::DOUBLE * x.rate_e8::DOUBLE / x.divisor::DOUBLE) "
        f"> {LARGEST_REPORTED}"
        for column in flows(entity)
    ]
    return f"m.currency <> {literal(own)} AND ({' OR '.join(fits)})"
