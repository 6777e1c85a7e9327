"""Plan, portfolio and coverage on the board, and targets on what metrics are asked."""

from __future__ import annotations

import pyarrow as pa
import pytest
from tests.engine.reports.published_run import FINDINGS, MANIFEST, PublishedRun

from lichen.reports.document import Table
from lichen.reports.portfolio_sections import portfolio_sections
from lichen.revenue.portfolio.coverage import SCHEMA as COVERAGE
from lichen.revenue.portfolio.partners import SCHEMA as PARTNERS
from lichen.scorecards.board import Board, build
from lichen.scorecards.targets import Standing
from lichen.vocabulary.definitions import Target

PARTNER, DIRECT = {"acquired_via": "partner"}, {"acquired_via": "direct"}


def board(
    run: PublishedRun, *targets: dict[str, object], tables: dict[str, pa.Table] | None = None
) -> Board:
    promised = [Target.model_validate({"owner": "CRO", **each}) for each in targets]
    run.add("nrr", 1.0, 500, spread=0.01)
    return build(run.table, MANIFEST, FINDINGS, promised, tables or {}, fiscal_year_start=1)


def planned(value: float, groups: dict[str, str] | None = None) -> dict[str, object]:
    return {
        "metric": "new_arr",
        "groups": groups or {},
        "period": "fiscal_year",
        "value": value,
    }


def test_a_plan_by_route_tells_attained_missing_and_pace() -> None:
    """Ten months of the year: 500,000 so far are 600,000 at the end; 2,000 are 2,400."""
    run = PublishedRun()
    run.add("new_arr", 500_000_00.0, 40, PARTNER, months=10)
    run.add("new_arr", 2_000_00.0, 4, DIRECT, months=10)
    shown = board(run, planned(580_000, PARTNER), planned(3_000, DIRECT)).plan
    assert [(line.route, line.planned) for line in shown] == [
        ("direct", 3_000_00.0),
        ("partner", 580_000_00.0),
    ]
    direct, partner = shown
    assert (partner.attained, partner.gap) == (500_000_00.0, 80_000_00.0)
    assert partner.pace == pytest.approx(600_000_00)
    assert partner.reading.standing is Standing.ON_THE_WAY
    assert "$600k by the end of the fiscal year, a straight line" in partner.reading.reason
    assert (direct.reading.standing, direct.pace) == (Standing.MISSED, pytest.approx(2_400_00))


def test_a_plan_that_is_attained_before_the_year_ends_is_met() -> None:
    run = PublishedRun()
    run.add("new_arr", 590_000_00.0, 40, months=10)
    (line,) = board(run, planned(580_000)).plan
    assert (line.reading.standing, line.gap) == (Standing.MET, -10_000_00.0)


def test_a_quarter_is_over_so_it_has_no_pace() -> None:
    run = PublishedRun()
    run.add("new_arr", 90_000_00.0, 40, months=3)
    (line,) = board(run, {**planned(100_000), "period": "quarter"}).plan
    assert (line.pace, line.reading.standing) == (None, Standing.MISSED)


def test_a_level_is_read_on_the_closing_day_whatever_the_period() -> None:
    """ARR is published month by month; a plan for the fiscal year still finds it."""
    run = PublishedRun()
    run.add("arr", 900_000_00.0, 90, months=1)
    (line,) = board(run, {**planned(1_000_000), "metric": "arr"}).plan
    assert (line.attained, line.gap, line.pace) == (900_000_00.0, 100_000_00.0, None)


def test_a_plan_without_a_figure_is_not_measured() -> None:
    (line,) = board(PublishedRun(), planned(100, PARTNER)).plan
    assert (line.attained, line.gap, line.reading.standing) == (None, None, Standing.NOT_MEASURED)


