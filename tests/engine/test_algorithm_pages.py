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
from lichen.revenue import movements, renewals, retention, tenure, time_to_value
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
    assert net == pytest.approx(expected.pop("linearised"), abs=5e-5)
    gross = wilson(kept.sum() / x.sum(), x.sum() ** 2 / (x * x).sum())
    assert gross == pytest.approx(expected["grr"], abs=5e-5)
    lines = [s for row in accounts for s in _ends(row["account"], row["x"], row["y"])]
    facts = facts_from_rows(duckdb, AS_OF, subscription=lines)
    measured = retention.measure(request(facts, [whole_base(duckdb, range(1, 11))], (), ANY_SIZE))
    figures = _latest(measured)
    assert set(expected) == {"nrr", "grr", "expansion_rate"}
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


def _milestones(row: Row) -> list[Row]:
    days = {"first_value": (row["promised"], row["value"]), "go_live": ("", row["live"])}
    return [
        {
            "account_key": int(row["account"]),
            "milestone": name,
            "promised_on": _day(promised),
            "reached_on": _day(reached),
        }
        for name, (promised, reached) in days.items()
    ]


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def test_the_time_to_value_page_shows_waits_with_churn_competing(duckdb: Engine) -> None:
    accounts, results = worked_tables("time_to_value")
    lines = [line(int(r["account"]), r["started"], r["lost"] or None, 100) for r in accounts]
    rows = [each for row in accounts for each in _milestones(row)]
    facts = facts_from_rows(duckdb, AS_OF, subscription=lines, milestone=rows)
    everyone = whole_base(duckdb, range(1, len(accounts) + 1))
    measured = time_to_value.measure(request(facts, [everyone], (), ANY_SIZE))
    figures = _latest(measured)
    assert len(figures) == len(results)
    for row in results:
        figure = figures[row["metric"], "", row["parameters"]]
        assert figure.numerator == int(row["numerator"])
        assert figure.denominator == figure.n == int(row["denominator"])
        assert figure.value == pytest.approx(float(row["value"]), abs=5e-7)


def _served(accounts: Table) -> dict[tuple[int, int, int], Row]:
    members: dict[tuple[int, int, int], Row] = {}
    for row in accounts:
        key, cell = int(row["account"]), row["partner from"]
        since = month_index(date.fromisoformat(f"{cell}-01")) if cell else FAR_MONTH
        members[key, 0, since] = {"served_via": "direct"}
        if since < FAR_MONTH:
            members[key, since, FAR_MONTH] = {"served_via": "partner"}
    return members


def test_the_tenure_page_shows_lives_by_group_with_late_entry(duckdb: Engine) -> None:
    accounts, results, steps, cohorts = worked_tables("tenure")
    lines = []
    for row in accounts:
        key, grown = int(row["account"]), row["ARR from 2023-03"]
        until = "2023-03-01" if grown else row["lost"] or None
        lines.append(line(key, row["started"], until, cents(row["ARR"])))
        lines += [line(key, "2023-03-01", None, cents(grown))] if grown else []
    facts = facts_from_rows(duckdb, AS_OF, subscription=lines)
    routes = grouping(duckdb, ("served_via",), _served(accounts))
    measured = tenure.measure(request(facts, [routes], (), ANY_SIZE))
    figures = _latest(measured)
    for row in results:
        figure = figures["tenure", row["groups"], f"months={row['months']}"]
        assert (figure.numerator, figure.denominator) == (
            int(row["numerator"]),
            int(row["denominator"]),
        )
        if row["value"] == "not followed":
            assert (figure.value, figure.verdict) == (None, "not_followed")
            continue
        shown = [float(row[name]) for name in ("value", "low", "high")]
        assert [figure.value, figure.low, figure.high] == pytest.approx(shown, abs=5e-5)
    _assert_curves(steps, measured)
    _assert_cohorts(cohorts, measured)


def _assert_curves(steps: Table, measured: Measured) -> None:
    drawn = {
        (row["groups"], row["month"]): row for row in measured.tables["survival_curves"].to_pylist()
    }
    for row in steps:
        point = drawn[row["groups"], int(row["month"])]
        assert point["at_risk"] == int(row["at risk"])
        assert point["survival"] == pytest.approx(float(row["survival"]), abs=5e-5)
    # Whoever is followed longest, account 2, is 47 months old.
    assert {month for groups, month in drawn if not groups} == set(range(48))


def _assert_cohorts(cohorts: Table, measured: Measured) -> None:
    cells = {
        (row["cohort"], row["age_months"]): row
        for row in measured.tables["cohort_retention"].to_pylist()
    }
    for row in cohorts:
        cell = cells[row["cohort"], int(row["age in months"])]
        assert (cell["accounts"], cell["retained"]) == (int(row["accounts"]), int(row["retained"]))
        assert cell["arr_opening_minor"] == cents(row["ARR then"])
        assert cell["arr_now_minor"] == cents(row["ARR now"])
