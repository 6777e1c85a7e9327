"""Members of the quarter design beside the same written by hand in SQL, on random ledgers."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb as sql_engine
import pytest
from facts_from_rows import Row, ledger_table, line
from small_cohorts import ANY, IMPLEMENTED, compared, involved, partners, rows_of

from lichen.engines import Engine
from lichen.kernel.periods import month_end
from lichen.value.comparison.exposure import Exposure
from lichen.vocabulary.roles import ROLES

SERVICES = Exposure("partner_kind", "services")

BY_HAND = """
WITH quarters AS (
  SELECT * FROM (VALUES (DATE '2024-06-30', DATE '2024-09-30'),
                        (DATE '2024-09-30', DATE '2024-12-31')) AS v(q0, t0)
),
paying AS (
  SELECT account_key, q0, t0 FROM subscription, quarters GROUP BY ALL
  HAVING sum(arr_minor) FILTER (starts_on <= q0 AND coalesce(ends_on, 'infinity') > q0) > 0
     AND sum(arr_minor) FILTER (starts_on <= t0 AND coalesce(ends_on, 'infinity') > t0) > 0
),
counting AS (
  SELECT account_key, starts_on FROM involvement WHERE role IN
    ('implemented', 'trained', 'managed', 'supported', 'advised', 'integrated', 'resold')
),
starts AS (
  SELECT 0 AS asked, account_key, starts_on FROM counting
  UNION ALL SELECT 1, account_key, starts_on FROM involvement WHERE role = 'implemented'
  UNION ALL SELECT 2, account_key, starts_on FROM involvement JOIN partner USING (partner_key)
            WHERE kinds LIKE '%services%'
),
firsts AS (SELECT asked, account_key, min(starts_on) AS began FROM starts GROUP BY ALL),
exposed AS (
  SELECT asked, account_key, t0 FROM firsts JOIN paying USING (account_key)
  WHERE began > q0 AND began <= t0
    AND began > (SELECT min(starts_on) FROM subscription s WHERE s.account_key = firsts.account_key)
    AND account_key NOT IN (SELECT account_key FROM counting WHERE starts_on <= q0)
),
controls AS (
  SELECT asked, account_key, t0 FROM paying, (VALUES (0), (1), (2)) AS v(asked)
  WHERE account_key NOT IN (SELECT account_key FROM counting WHERE starts_on <= t0)
    AND NOT EXISTS (SELECT 1 FROM firsts f WHERE f.asked = v.asked
                    AND f.account_key = paying.account_key AND f.began <= t0)
    AND (asked, t0) IN (SELECT asked, t0 FROM exposed)
)
SELECT *, true FROM exposed UNION ALL SELECT *, false FROM controls ORDER BY ALL
"""


def drawn(seed: int) -> dict[str, list[Row]]:
    """Thirty accounts, their lines and what partners did with them; every amount is the same, so
    that all accounts of a quarter are in one third of ARR."""
    draw = Random(seed)

    def some_day(days: int) -> date:
        return date(2023, 6, 1) + timedelta(days=draw.randrange(days))

    def ends(starts: date) -> str | None:
        return draw.choice([None, None, str(starts + timedelta(days=draw.randrange(400)))])

    lines = []
    for account in range(1, 31):
        starts = some_day(500)
        lines.append(line(account, str(starts), ends(starts), 100))
    did = []
    for _ in range(30):
        starts = some_day(760)
        role, partner = draw.choice(ROLES), draw.randrange(1, 4)
        did.append(involved(draw.randrange(1, 31), partner, role, str(starts), ends(starts)))
    kinds = partners(p1="technology", p2="services", p3="agency|services")
    return {"subscription": lines, "involvement": did, "partner": kinds}


def by_hand(rows: dict[str, list[Row]]) -> list[tuple[Any, ...]]:
    """What the statement gives on the same rows: exposure, account, quarter's end, is exposed."""
    with sql_engine.connect() as connection:
        for entity, listed in rows.items():
            connection.register(entity, ledger_table(entity, listed))
        return connection.execute(BY_HAND).fetchall()


@pytest.mark.parametrize("seed", range(5))
def test_members_are_those_of_the_same_rules_in_sql(duckdb: Engine, seed: int) -> None:
    rows = drawn(seed)
    found = compared(duckdb, [ANY, IMPLEMENTED, SERVICES], **rows)
    members = [
        (place, row["account_key"], month_end(row["landmark"]), row["exposed"])
        for place in range(3)
        for row in rows_of(found, place)
    ]
    assert sorted(members) == sorted(by_hand(rows))


def test_the_random_ledgers_hold_both_arms() -> None:
    arms = [row[3] for seed in range(5) for row in by_hand(drawn(seed))]
    assert arms.count(True) > 5 and arms.count(False) > 40
