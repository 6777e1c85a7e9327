"""The SQL of covariates and outcomes exists for the warehouses where it is not run here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import ibis
from points import at
from random_ledgers import WORDS, ledger_of, some_rows
from tests.engine.recording import WAREHOUSES, Recording

from lichen.value.comparison.covariates import covariates_at
from lichen.value.comparison.outcomes import OUTCOMES, outcomes_after, placebo_growth


def test_every_step_compiles_for_four_warehouses(tmp_path_factory) -> None:
    ledger = ledger_of(tmp_path_factory.mktemp, some_rows(3))
    with Recording() as engine:
        facts = ledger.as_of(date(2024, 12, 31), engine)
        fed = {"cost": frozenset({"kind"}), "advocacy": frozenset({"kind"})}
        fed |= {"milestone": frozenset({"reached_on"})}
        facts = replace(facts, mapped={**facts.mapped, **fed})
        points = at(engine, [(key, month) for key in range(4) for month in ("2023-12", "2024-06")])
        engine.seen.clear()
        covariates_at(facts, WORDS, points)
        covariates_at(facts, WORDS, points, design="first_contract")
        outcomes_after(facts, WORDS, points, 6, OUTCOMES)
        placebo_growth(facts, WORDS, points)
        assert len(engine.seen) > 20
        for expression in engine.seen:
            for dialect in WAREHOUSES:
                assert ibis.to_sql(expression, dialect=dialect)
