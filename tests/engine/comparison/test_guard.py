"""A covariate that looks past the start of the quarter does not come through."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir
import pytest
from facts_from_rows import facts_from_rows, line
from points import at, day

from lichen.engines import Engine
from lichen.kernel.periods import month_index
from lichen.ledger.facts import Facts
from lichen.value.comparison.covariates import covariates_at
from lichen.value.comparison.covariates.asked import Asked
from lichen.value.comparison.covariates.at import SOURCES
from lichen.value.comparison.covariates.guard import (
    CovariateAfterStart,
    CovariateUndated,
    Number,
    Source,
)
from lichen.vocabulary.definitions import Definitions

AS_OF = date(2025, 12, 31)
NEEDS = (("survey", "score"),)


def answered(engine: Engine, *days: tuple[int, str, str]) -> Facts:
    """Answers of accounts by the day they responded and the day that was recorded."""
    surveys = [
        {
            "survey_id": f"{key}-{on}",
            "account_key": key,
            "responded_on": day(on),
            "kind": "nps",
            "score": 5.0,
            "recorded_on": day(recorded),
            "recorded_at": None,
        }
        for key, on, recorded in days
    ]
    lines = [line(key, "2023-01-15", None, 100) for key in (1, 2)]
    facts = facts_from_rows(engine, AS_OF, subscription=lines, survey=surveys)
    mapped = {**facts.mapped, "survey": facts.mapped["survey"] | {"recorded_at"}}
    return Facts(AS_OF, engine, facts.tables, mapped)


def up_to_one_month_after_q0(asked: Asked) -> ir.Table:
    """Answers of the month after Q0 too: the leak."""
    answers, points = asked.dated("survey", "responded_on"), asked.moments(-1)
    points = points.rename(owner="account_key")
    rows = answers.inner_join(
        points,
        [answers.account_key == points.owner, answers.responded_on <= points["ago_-1"]],
    )
    return asked.summed(rows, answers=rows.count())


def every_answer(asked: Asked) -> ir.Table:
    """All that is dated before Q0, whenever it was recorded: a leak where it is known when."""
    answers, points = asked.dated("survey", "responded_on"), asked.moments()
    points = points.rename(owner="account_key")
    rows = answers.inner_join(
        points, [answers.account_key == points.owner, answers.responded_on <= points.q0]
    )
    return asked.summed(rows, answers=rows.count())


def undated(asked: Asked) -> ir.Table:
    """Values without a word on how new they are."""
    return asked.known.mutate(answers=asked.known.landmark)


def source(read) -> tuple[Source, ...]:
    return (*SOURCES, Source("planted", read, (Number("answers", NEEDS, ""),)))


def test_a_covariate_that_looks_one_month_too_far_is_refused(engine: Engine) -> None:
    facts = answered(engine, (1, "2024-09-30", "2024-09-30"), (2, "2024-10-31", "2024-10-31"))
    points = at(engine, [(1, "2024-12"), (2, "2024-12")])
    with pytest.raises(CovariateAfterStart) as refused:
        covariates_at(facts, Definitions(), points, sources=source(up_to_one_month_after_q0))
    error = refused.value
    assert (error.covariate, error.account_key) == ("answers", 2)
    assert error.landmark == month_index(day("2024-12-31"))
    assert (error.found, error.q0) == (day("2024-10-31"), day("2024-09-30"))
    assert str(error) == (
        "The covariate 'answers' of account key 2 at landmark 2024-12-31 rests on a fact of "
        "2024-10-31, later than 2024-09-30. Take only facts that had happened and were recorded "
        "by that day: read them with `Asked.before`."
    )


def test_a_covariate_from_a_fact_recorded_later_is_refused(duckdb: Engine) -> None:
    facts = answered(duckdb, (1, "2024-09-01", "2024-10-01"))
    points = at(duckdb, [(1, "2024-12")])
    with pytest.raises(CovariateAfterStart, match="a fact of 2024-10-01, later than 2024-09-30"):
        covariates_at(facts, Definitions(), points, sources=source(every_answer))


def test_a_covariate_that_hides_how_new_its_facts_are_is_refused(duckdb: Engine) -> None:
    facts = answered(duckdb, (1, "2024-09-01", "2024-09-01"))
    points = at(duckdb, [(1, "2024-12")])
    with pytest.raises(CovariateUndated, match="'planted' does not say the newest day"):
        covariates_at(facts, Definitions(), points, sources=source(undated))


def test_what_keeps_to_q0_comes_through(duckdb: Engine) -> None:
    facts = answered(duckdb, (1, "2024-09-30", "2024-09-30"), (2, "2024-09-01", "2024-10-01"))
    points = at(duckdb, [(1, "2024-12"), (2, "2024-12")])
    known = covariates_at(facts, Definitions(), points)
    rows = duckdb.to_arrow(known.table.order_by("account_key")).to_pylist()
    # The answer of account 2 had been given, and was recorded only after Q0.
    assert [row["nps"] for row in rows] == [5.0, None]
