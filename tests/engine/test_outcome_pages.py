"""The worked tables of outcome pages are what the measure gives for their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import pytest
from facts_from_rows import Row, facts_from_rows, line, request, whole_base
from worked_tables import Table, worked_tables

from lichen.engines import Engine
from lichen.kernel.periods import month_end, month_index
from lichen.revenue.outcomes import measure as outcomes
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure
from lichen.vocabulary.metrics import METRICS

AS_OF = date(2025, 12, 31)
ANY_SIZE = Definitions.model_validate({"scorecard": {"minimum_count": 1, "minimum_effective": 1}})


def whole(text: str) -> int:
    """`1,200` as 1200, an empty cell as 0."""
    return int(text.replace(",", "") or 0)


def latest(
    engine: Engine, accounts: Iterable[int], **facts: Sequence[Row]
) -> Mapping[tuple[str, str], Figure]:
    """Outcomes of the year to 31 December 2025 of the whole base, by metric and parameters."""
    base = whole_base(engine, accounts)
    asked = request(facts_from_rows(engine, AS_OF, **facts), [base], (), ANY_SIZE)
    opens = month_end(month_index(AS_OF) - 12)
    return {
        (figure.metric, figure.parameters): figure
        for figure in outcomes.measure(asked).figures
        if (figure.window_from, figure.window_to) == (opens, AS_OF)
    }


def assert_shown(page: str, results: Table, figures: Mapping[tuple[str, str], Figure]) -> None:
    """Every row of the results is what was measured, and no metric of the page is left out."""
    for row in results:
        figure = figures[row["metric"], row["parameters"]]
        assert figure.numerator == whole(row["numerator"]), row
        assert (figure.denominator or 0) == whole(row["denominator"]), row
        assert figure.value == pytest.approx(float(row["value"]), abs=5e-5), row
    on_page = {name for name, known in METRICS.items() if known.page == page}
    assert {row["metric"] for row in results} == on_page


def _usage(row: Mapping[str, str]) -> list[Row]:
    """A row of the page's table as usage of three stretches, each in one month."""
    stretches = {
        "Oct to Dec 2025": date(2025, 11, 30),
        "Jul to Sep 2025": date(2025, 8, 31),
        "Oct to Dec 2024": date(2024, 11, 30),
    }
    found = []
    for name, month in stretches.items():
        users, seats = row[f"users {name}"], row.get(f"seats {name}", "")
        if users:
            found.append(
                {
                    "account_key": int(row["account"]),
                    "month": month,
                    "product": "core",
                    "active_users": whole(users),
                    "seats": whole(seats),
                }
            )
    features = [f"feature {number}" for number in range(int(row["features used"]))]
    return [
        *found,
        *(
            {**found[0], "feature": feature, "active_users": 1, "seats": None}
            for feature in features
        ),
    ]


def test_the_adoption_page_shows_what_the_measure_gives(duckdb: Engine) -> None:
    accounts, results = worked_tables("adoption")
    starts = {"2": "2025-02-01"}
    ends = {"4": "2025-12-15"}
    lines = [
        line(
            int(row["account"]),
            starts.get(row["account"], "2024-01-01"),
            ends.get(row["account"]),
            900,
        )
        for row in accounts
    ]
    usage = [each for row in accounts for each in _usage(row)]
    figures = latest(duckdb, range(1, 5), subscription=lines, usage=usage)
    assert_shown("adoption", results, figures)
