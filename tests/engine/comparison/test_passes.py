"""One pass over the facts: the arrays are those of the engine, and readers are told what to ask."""

from __future__ import annotations

import numpy as np
import pytest
from facts_from_rows import facts_from_rows, line
from small_cohorts import ANY, AS_OF, IMPLEMENTED, TWO_QUARTERS, compared, involved, rows_of

from lichen.engines import Engine
from lichen.value.comparison.arms import arms_of
from lichen.value.comparison.compare import compare
from lichen.value.comparison.exposure import Exposure
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Verdict

MANAGED = Exposure("role", "managed")


def test_members_read_at_once_are_those_of_each_exposure(duckdb: Engine) -> None:
    """Six exposed and many controls in two quarters, of whom a share is kept."""
    started = [involved(account, 7, "implemented", "2024-08-10") for account in range(1, 4)]
    started += [involved(account, 8, "managed", "2024-11-10") for account in range(4, 7)]
    found = compared(
        duckdb,
        exposures=(ANY, IMPLEMENTED, MANAGED),
        words={"comparison": {"landmarks": 2, "controls_per_exposed": 3}},
        account=[{"account_key": key, "account_id": f"a{key}"} for key in range(1, 61)],
        subscription=[line(key, "2022-01-01", None, 100) for key in range(1, 61)],
        involvement=started,
    )
    arms = arms_of(found)
    for number in range(3):
        members, rows = arms.members(number), rows_of(found, number)
        order = np.lexsort((members.account, members.landmark))
        for name, column in (
            ("account", "account_key"),
            ("landmark", "landmark"),
            ("stratum", "stratum"),
            ("partner", "partner_key"),
            ("exposed", "exposed"),
        ):
            assert getattr(members, name)[order].tolist() == [row[column] for row in rows]
        assert members.weight[order].tolist() == pytest.approx([row["weight"] for row in rows])


def test_whom_another_partner_served_before_is_pointed_to_the_other_arms(duckdb: Engine) -> None:
    accounts = range(1, 61)
    facts = facts_from_rows(
        duckdb,
        AS_OF,
        account=[{"account_key": key, "account_id": f"a{key}"} for key in accounts],
        subscription=[line(key, "2022-01-01", None, 100) for key in accounts],
        involvement=[
            row
            for key in range(1, 31)
            for row in (
                involved(key, 7, "implemented", "2023-02-01"),
                involved(key, 8, "managed", "2024-11-10"),
            )
        ],
    )
    definitions = Definitions.model_validate(TWO_QUARTERS)
    found = compare(facts, definitions, MANAGED, ["nrr"])
    (nrr,) = found.comparisons
    assert nrr.verdict is Verdict.NOT_ENOUGH_DATA
    assert any("30 accounts had another partner before" in told for told in nrr.findings)
    assert any("--arms adding" in told for told in nrr.findings)
    # Accounts 31 to 60, each once though they are comparable in two quarters.
    assert nrr.counts.pool == 30
    (beside,) = compare(facts, definitions, MANAGED, ["nrr"], arms="adding").comparisons
    assert not any("--arms adding" in told for told in beside.findings)
    assert beside.counts.exposed == 30


def test_accounts_that_are_comparable_and_not_kept_are_counted_in_a_finding(
    duckdb: Engine,
) -> None:
    """30 start in one quarter; of 170 that could stand beside them, about 90 are kept."""
    accounts = range(1, 201)
    facts = facts_from_rows(
        duckdb,
        AS_OF,
        account=[{"account_key": key, "account_id": f"a{key}"} for key in accounts],
        subscription=[line(key, "2022-01-01", None, 100 + key) for key in accounts],
        involvement=[involved(key, 7, "implemented", "2024-11-10") for key in range(1, 31)],
    )
    words = {"comparison": {"landmarks": 1, "controls_per_exposed": 3}}
    (nrr,) = compare(facts, Definitions.model_validate(words), ANY, ["nrr"]).comparisons
    assert nrr.counts.pool < 170
    assert any(
        f"{nrr.counts.pool} of 170 comparable accounts are compared" in told
        for told in nrr.findings
    )


def test_a_partner_is_called_by_its_name(duckdb: Engine) -> None:
    facts = facts_from_rows(
        duckdb,
        AS_OF,
        partner=[{"partner_key": 7, "partner_id": "p7", "name": "Bayside", "kinds": "services"}],
        subscription=[line(key, "2022-01-01", None, 100) for key in (1, 2)],
        involvement=[involved(1, 7, "implemented", "2024-11-10")],
    )
    definitions = Definitions.model_validate(TWO_QUARTERS)
    (nrr,) = compare(facts, definitions, Exposure("partner", "p7"), ["nrr"]).comparisons
    assert "where Bayside joined" in nrr.sentence
    assert nrr.exposure == "partner=p7"
