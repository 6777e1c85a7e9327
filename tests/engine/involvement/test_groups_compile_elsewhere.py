"""The SQL of groups exists for the warehouses where it is not run here."""

from __future__ import annotations

import ibis
import pytest
from tests.engine.recording import WAREHOUSES, Recording

from lichen.involvement import default_dimensions, findings, groupings
from lichen.vocabulary.definitions import Definitions, Involvement


@pytest.mark.parametrize("dialect", WAREHOUSES)
def test_every_step_of_grouping_compiles_for(facts_of, dialect: str) -> None:
    with Recording() as engine:
        facts = facts_of(
            engine=engine,
            account=[{"account_id": "a", "name": "A", "segment": "smb"}],
            partner=[{"partner_id": "p", "name": "P", "kinds": "services|data"}],
            involvement=[],
            subscription=[],
            opportunity=[],
            attribute_change=[],
        )
        words = Definitions(involvement=Involvement(minimum_days=20, fresh_months=9))
        groupings(facts, words, [*default_dimensions(words), ("role", "segment")])
        findings(facts, words)
        assert len(engine.seen) > 20
        for expression in engine.seen:
            assert ibis.to_sql(expression, dialect=dialect)