def test_a_target_is_read_against_the_figure_that_its_parameters_name() -> None:
    run = PublishedRun()
    run.add("usage_trend", 0.9, 300, parameters="months=3", spread=0.05)
    run.add("usage_trend", 1.2, 300, parameters="months=12", spread=0.05)
    target = {"metric": "usage_trend", "parameters": {"months": "12"}, "value": 1.1}
    shown = board(run, target)
    assert [reading.standing for reading in shown.targets] == [Standing.MET]
    assert "Usage trend, 12 months" in [headline.title for headline in shown.headlines]


@pytest.mark.parametrize(
    ("metric", "value", "wanted", "direction", "phrase"),
    [
        ("partners_active", 12.0, 10, "at_least", "at least 10"),
        ("partner_activation", 0.6, 0.7, "at_least", "at least 70.0%"),
        ("effective_partners", 4.5, 4, "at_least", "at least 4.00"),
        ("uncovered_accounts", 0.2, 0.25, "at_most", "at most 25.0%"),
    ],
)
def test_targets_on_the_portfolio_speak_in_its_units(
    metric: str, value: float, wanted: float, direction: str, phrase: str
) -> None:
    run = PublishedRun()
    run.add(metric, value, 60, spread=0.01)
    target = {"metric": metric, "value": wanted, "direction": direction}
    (reading,) = board(run, target).targets
    met = value >= wanted if direction == "at_least" else value <= wanted
    assert (reading.standing is Standing.MET) == met
    assert reading.reason.startswith(f"Target {phrase}")


def partner_rows(count: int) -> pa.Table:
    """`count` partners that serve accounts, each less than the one before, and two idle ones."""
    serving = [
        {"partner_id": f"p{k}", "name": f"Partner {k}", "kinds": "services", "signed": True,
         "active": True, "accounts": 10, "arr_minor": 1000 - k}
        for k in range(count)
    ]  # fmt: skip
    idle = [
        {"partner_id": name, "name": name, "kinds": "", "signed": name != "Gone", "active": False,
         "accounts": 0, "arr_minor": 0}
        for name in ("Quiet", "Gone")
    ]  # fmt: skip
    return pa.Table.from_pylist([*serving, *idle], schema=PARTNERS)


@pytest.mark.parametrize(("partners", "shown", "folded"), [(5, 5, 0), (500, 12, 488)])
def test_the_portfolio_is_as_short_at_five_hundred_partners_as_at_five(
    partners: int, shown: int, folded: int
) -> None:
    run = PublishedRun()
    run.add("partners_signed", partners + 1.0, partners + 1)
    run.add("arr_exposed", 999.0, 10, {"partner": "p0"})
    found = board(run, tables={"portfolio": partner_rows(partners)})
    assert (len(found.portfolio.partners), found.portfolio.folded) == (shown, folded)
    assert found.portfolio.idle == ("Quiet",), "who has left is not idle"
    assert found.portfolio.partners[0].arr is not None
    (section,) = portfolio_sections(found)
    tables = [block for block in section.blocks if isinstance(block, Table)]
    assert len(tables[-1].groups[0].rows) == shown
    assert ("more are in the run's table" in tables[-1].caption) == (folded > 0)


def test_coverage_has_the_whole_base_and_each_segment() -> None:
    rows = [
        {"dimension": dimension, "value": value, "cell": cell, "accounts": n, "arr_minor": 100 * n}
        for dimension, value, counts in (("", "", (5, 3, 1, 2)), ("segment", "smb", (1, 0, 0, 2)))
        for cell, n in zip(("csm", "partner", "both", "neither"), counts, strict=True)
    ]
    run = PublishedRun()
    run.add("uncovered_accounts", 2 / 11, 11, spread=0.1)
    found = board(run, tables={"coverage": pa.Table.from_pylist(rows, schema=COVERAGE)}).coverage
    total, smb = found.rows
    assert (total.accounts["neither"], total.arr_minor["csm"]) == (2, 500)
    assert total.uncovered is not None
    assert (smb.value, smb.accounts["csm"], smb.uncovered) == ("smb", 1, None)


def test_a_run_without_partners_plan_or_coverage_has_no_such_section() -> None:
    assert list(portfolio_sections(board(PublishedRun()))) == []
