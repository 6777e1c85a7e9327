"""Within what accounts are compared: their segment at Q0 where it is known, else a third of ARR."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from facts_from_rows import Row, line
from small_cohorts import compared, involved, rows_of

from lichen.engines import Engine
from lichen.value.comparison.members import STRATA, Cohorts
from lichen.value.comparison.strata import BARRED, NOT_LOADED

FIXED = {"comparison": {"landmarks": 1}, "workspace": {"fixed": ["segment"]}}
ONE = {"comparison": {"landmarks": 1}}


def account(key: int, segment: str | None) -> Row:
    return {"account_key": key, "account_id": f"a{key}", "name": f"A{key}", "segment": segment}


def change(key: int, value: str, on: str) -> Row:
    return {
        "entity": "account",
        "id": f"a{key}",
        "attribute": "segment",
        "value": value,
        "from_on": date.fromisoformat(on),
    }


def words_of(found: Cohorts) -> dict[int, str]:
    """The word of each compared account's stratum."""
    return {
        row["account_key"]: found.arranged.strata[row["stratum"] % STRATA] for row in rows_of(found)
    }


def test_a_segment_is_the_one_that_was_valid_when_the_quarter_began(any_engine: Engine) -> None:
    found = compared(
        any_engine,
        words=ONE,
        account=[account(1, "smb"), account(2, "enterprise"), account(3, "smb"), account(4, "smb")],
        attribute_change=[
            change(2, "smb", "2023-01-01"),
            change(2, "enterprise", "2024-10-01"),
            change(4, "enterprise", "2022-01-01"),
            change(4, "smb", "2024-09-30"),
        ],
        subscription=[line(key, "2022-01-01", None, 100) for key in (1, 2, 3, 4)],
        involvement=[involved(1, 7, "implemented", "2024-11-05")],
    )
    assert words_of(found) == {1: "smb", 2: "smb", 3: "smb", 4: "smb"}
    assert found.findings == ()


def test_a_change_that_was_recorded_late_was_not_known_when_the_quarter_began(
    duckdb: Engine,
) -> None:
    def recorded(row: Row, day: str) -> Row:
        return {**row, "recorded_on": date.fromisoformat(day), "recorded_at": datetime(2024, 1, 1)}

    found = compared(
        duckdb,
        words=ONE,
        account=[account(1, "smb"), account(2, "smb"), account(3, "enterprise")],
        attribute_change=[
            recorded(change(1, "smb", "2022-01-01"), "2022-01-01"),
            recorded(change(2, "smb", "2022-01-01"), "2022-01-01"),
            recorded(change(3, "smb", "2022-01-01"), "2022-01-01"),
            recorded(change(3, "enterprise", "2024-09-30"), "2024-10-01"),
        ],
        subscription=[line(key, "2022-01-01", None, 100) for key in (1, 2, 3)],
        involvement=[involved(1, 7, "implemented", "2024-11-05")],
    )
    assert words_of(found) == {1: "smb", 2: "smb", 3: "smb"}


def test_controls_of_a_segment_without_exposed_accounts_are_left_out(duckdb: Engine) -> None:
    found = compared(
        duckdb,
        words=FIXED,
        account=[account(1, "smb"), account(2, "smb"), account(3, "enterprise"), account(4, None)],
        subscription=[line(key, "2022-01-01", None, 100) for key in (1, 2, 3, 4)],
        involvement=[involved(1, 7, "implemented", "2024-11-05")],
    )
    assert words_of(found) == {1: "smb", 2: "smb"}
    assert found.counts[0].pool == 3


@pytest.mark.parametrize(("segment", "finding"), [("smb", BARRED), (None, NOT_LOADED)])
def test_a_segment_of_today_gives_way_to_thirds_of_arr(
    any_engine: Engine, segment: str | None, finding: str
) -> None:
    """Of seven amounts 10, 20, 20, 30, 40, 50, 60 the first third holds three, the second two."""
    amounts = {1: 10, 2: 20, 3: 20, 4: 30, 5: 40, 6: 50, 7: 60}
    found = compared(
        any_engine,
        words=ONE,
        account=[account(key, segment) for key in amounts],
        subscription=[
            *(line(key, "2022-01-01", None, arr) for key, arr in amounts.items()),
            line(1, "2024-10-15", None, 500),
        ],
        involvement=[involved(key, 7, "implemented", "2024-11-05") for key in (1, 4, 6)],
    )
    # 1 grew in the quarter: its third is that of 10, which it paid when the quarter began.
    assert words_of(found) == {
        1: "lowest third of ARR",
        2: "lowest third of ARR",
        3: "lowest third of ARR",
        4: "middle third of ARR",
        5: "middle third of ARR",
        6: "highest third of ARR",
        7: "highest third of ARR",
    }
    assert found.findings == (finding,)


def test_first_contracts_are_within_the_segment_on_the_day_of_the_start(duckdb: Engine) -> None:
    found = compared(
        duckdb,
        words=ONE,
        design="first_contract",
        account=[account(key, "smb") for key in (1, 2, 3)],
        attribute_change=[
            change(1, "smb", "2024-10-10"),
            change(2, "smb", "2024-01-01"),
            change(2, "enterprise", "2024-10-11"),
            change(3, "enterprise", "2024-10-10"),
            change(3, "smb", "2024-10-12"),
        ],
        subscription=[line(key, "2024-10-10", None, 100) for key in (1, 2, 3)],
        involvement=[involved(1, 7, "implemented", "2024-10-12")],
    )
    assert words_of(found) == {1: "smb", 2: "smb"}


def test_first_contracts_without_segments_are_within_thirds_of_first_arr(duckdb: Engine) -> None:
    found = compared(
        duckdb,
        words=ONE,
        design="first_contract",
        subscription=[line(key, "2024-10-10", None, key * 100) for key in (1, 2, 3, 4, 5, 6)],
        involvement=[involved(3, 7, "implemented", "2024-10-12")],
    )
    assert words_of(found) == {3: "middle third of ARR", 4: "middle third of ARR"}
    assert found.findings == (NOT_LOADED,)
