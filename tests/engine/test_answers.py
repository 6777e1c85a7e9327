"""Every metric against SQL written by hand on the raw rows, and against arithmetic on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb as raw_duckdb
import pyarrow as pa
import pytest
import yaml
from facts_from_rows import Row, facts_from_rows, grouping, request

from lichen import involvement
from lichen.engines import Engine
from lichen.kernel.periods import FAR_MONTH, month_end, month_index
from lichen.ledger.facts import Facts, Measured, MeasureRequest
from lichen.revenue import movements, renewals, retention, tenure, time_to_value
from lichen.revenue.outcomes import measure as outcomes
from lichen.revenue.portfolio import measure as portfolio
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure
from lichen.vocabulary.metrics import METRICS, Base

Measure = Callable[[MeasureRequest], Measured]

FOLDER = Path(__file__).parent / "answers"
AS_OF = date(2025, 12, 31)
ANY_SIZE = Definitions.model_validate({"scorecard": {"minimum_count": 1, "minimum_effective": 1}})

KEYED = ("account", "partner", "referred_account")
"""What rows call by a number here, and the ledger by a key."""

MEASURES = {
    Base.COHORT: retention.measure,
    Base.RENEWALS_DUE: renewals.measure,
    Base.ACCOUNTS: movements.measure,
    Base.MOVEMENTS: movements.measure,
    Base.SERVED: outcomes.measure,
    Base.STARTS: time_to_value.measure,
    Base.LIFETIMES: tenure.measure,
    Base.PARTNERS: portfolio.measure,
    Base.OPPORTUNITIES: portfolio.measure,
}

PORTFOLIO = ("partner_portfolio", "coverage")
"""Pages whose metrics on accounts at the close come from the portfolio, not from movements."""

UNGROUPED = {name for name, known in METRICS.items() if known.base is Base.PARTNERS} | {
    "partner_concentration"
}
"""Metrics of partners, which no group of accounts splits."""

PARTNERS = (("partner",), ("partner_kind",), ("served_via",))
"""Dimensions that say who serves whom."""


@dataclass(frozen=True)
class Ask:
    """One question to a metric, its answer on paper, and the SQL that answers it too.

    Parts that are too large for a column are not `published`; the value still is theirs.
    """

    metric: str
    parameters: str
    months: int
    numerator: int
    denominator: int | None
    sql: str
    value: float | None = None
    """What the value is where it is not numerator over denominator; the SQL's third column."""
    published: bool = True


@dataclass(frozen=True)
class Case:
    """The rows of one metric and the questions about them."""

    metric: str
    lines: Sequence[Row]
    renewals: Sequence[Row]
    rates: Sequence[Row]
    facts: Mapping[str, Sequence[Row]]
    asks: Sequence[Ask]


def _read(path: Path) -> Case:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    asks = [
        Ask(
            content["metric"],
            ask.get("parameters", ""),
            ask.get("months", 12),
            ask["numerator"],
            ask.get("denominator"),
            ask["sql"],
            ask.get("value"),
            ask.get("published", True),
        )
        for ask in content["asks"]
    ]
    return Case(
        content["metric"],
        content.get("subscription", []),
        content.get("renewal", []),
        list(_rates(content.get("rates"))),
        content.get("facts", {}),
        asks,
    )


def _rates(quoted: dict[str, str] | None) -> Iterator[Row]:
    """A rate at every month end of 2023 to 2025, as feeds have them."""
    if quoted is None:
        return
    for month in range(month_index(date(2023, 1, 1)), month_index(AS_OF) + 1):
        day = month_end(month)
        rate = quoted["until_2024"] if day.year <= 2024 else quoted["from_2025"]
        yield {"currency": quoted["currency"], "on": day, "rate": Decimal(rate)}


CASES = {path.stem: _read(path) for path in sorted(FOLDER.glob("*.yaml"))}
ASKS = [(case, ask) for case in CASES.values() for ask in case.asks]


def _facts(engine: Engine, cases: Sequence[Case]) -> tuple[Facts, list[int]]:
    """Rows of all cases in ledger shape; case k has the account keys 100 k + account."""
    lines, due, rates, keys = [], [], [], set()
    for number, case in enumerate(cases):
        for place, row in enumerate(case.lines):
            key = 100 * number + row["account"]
            keys.add(key)
            lines.append(
                {
                    "subscription_id": f"{case.metric}-{place}",
                    "account_key": key,
                    "starts_on": row["starts_on"],
                    "ends_on": row["ends_on"],
                    "arr_minor": row["arr"],
                    "currency": row["currency"],
                    "arr_basis": row.get("arr_basis"),
                    "term_months": row.get("term_months"),
                }
            )
        for place, row in enumerate(case.renewals):
            key = 100 * number + row["account"]
            keys.add(key)
            due.append(
                {
                    "renewal_id": f"{case.metric}-{place}",
                    "account_key": key,
                    "due_on": row["due_on"],
                    "due_minor": row["due"],
                    "renewed_minor": row["renewed"],
                    "outcome": row["outcome"],
                    "currency": row["currency"],
                }
            )
        rates += case.rates
    others = _others(cases)
    facts = facts_from_rows(engine, AS_OF, subscription=lines, renewal=due, fx_rate=rates, **others)
    return facts, sorted(keys)


