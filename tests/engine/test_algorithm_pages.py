"""The numbers that the algorithm pages show are the numbers that the code gives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

import numpy as np
import pytest
from facts_from_rows import Row, facts_from_rows, grouping, line, renewal, request, whole_base
from worked_tables import PAGES, Table, cents, worked_tables

from lichen.engines import Engine
from lichen.inference.intervals import ratio_of_sums, wilson
from lichen.inference.survival import aalen_johansen, kaplan_meier
from lichen.kernel.periods import FAR_MONTH, month_end, month_index
from lichen.ledger.facts import Measured
from lichen.revenue import movements, renewals, retention
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure
from lichen.vocabulary.metrics import METRICS, MOVEMENT_LINES

L, D = "2024-12-31", "2025-12-31"
AS_OF = date(2025, 12, 31)
ANY_SIZE = Definitions.model_validate({"scorecard": {"minimum_count": 1, "minimum_effective": 1}})


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_every_metric_has_a_page_that_names_it_and_works_an_example(metric: str) -> None:
    page = METRICS[metric].page
    assert f"`{metric}`" in (PAGES / f"{page}.md").read_text(encoding="utf-8")
    assert worked_tables(page)


def _ends(account: str, opening: str, closing: str) -> list[Row]:
    """Lines that give an account these amounts at L and at D."""
    rows = []
    if cents(opening):
        rows.append(line(int(account), "2024-01-01", "2025-07-01", cents(opening)))
    if cents(closing):
        rows.append(line(int(account), "2025-07-01", None, cents(closing)))
    return rows


def _latest(measured: Measured, months: int = 12) -> Mapping[tuple[str, str, str], Figure]:
    opens = month_end(month_index(AS_OF) - months)
    return {
        (figure.metric, figure.groups, figure.parameters): figure
        for figure in measured.figures
        if (figure.window_from, figure.window_to) == (opens, AS_OF)
    }


def test_the_retention_page_shows_what_the_cohort_gives(duckdb: Engine) -> None:
    accounts, results = worked_tables("revenue_retention")
    rows, total = accounts[:-1], accounts[-1]
    lines = [s for row in rows for s in _ends(row["account"], row["ARR at L"], row["ARR at D"])]
    facts = facts_from_rows(duckdb, AS_OF, subscription=lines)
    everyone = whole_base(duckdb, range(1, len(rows) + 1))
    measured = retention.measure(request(facts, [everyone], (), ANY_SIZE))
    figures = _latest(measured)
    for row in results:
        figure = figures[row["metric"], "", ""]
        counted = row["metric"] == "logo_retention"
        in_cents = int if counted else cents
        assert figure.numerator == in_cents(row["numerator"])
        assert figure.denominator == in_cents(row["denominator"])
        assert figure.value == pytest.approx(float(row["value"]), abs=1e-12)
    assert {row["metric"] for row in results} == {
        name for name, known in METRICS.items() if known.page == "revenue_retention"
    }
    points = duckdb.to_arrow(measured.tables["end_points"]).to_pylist()
    kept = {str(point["account_key"]): point["kept_minor"] for point in points}
    assert kept == {row["account"]: cents(row["kept"]) for row in rows}
    assert sum(kept.values()) == cents(total["kept"])


def test_the_renewals_page_shows_rates_bounds_and_reconciliation(duckdb: Engine) -> None:
    rows, results, lines = worked_tables("renewals_due")
    subscriptions = [
        s for row in rows for s in _ends(row["account"], row["ARR at L"], row["ARR at D"])
    ]
    due = [
        renewal(
            int(row["account"]),
            row["due on"],
            cents(row["due"]),
            row["outcome"],
            cents(row["renewed"]) if row["renewed"] else None,
        )
        for row in rows
        if row["renewal"]
    ]
    facts = facts_from_rows(duckdb, AS_OF, subscription=subscriptions, renewal=due)
    everyone = whole_base(duckdb, range(1, len(rows) + 1))
    measured = renewals.measure(request(facts, [everyone], (), ANY_SIZE))
    figures = _latest(measured)
    for row in results:
        figure = figures[row["metric"], "", row["parameters"]]
        in_cents = int if row["metric"] == "renewal_rate" else cents
        assert figure.numerator == in_cents(row["numerator"])
        assert figure.denominator == in_cents(row["denominator"])
        assert figure.value == pytest.approx(float(row["value"]), abs=5e-5)
    found = [
        (row["line"], row["amount_minor"], row["accounts"])
        for row in measured.tables["reconciliation"].to_pylist()
    ]
    assert found == [(row["line"], cents(row["amount"]), int(row["accounts"])) for row in lines]


def _by_month(accounts: Table) -> list[Row]:
    rows = []
    spans = {"October": ("10", "11"), "November": ("11", "12"), "December": ("12", None)}
    for row in accounts:
        for name, (starts, ends) in spans.items():
            if cents(row[name]):
                until = f"2025-{ends}-15" if ends else None
                rows.append(line(int(row["account"]), f"2025-{starts}-15", until, cents(row[name])))
    return rows


def test_the_movements_page_shows_bridges_that_close(duckdb: Engine) -> None:
    accounts, results = worked_tables("arr_movements")
    november = month_index(date(2025, 11, 1))
    members = {}
    for row in accounts:
        before, after = row["segment in October"], row["segment in November and December"]
        key = int(row["account"])
        members[key, 0, november] = {"segment": before}
        members[key, november, FAR_MONTH] = {"segment": after}
    facts = facts_from_rows(duckdb, AS_OF, subscription=_by_month(accounts))
    segments = grouping(duckdb, ("segment",), members)
    measured = movements.measure(request(facts, [segments], (), ANY_SIZE))
    found = {
        (f.metric, f.groups, f"{f.window_to:%Y-%m}", f.parameters): f for f in measured.figures
    }
    for row in results:
        where = (row["groups"], row["month"])
        for name in MOVEMENT_LINES:
            figure = found["arr_movement", *where, f"line={name},months=1"]
            assert figure.numerator == cents(row[name]), (where, name)
        assert found["arr", *where, ""].numerator == cents(row["closing"])
        assert found["accounts", *where, ""].numerator == int(row["accounts"])


def test_the_intervals_page_shows_what_the_functions_give(duckdb: Engine) -> None:
    methods, accounts, results = worked_tables("intervals")
    for row in methods:
        low, high = wilson(float(row["share"]), float(row["n"]))
        assert (low, high) == pytest.approx((float(row["low"]), float(row["high"])), abs=5e-5)
    x, y, kept = (np.array([float(row[name]) for row in accounts]) for name in ("x", "y", "kept"))
    expected = {row["metric"]: (float(row["low"]), float(row["high"])) for row in results}
    net = ratio_of_sums(len(x), x.sum(), y.sum(), (x * x).sum(), (x * y).sum(), (y * y).sum())
    assert net == pytest.approx(expected["nrr"], abs=5e-5)
    gross = wilson(kept.sum() / x.sum(), x.sum() ** 2 / (x * x).sum())
    assert gross == pytest.approx(expected["grr"], abs=5e-5)
    lines = [s for row in accounts for s in _ends(row["account"], row["x"], row["y"])]
    facts = facts_from_rows(duckdb, AS_OF, subscription=lines)
    measured = retention.measure(request(facts, [whole_base(duckdb, range(1, 5))], (), ANY_SIZE))
    figures = _latest(measured)
    for metric, (low, high) in expected.items():
        figure = figures[metric, "", ""]
        assert (figure.low, figure.high) == pytest.approx((low, high), abs=5e-5)


def test_the_survival_page_shows_what_the_functions_give() -> None:
    accounts, steps, read, waits, incidences = worked_tables("survival")
    entry, durations = ([float(row[name]) for row in accounts] for name in ("entry", "duration"))
    curve = kaplan_meier(durations, [row["ended"] == "yes" for row in accounts], entry=entry)
    found = zip(
        *(curve.times, curve.at_risk, curve.events),
        *(curve.survival, curve.variance, curve.low, curve.high),
        strict=True,
    )
    for row, numbers in zip(steps, found, strict=True):
        shown = [float(cell) if cell else math.nan for cell in row.values()]
        assert numbers == pytest.approx(shown, abs=5e-5, nan_ok=True)
    median, mean, left = read
    assert (curve.median, *curve.median_interval) == tuple(map(_number, list(median.values())[1:]))
    for row, each in (
        (mean, curve.restricted_mean(10)),
        (left, curve.restricted_mean(10, since=5)),
    ):
        shown = [float(row[name]) for name in ("value", "low", "high")]
        assert (each.value, each.low, each.high) == pytest.approx(shown, abs=5e-5)
    causes = [("open", "value", "churn").index(row["ended by"]) for row in waits]
    incidence = aalen_johansen([float(row["days"]) for row in waits], causes)
    told = zip(
        *(incidence.times, incidence.at_risk),
        *(incidence[1].incidence, incidence[2].incidence, incidence.survival),
        strict=True,
    )
    for row, numbers in zip(incidences, told, strict=True):
        assert numbers == pytest.approx([float(cell) for cell in row.values()], abs=5e-5)
    assert incidence[1].median == 200


def _number(cell: str) -> float:
    return math.inf if cell == "not reached" else float(cell)
