"""The worked tables of the portfolio, growth, coverage and consistency pages are what is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from facts_from_rows import Row, facts_from_rows, line, renewal, request
from worked_tables import Table, cents, worked_tables

from lichen import involvement
from lichen.engines import Engine
from lichen.kernel.periods import Window, month_end, month_index
from lichen.ledger.facts import Measured
from lichen.revenue.consistency import compared, consistency
from lichen.revenue.outcomes import measure as outcomes
from lichen.revenue.portfolio import measure as portfolio
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure, figure_id, figures_table
from lichen.vocabulary.metrics import METRICS, Unit

AS_OF = date(2025, 12, 31)
OPENS = month_end(month_index(AS_OF) - 12)
ANY_SIZE = Definitions.model_validate({"scorecard": {"minimum_count": 1, "minimum_effective": 1}})
WHO = (("partner",), ("partner_kind",), ("served_via",), ("segment",))

Found = Mapping[tuple[str, str, str], Figure]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _measured(engine: Engine, measure: object, **facts: Sequence[Row]) -> tuple[Measured, Found]:
    seen = facts_from_rows(engine, AS_OF, **facts)
    asked = request(seen, involvement.groupings(seen, ANY_SIZE, WHO), (), ANY_SIZE)
    measured = measure(asked)  # type: ignore[operator]
    latest = {
        (figure.metric, figure.groups, figure.parameters): figure
        for figure in measured.figures
        if (figure.window_from, figure.window_to) == (OPENS, AS_OF)
    }
    return measured, latest


def _assert_shown(page: str, results: Table, found: Found) -> None:
    for row in results:
        figure = found[row["metric"], row.get("groups", ""), row.get("parameters", "")]
        unit = METRICS[row["metric"]].unit
        in_cents = int if METRICS[row["metric"]].counts else cents
        if row["numerator"]:
            assert figure.numerator == in_cents(row["numerator"]), row
        if row["denominator"]:
            assert figure.denominator == in_cents(row["denominator"]), row
        shown = cents(row["value"]) if unit is Unit.MONEY else float(row["value"])
        assert figure.value == pytest.approx(shown, abs=5e-5), row
    on_page = {name for name, known in METRICS.items() if known.page == page}
    assert {row["metric"] for row in results} == on_page


def _portfolio_facts(accounts: Table, partners: Table, deals: Table) -> dict[str, list[Row]]:
    lines = [
        line(int(row["account"]), "2024-01-01", None, cents(row["ARR at D"]))
        if row["ARR at D"]
        else line(int(row["account"]), "2024-01-01", "2025-07-01", 900)
        for row in accounts
    ]
    due = [
        renewal(int(row["account"]), "2026-06-30", cents(row["renewal due in 2026"]), "pending")
        for row in accounts
        if row["renewal due in 2026"]
    ]
    serving = [
        {
            "involvement_id": f"{row['account']}-{partner}",
            "account_key": int(row["account"]),
            "partner_key": int(partner),
            "role": "managed",
            "starts_on": date(2025, 3, 1),
            "ends_on": None if row["ARR at D"] else date(2025, 6, 15),
        }
        for row in accounts
        for partner in row["partners at D"].split()
    ]
    return {
        "subscription": lines,
        "renewal": due,
        "involvement": serving,
        "partner": [
            {
                "partner_key": int(row["partner"]),
                "partner_id": f"p{row['partner']}",
                "name": f"Partner {row['partner']}",
                "kinds": row["kind"],
                "joined_on": _day(row["joined on"]),
                "left_on": _day(row["left on"]),
            }
            for row in partners
        ],
        "touchpoint": [
            {"partner_key": int(row["partner"]), "happened_on": _day(row["touchpoint on"])}
            for row in partners
            if row["touchpoint on"]
        ],
        "opportunity": [
            {
                "opportunity_id": row["opportunity"],
                "account_key": int(row["account"]),
                "kind": row["kind"],
                "closed_on": _day(row["closed on"]),
                "outcome": row["outcome"],
            }
            for row in deals
        ],
    }


def test_the_portfolio_page_shows_what_the_measure_gives(duckdb: Engine) -> None:
    accounts, partners, deals, results = worked_tables("partner_portfolio")
    facts = _portfolio_facts(accounts, partners, deals)
    _, found = _measured(duckdb, portfolio.measure, **facts)
    _assert_shown("partner_portfolio", results, found)
    assert not any(asked == "top=3" for _, _, asked in found), "there are two partners to rank"


def test_the_table_of_partners_has_a_row_for_each(duckdb: Engine) -> None:
    """The rows of the page: partner 1 first, as most hangs on it; 2 and 3 follow, then the idle."""
    accounts, partners, deals, _ = worked_tables("partner_portfolio")
    facts = _portfolio_facts(accounts, partners, deals)
    people = [("p1-a", "2026-01-01"), ("p1-b", "2025-12-31"), ("p1-a", None)]
    facts["certification"] = [
        {
            "partner_key": 1,
            "person_key": person,
            "certification": f"c{place}",
            "earned_on": date(2024, 1, 1),
            "expires_on": _day(expires or ""),
        }
        for place, (person, expires) in enumerate(people)
    ]
    measured, _ = _measured(duckdb, portfolio.measure, **facts)
    rows = measured.tables["portfolio"].to_pylist()
    assert [row["partner_id"] for row in rows] == ["p1", "p2", "p3", "p4", "p5"]
    first, second, third, fourth, _ = rows
    assert (first["accounts"], first["arr_minor"]) == (2, 160_000)
    assert (first["sole_partner_arr_minor"], first["renewals_due_minor"]) == (100_000, 160_000)
    assert first["certified_people"] == 1, "one certification of two people expired on the day"
    assert (second["accounts"], second["sole_partner_arr_minor"]) == (2, 40_000)
    assert (third["signed"], third["active"]) == (True, False)
    assert third["last_activity_on"] == date(2025, 6, 30)
    assert (fourth["signed"], fourth["left_on"]) == (False, date(2025, 9, 30))


def test_accounts_that_several_partners_serve_are_told_of(duckdb: Engine) -> None:
    accounts, partners, deals, _ = worked_tables("partner_portfolio")
    facts = _portfolio_facts(accounts, partners, deals)
    measured, _ = _measured(duckdb, portfolio.measure, **facts)
    told = {finding.code: finding for finding in measured.findings}
    assert told["exposures_overlap"].count == 1
    assert told["coverage_not_measured"].metrics == ("uncovered_accounts", "uncovered_arr")
    assert "account.csm_key" in told["coverage_not_measured"].sentence


def test_the_growth_page_shows_what_the_measure_gives(duckdb: Engine) -> None:
    accounts, results = worked_tables("growth")
    lines, earned = [], []
    for row in accounts:
        key = int(row["account"])
        if row["ARR at L"]:
            lines.append(line(key, "2024-01-01", "2025-07-01", cents(row["ARR at L"])))
        if row["ARR at D"]:
            lines.append(line(key, "2025-07-01", None, cents(row["ARR at D"])))
        if row["partners earned"]:
            amount = cents(row["partners earned"])
            earned.append(
                {
                    "account_key": key,
                    "month": date(2025, 8, 31),
                    "amount_minor": amount,
                    "reported_minor": amount,
                }
            )
    measured, found = _measured(
        duckdb, outcomes.measure, subscription=lines, partner_revenue=earned
    )
    _assert_shown("growth", results, found)
    kept = duckdb.to_arrow(measured.tables["outcomes"]).to_pylist()
    ours = {row["account_key"]: row["wallet_ours"] for row in kept}
    assert all(ours[int(row["account"])] == cents(row["our revenue"]) for row in accounts)


def test_the_coverage_page_shows_what_the_measure_gives(duckdb: Engine) -> None:
    accounts, results, cells = worked_tables("coverage")
    measured, found = _measured(
        duckdb,
        portfolio.measure,
        subscription=[
            line(int(row["account"]), "2024-01-01", None, cents(row["ARR at D"]))
            for row in accounts
        ],
        account=[
            {
                "account_key": int(row["account"]),
                "account_id": f"a{row['account']}",
                "segment": row["segment"],
                "csm_key": row["CSM"] or None,
                "employees": 10 * int(row["account"]),
            }
            for row in accounts
        ],
        partner=[{"partner_key": 1, "partner_id": "p1", "kinds": "services"}],
        involvement=[
            {
                "account_key": int(row["account"]),
                "partner_key": 1,
                "role": row["role at D"],
                "starts_on": date(2025, 1, 1),
            }
            for row in accounts
            if row["role at D"]
        ],
    )
    _assert_shown("coverage", results, found)
    kept = measured.tables["coverage"].to_pylist()
    total = {row["cell"]: row for row in kept if row["dimension"] == ""}
    for row in cells:
        assert total[row["cell"]]["accounts"] == int(row["accounts"])
        assert total[row["cell"]]["arr_minor"] == cents(row["ARR"])
    by_size = found["uncovered_accounts", "", "employees=50-249"]
    assert (by_size.numerator, by_size.denominator) == (1, 1), "account 5 has 50 employees"


def _published(metric: str, groups: str, value: float, low: float, high: float) -> Figure:
    known, window = METRICS[metric], Window(OPENS, AS_OF)
    return Figure(
        metric, known.base.value, groups, "", OPENS, AS_OF, value, known.unit.value, low, high,
        100, None, None, "measured", (), "", "run",
        figure_id(metric, known.base.value, groups, "", window),
    )  # fmt: skip


def test_the_consistency_page_shows_what_published_figures_give() -> None:
    regions, results = worked_tables("consistency")
    figures = [
        _published(
            "logo_retention",
            f"region={row['region']}",
            *(float(row[name]) for name in ("value", "low", "high")),
        )
        for row in regions
    ]
    found, table = consistency(figures_table(figures), Definitions(), "run")
    assert [figure.parameters for figure in found] == ["across=region,metric=logo_retention"]
    (kept,) = table.to_pylist()
    (expected,) = results
    for name, shown in expected.items():
        assert kept[name] == pytest.approx(float(shown), abs=5e-5), name
    assert (kept["lowest_group"], kept["highest_group"]) == ("APAC", "EMEA")
    assert (found[0].value, found[0].low, found[0].high) == (kept["sd"], kept["low"], kept["high"])
    assert (found[0].n, found[0].unit) == (3, "ratio")


def test_groups_without_a_value_or_a_number_are_no_part_of_a_spread() -> None:
    """Four groups, of which one is `unknown`, one lacks data and one is a pair of dimensions."""
    lacking = _published("logo_retention", "region=MEA", 0.5, 0.1, 0.9)
    figures = [
        _published("logo_retention", "region=EMEA", 0.9, 0.8, 0.95),
        _published("logo_retention", "region=unknown", 0.1, 0.05, 0.2),
        lacking._replace(value=None, low=None, high=None, verdict="not_enough_data"),
        _published("logo_retention", "region=APAC,segment=smb", 0.2, 0.1, 0.3),
    ]
    assert list(compared(figures_table(figures), 0.95)) == []
