"""Which controls are kept where there are more than an exposure needs."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from facts_from_rows import Row, line
from small_cohorts import ANY, IMPLEMENTED, compared, involved, rows_of

from lichen.engines import Engine
from lichen.inference.folds import share_of
from lichen.value.comparison.exposure import Exposure
from lichen.value.comparison.kept import shares_of
from lichen.value.comparison.members import Cohorts
from lichen.value.comparison.sampling import SALT

FEW = {"comparison": {"landmarks": 1, "controls_per_exposed": 20}}
CONTROLS = 400
MANAGED = Exposure("role", "managed")


def many(engine: Engine, exposures: list[Exposure], keys: list[int], **rows: Any) -> Cohorts:
    """Accounts named a0, a1, … of one stratum; their keys are whatever the ledger gave."""
    accounts: list[Row] = [
        {"account_key": key, "account_id": f"a{place}", "name": f"A{place}"}
        for place, key in enumerate(keys)
    ]
    lines = [line(key, "2022-01-01", None, 100) for key in keys]
    return compared(engine, exposures, words=FEW, account=accounts, subscription=lines, **rows)


def kept(found: Cohorts, number: int) -> dict[int, float]:
    """The controls by account, with the weight of each."""
    return {
        row["account_key"]: row["weight"] for row in rows_of(found, number) if not row["exposed"]
    }


def test_a_sample_by_hash_of_ids_is_kept_and_weighs_as_much_as_all(any_engine: Engine) -> None:
    keys = list(range(CONTROLS + 3))
    starts = [involved(key, 7, "implemented", "2024-11-05") for key in (0, 1, 2)]
    found = many(any_engine, [ANY], keys, involvement=starts)
    # Three exposed want 60 of the 400: those whose number lies below 0.15.
    draws = share_of([f"a{place}" for place in range(3, CONTROLS + 3)], SALT)
    below = {place + 3 for place, draw in enumerate(draws) if draw < 0.15}
    assert kept(found, 0).keys() == below
    assert list(kept(found, 0).values()) == pytest.approx([400 / 60] * len(below))
    assert {row["weight"] for row in rows_of(found) if row["exposed"]} == {1.0}
    assert found.counts[0].pool == CONTROLS


def test_neither_keys_nor_the_order_of_rows_decide_who_is_kept(duckdb: Engine) -> None:
    places = range(CONTROLS + 1)
    straight = many(
        duckdb, [ANY], list(places), involvement=[involved(0, 7, "managed", "2024-11-05")]
    )
    turned = many(
        duckdb,
        [ANY],
        [1000 - place for place in places],
        involvement=[involved(1000, 7, "managed", "2024-11-05")],
    )
    assert {1000 - key for key in kept(turned, 0)} == kept(straight, 0).keys()


def test_exposures_share_their_controls_and_each_keeps_as_many_as_it_needs(duckdb: Engine) -> None:
    keys = list(range(CONTROLS + 4))
    found = many(
        duckdb,
        [IMPLEMENTED, MANAGED],
        keys,
        involvement=[
            involved(0, 7, "implemented", "2024-11-05"),
            *(involved(key, 7, "managed", "2024-11-05") for key in (1, 2, 3)),
        ],
    )
    one, three = kept(found, 0), kept(found, 1)
    assert one.keys() < three.keys()
    points = duckdb.to_arrow(found.points)["account_key"].to_pylist()
    assert sorted(points) == sorted({0, 1, 2, 3, *three})


def test_all_controls_are_kept_where_they_are_few(duckdb: Engine) -> None:
    keys = list(range(21))
    found = many(duckdb, [ANY], keys, involvement=[involved(0, 7, "managed", "2024-11-05")])
    assert kept(found, 0) == dict.fromkeys(range(1, 21), 1.0)


def test_a_large_company_keeps_fewer_of_each_but_five_at_least() -> None:
    exposed = Counter({(0, 1): 100, (0, 2): 300, (1, 1): 10})
    controls = Counter({(0, 1): 10_000, (0, 2): 900, (1, 1): 10_000})
    # 17 for each are 100 * 17 + 900 = 2,600 with those of the stratum that has only 900.
    assert shares_of(exposed, controls, 20, 2_600) == {(0, 1): 0.17, (0, 2): 1.0, (1, 1): 0.02}
    assert shares_of(exposed, controls, 20, 2_599) == {(0, 1): 0.16, (0, 2): 1.0, (1, 1): 0.02}
    assert shares_of(exposed, controls, 20, 10)[0, 1] == 0.05
    assert shares_of(exposed, controls, 3, 10)[0, 1] == 0.03
