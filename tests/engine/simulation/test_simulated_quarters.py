"""The truth of a comparison: the quarter's partners withheld, everything else as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.engine.simulation.simulated_folder import Ecosystem

from lichen.kernel.periods import month_index
from lichen.simulation import Effects, Settings, simulate
from lichen.simulation.costs import monthly_cost
from lichen.simulation.draws import Draws
from lichen.simulation.partners import ROLE_CODE, Roster, draw_roster
from lichen.simulation.quarters import HORIZONS
from lichen.simulation.schedule import Schedule
from lichen.simulation.usage import active_users
from lichen.simulation.world import World, draw_world
from lichen.vocabulary.definitions import Definitions

TINY = Settings(accounts=40, months=30, seed=11, truth=True, entities=("account",))
FIRST = month_index(TINY.end) - TINY.months + 1
MEANINGFUL = {ROLE_CODE[role] for role in Definitions().involvement.meaningful_roles}
SIDES = ("arr_minor_start", "arr_minor_end", "serving_minor", "active_users", "seats", "churned")


def roster_of(settings: Settings) -> Roster:
    return draw_roster(Draws(settings.seed), settings.accounts, settings.months, settings.effects)


def quarters(folder: Path, settings: Settings) -> list[dict[str, Any]]:
    simulate(folder, settings)
    rows: list[dict[str, Any]] = pq.read_table(folder / "truth" / "quarters.parquet").to_pylist()
    return rows


def test_each_row_is_the_account_lived_alone_without_the_partners_of_the_quarter(
    tmp_path: Path,
) -> None:
    found = [row for row in quarters(tmp_path, TINY) if row["exposure"] in ("any", "role")]
    world = draw_world(TINY, roster_of(TINY), 0, TINY.accounts)
    # Three rows, one a horizon, are of one life.
    moved = 0
    for rows in zip(*[iter(found)] * 3, strict=True):
        account, closes = (
            int(rows[0]["account_id"][5:]),
            month_index(rows[0]["quarter_end"]) - FIRST,
        )
        mine = [
            place for place in np.flatnonzero(world.plan.account == account)
            if not (
                closes - 2 <= world.plan.start[place] <= closes
                and (world.plan.role[place] in MEANINGFUL
                     or rows[0]["value"] == list(ROLE_CODE)[world.plan.role[place]])
            )
        ]  # fmt: skip
        alone = replace(
            draw_world(TINY, world.roster, account, account + 1), plan=_alone(world.plan, mine)
        )
        for row in rows:
            told = {name: row[f"{name}_without"] for name in SIDES}
            assert told == _lived(alone, closes, closes + row["horizon"])
            moved += any(row[f"{name}_with"] != row[f"{name}_without"] for name in SIDES)
    assert len(found) > 60
    assert moved > 20


def _alone(plan: Schedule, rows: list[int]) -> Schedule:
    kept = plan.take(np.array(rows, dtype=np.int64))
    return kept.of(np.zeros(len(kept), dtype=np.int64))


def _lived(world: World, opens: int, ends: int) -> dict[str, object]:
    cost = sum(int(kind[month, 0]) for name, kind in monthly_cost(world).items()
               for month in range(opens + 1, ends + 1) if name != "partner_margin")  # fmt: skip
    lately, seats = range(ends - 2, ends + 1), int(world.people.seats[0])
    return {
        "arr_minor_start": int(world.path.arr[opens, 0]),
        "arr_minor_end": int(world.path.arr[ends, 0]),
        "serving_minor": cost,
        "active_users": sum(int(active_users(world)[month, 0]) for month in lately),
        "seats": sum(seats for month in lately if world.path.alive[month, 0]),
        "churned": bool(world.path.churned[0] <= ends),
    }


def test_partners_without_effect_leave_both_lives_equal(tmp_path: Path) -> None:
    rows = quarters(tmp_path, replace(TINY, effects=Effects.none()))
    assert len(rows) > 150
    for name in SIDES:
        assert [row[f"{name}_with"] for row in rows] == [row[f"{name}_without"] for row in rows]


def test_a_partner_who_saves_every_renewal_and_starts_later_saves_it_in_both_lives(
    tmp_path: Path,
) -> None:
    # The other life is without this quarter's partners, not without partners for ever.
    saves = replace(Effects.none(), renewal=dict.fromkeys(ROLE_CODE, 1000.0), potency={})
    settings = replace(TINY, accounts=400, effects=saves)
    rows = quarters(tmp_path, settings)
    plan = draw_world(settings, roster_of(settings), 0, 400).plan
    later = 0
    for row in rows:
        if row["exposure"] != "any" or row["horizon"] != 24 or not row["arr_minor_start_without"]:
            continue
        account, closes = int(row["account_id"][5:]), month_index(row["quarter_end"]) - FIRST
        mine = plan.take((plan.account == account) & np.isin(plan.role, list(MEANINGFUL)))
        outside = mine.take((mine.start < closes - 2) | (mine.start > closes))
        # At work from the month after it starts to the one in which it ends.
        at_work = {m for s, e in zip(outside.start, outside.end, strict=True)
                   for m in range(s + 1, min(e, closes + 24) + 1)}  # fmt: skip
        if at_work >= set(range(closes + 1, closes + 25)):
            assert row["arr_minor_end_without"] == row["arr_minor_end_with"]
            later += 1
    assert later > 5


def test_quarters_are_calendar_quarters_that_hold_the_start(ecosystem: Ecosystem) -> None:
    for row in ecosystem.truth("quarters").to_pylist():
        end = row["quarter_end"]
        assert end in (date(end.year, 3, 31), date(end.year, 6, 30), date(end.year, 9, 30),
                       date(end.year, 12, 31))  # fmt: skip
        assert 0 <= month_index(end) - month_index(row["starts_on"]) <= 2
        assert end <= ecosystem.settings.end


def test_every_first_start_in_a_whole_quarter_of_fact_has_three_rows(ecosystem: Ecosystem) -> None:
    table = ecosystem.truth("quarters")
    first = table.filter(table["is_first"])
    names = ("account_id", "exposure", "value", "starts_on")
    found = sorted(zip(*(first[name].to_pylist() for name in names), strict=True))
    opens = month_index(ecosystem.settings.end) - ecosystem.settings.months + 1
    expected = [
        tuple(row[name] for name in names)
        for row in ecosystem.truth("exposures").to_pylist()
        # The facts run from November 2022 to October 2026; the quarter of October is not over.
        if date(2022, 10, 1) <= row["starts_on"] < date(2026, 10, 1)
    ]
    assert opens == month_index(date(2022, 11, 1))
    assert found == sorted(expected * len(HORIZONS))


def test_the_life_with_partners_agrees_with_the_monthly_truth(ecosystem: Ecosystem) -> None:
    monthly = ecosystem.truth("monthly")
    any_ = monthly.filter(pc.equal(monthly["exposure"], "any"))
    arr = {
        (row["account_id"], month_index(row["month"])): row["arr_minor_with"]
        for row in any_.select(["account_id", "month", "arr_minor_with"]).to_pylist()
    }
    table = ecosystem.truth("quarters")
    rows = table.filter(pc.and_(pc.equal(table["exposure"], "any"), table["is_first"])).to_pylist()
    for row in rows:
        closes = month_index(row["quarter_end"])
        assert row["arr_minor_start_with"] == arr[row["account_id"], closes]
        assert row["arr_minor_end_with"] == arr[row["account_id"], closes + row["horizon"]]
    assert len(rows) > 500


@pytest.mark.parametrize("chunk", [7])
def test_chunks_change_no_row_of_the_truth(tmp_path: Path, chunk: int) -> None:
    simulate(tmp_path / "whole", TINY)
    simulate(tmp_path / "parts", replace(TINY, chunk=chunk))
    whole, parts = (
        pq.read_table(tmp_path / name / "truth" / "quarters.parquet") for name in ("whole", "parts")
    )
    assert isinstance(whole, pa.Table)
    assert whole.equals(parts)
