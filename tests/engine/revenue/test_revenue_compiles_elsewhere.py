"""The SQL of every measure exists for the warehouses where it is not run here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import ibis
import pytest
from facts_from_rows import facts_from_rows, grouping, line, month, renewal, request, whole_base
from tests.engine.recording import WAREHOUSES, Recording

from lichen.kernel.periods import FAR_MONTH, WindowKind, window_ending
from lichen.revenue import movements, renewals, retention, tenure, time_to_value

AS_OF = date(2025, 12, 31)
RATES = [
    {"currency": "EUR", "on": date(year, m, 28), "rate": Decimal("1.1")}
    for year in (2024, 2025)
    for m in range(1, 13)
]


MEASURES = [
    retention.measure,
    renewals.measure,
    movements.measure,
    time_to_value.measure,
    tenure.measure,
]


@pytest.mark.parametrize("measure", MEASURES)
def test_every_step_of_a_measure_compiles_for_four_warehouses(measure) -> None:
    with Recording() as engine:
        facts = facts_from_rows(
            engine,
            AS_OF,
            subscription=[
                line(1, "2024-01-05", None, 700),
                line(2, "2024-03-05", "2025-06-01", 500, "EUR"),
            ],
            renewal=[renewal(1, "2025-03-01", 700, "renewed", 800)],
            fx_rate=RATES,
            milestone=[
                {
                    "account_key": 1,
                    "milestone": "first_value",
                    "promised_on": date(2024, 3, 1),
                    "reached_on": date(2024, 4, 1),
                }
            ],
        )
        moving = grouping(
            engine,
            ("involved",),
            {
                (1, 0, month("2025-02")): {"involved": "no"},
                (1, month("2025-02"), FAR_MONTH): {"involved": "yes"},
                (2, 0, FAR_MONTH): {"involved": "no"},
            },
        )
        quarter = window_ending(AS_OF, WindowKind.QUARTER)
        measured = measure(request(facts, [whole_base(engine, [1, 2]), moving], (quarter,)))
        assert measured.figures
        assert len(engine.seen) > 5
        for expression in engine.seen:
            for dialect in WAREHOUSES:
                assert ibis.to_sql(expression, dialect=dialect)