def _others(cases: Sequence[Case]) -> dict[str, list[Row]]:
    """Rows under `facts`: ledger columns, but for those that become keys."""
    found: dict[str, list[Row]] = {}
    for number, case in enumerate(cases):
        for entity, rows in case.facts.items():
            found.setdefault(entity, []).extend(_keyed(row, number) for row in rows)
    return found


def _keyed(row: Row, number: int) -> Row:
    keys = {f"{who}_key": 100 * number + row[who] for who in KEYED if row.get(who)}
    return {**{name: value for name, value in row.items() if name not in KEYED}, **keys}


def _measure_of(metric: str) -> Measure:
    known = METRICS[metric]
    if known.base is Base.ACCOUNTS and known.page in PORTFOLIO:
        return portfolio.measure
    return MEASURES[known.base]


def _measured(engine: Engine, measure: Measure, cases: Sequence[Case]) -> Measured:
    facts, keys = _facts(engine, cases)
    members = {(key, 0, FAR_MONTH): {"segment": cases[key // 100].metric} for key in keys}
    groupings = [grouping(engine, ("segment",), members)]
    if measure is portfolio.measure:
        groupings += involvement.groupings(facts, ANY_SIZE, PARTNERS)
    return measure(request(facts, groupings, (), ANY_SIZE))


def _find(measured: Measured, ask: Ask, groups: str) -> Figure:
    opens = month_end(month_index(AS_OF) - ask.months)
    found = [
        figure
        for figure in measured.figures
        if (figure.metric, figure.groups, figure.parameters) == (ask.metric, groups, ask.parameters)
        and (figure.window_from, figure.window_to) == (opens, AS_OF)
    ]
    assert len(found) == 1, f"{len(found)} figures answer {ask.metric} {ask.parameters}"
    return found[0]


def _by_sql(case: Case, ask: Ask) -> list[Any]:
    with raw_duckdb.connect() as connection:
        for name, rows in (
            ("subscription", case.lines),
            ("renewal", case.renewals),
            ("fx_rate", case.rates),
            *case.facts.items(),
        ):
            if rows:
                names = dict.fromkeys(name for row in rows for name in row)
                filled = [{name: row.get(name) for name in names} for row in rows]
                connection.register("rows", pa.Table.from_pylist(filled))
                connection.execute(f"create table {name} as select * from rows")
        row = connection.execute(ask.sql).fetchone()
    assert row is not None
    return [float(value) for value in row]


def _assert_answered(figure: Figure, ask: Ask) -> None:
    assert figure.numerator == (ask.numerator if ask.published else None)
    assert figure.denominator == (ask.denominator if ask.published else None)
    exact = ask.numerator if ask.denominator is None else ask.numerator / ask.denominator
    exact = exact if ask.value is None else ask.value
    assert figure.value == pytest.approx(exact, rel=1e-12)


def test_every_metric_of_the_catalogue_has_an_answer() -> None:
    """But for spreads between figures, which have a page and tests of their own."""
    assert set(CASES) == {name for name, known in METRICS.items() if known.base is not Base.GROUPS}
    assert all(case.metric == name for name, case in CASES.items())


@pytest.mark.parametrize(
    ("case", "ask"), ASKS, ids=[f"{ask.metric}-{ask.parameters}" for _, ask in ASKS]
)
def test_the_metric_equals_paper_and_hand_written_sql(case: Case, ask: Ask, duckdb: Engine) -> None:
    figure = _find(_measured(duckdb, _measure_of(ask.metric), [case]), ask, "")
    _assert_answered(figure, ask)
    expected = [each for each in (ask.numerator, ask.denominator) if each is not None]
    answered = _by_sql(case, ask)
    assert answered[: len(expected)] == expected
    if ask.value is not None:
        assert answered[len(expected) :] == pytest.approx([ask.value], rel=1e-12)


@pytest.mark.spark
@pytest.mark.parametrize(
    "measure",
    [
        retention.measure,
        renewals.measure,
        movements.measure,
        outcomes.measure,
        time_to_value.measure,
        tenure.measure,
        portfolio.measure,
    ],
    ids=lambda measure: measure.__module__,
)
def test_spark_gives_the_same_figures_to_the_cent(
    measure: Measure, duckdb: Engine, spark: Engine
) -> None:
    """All cases in one set of facts, a group each, so that every metric runs in few jobs."""
    cases = list(CASES.values())
    found = _measured(spark, measure, cases)
    for case in cases:
        for ask in case.asks:
            is_split = ask.metric not in UNGROUPED and not ask.parameters.startswith("kind=")
            if _measure_of(ask.metric) is measure and is_split:
                _assert_answered(_find(found, ask, f"segment={case.metric}"), ask)
    expected = _measured(duckdb, measure, cases)
    assert [_exact(figure) for figure in found.figures] == [
        _exact(figure) for figure in expected.figures
    ]
    for ours, theirs in zip(found.figures, expected.figures, strict=True):
        for name in ("value", "low", "high"):
            number, other = getattr(ours, name), getattr(theirs, name)
            assert number == other or number == pytest.approx(other, rel=1e-9), name


def _exact(figure: Figure) -> tuple[object, ...]:
    return (
        figure.figure_id,
        figure.n,
        figure.numerator,
        figure.denominator,
        figure.verdict,
        figure.findings,
    )
