"""With and without differ by what the partner does, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.engine.simulation.simulated_folder import Ecosystem

from lichen.kernel.periods import month_index
from lichen.simulation import CHANNELS, Effects, Settings, simulate
from lichen.simulation.draws import Draws
from lichen.simulation.partners import ROLE_CODE, draw_roster
from lichen.simulation.settings import TRUTH_MONTHS
from lichen.simulation.winning import spending
from lichen.simulation.world import draw_world

SMALL = Settings(accounts=250, months=36, seed=5, truth=True, entities=("account",))
OUTCOMES = ("arr_minor", "cost_minor", "active_users")


def lives(folder: Path, effects: Effects) -> tuple[pa.Table, pa.Table]:
    simulate(folder, replace(SMALL, effects=effects))
    tables = (pq.read_table(folder / "truth" / f"{n}.parquet") for n in ("monthly", "milestones"))
    monthly, milestones = tables
    return monthly, milestones


def differs(table: pa.Table, outcome: str) -> np.ndarray:
    with_, without = (table[f"{outcome}_{side}"].to_pylist() for side in ("with", "without"))
    return np.array([a != b for a, b in zip(with_, without, strict=True)])


def test_partners_without_effect_leave_every_life_exactly_as_it_was(tmp_path: Path) -> None:
    monthly, milestones = lives(tmp_path, Effects.none())
    assert monthly.num_rows > 10_000
    assert not any(differs(monthly, outcome).any() for outcome in OUTCOMES)
    assert not differs(milestones, "reached_on").any()


def test_every_channel_is_tried_alone_below() -> None:
    alone = {"expansion", "adoption", "cost", "margin", "time_to_value"}
    assert set(CHANNELS) == alone | {"renewal", "acquisition"}


@pytest.mark.parametrize(
    ("channel", "moved"),
    [
        ("expansion", "arr_minor"),
        ("adoption", "active_users"),
        ("cost", "cost_minor"),
        ("margin", "cost_minor"),
        ("time_to_value", "reached_on"),
    ],
)
def test_an_effect_on_one_outcome_moves_no_other(tmp_path: Path, channel: str, moved: str) -> None:
    monthly, milestones = lives(tmp_path, Effects().only(channel))
    changed = {outcome for outcome in OUTCOMES if differs(monthly, outcome).any()}
    if differs(milestones, "reached_on").any():
        changed.add("reached_on")
    assert changed == {moved}


def test_an_effect_on_acquisition_moves_what_winning_cost_and_no_life(tmp_path: Path) -> None:
    monthly, milestones = lives(tmp_path, Effects().only("acquisition"))
    assert not any(differs(monthly, outcome).any() for outcome in OUTCOMES)
    assert not differs(milestones, "reached_on").any()
    exposures = pq.read_table(tmp_path / "truth" / "exposures.parquet")
    moved = exposures.filter(pa.array(differs(exposures, "acquisition_minor")))
    of_role = moved.filter(pc.equal(moved["exposure"], "role"))
    assert set(of_role["value"].to_pylist()) == set(Effects().acquisition)


def test_what_winning_cost_in_truth_is_what_the_feed_says(ecosystem: Ecosystem) -> None:
    told: dict[str, int] = {}
    for row in ecosystem.feed("cost").to_pylist():
        if row["kind"] in ("sales", "marketing"):
            told[row["account_id"]] = told.get(row["account_id"], 0) + int(row["amount"] * 100)
    exposures = ecosystem.truth("exposures").to_pylist()
    assert len(exposures) > 1000
    assert all(row["acquisition_minor_with"] == told[row["account_id"]] for row in exposures)


def test_winning_costs_about_half_where_a_partner_sourced_the_deal_and_as_much_elsewhere() -> None:
    half = replace(Effects.none(), acquisition={"sourced": -0.693}, potency={})
    roster = draw_roster(Draws(5), 250, 36, half)
    with_, without = (
        spending(draw_world(replace(SMALL, effects=effects), roster, 0, 250)).total
        for effects in (half, Effects.none())
    )
    world = draw_world(replace(SMALL, effects=half), roster, 0, 250)
    sourced = world.plan.take(world.plan.role == ROLE_CODE["sourced"])
    ratio = with_ / without
    expected = np.exp(-0.693 * roster.potency[sourced.partner])
    # Amounts are rounded to the cent in each month.
    assert np.allclose(ratio[sourced.account], expected, rtol=1e-3)
    others = np.setdiff1d(np.arange(250), sourced.account)
    assert (ratio[others] == 1).all()


def test_an_effect_on_renewal_moves_nothing_before_a_renewal_was_lost_or_saved(
    tmp_path: Path,
) -> None:
    monthly, _ = lives(tmp_path, Effects().only("renewal"))
    life = _life(monthly)
    arr = differs(monthly, "arr_minor")
    # Rows are in order of months within a life, so a running maximum says "has differed by now".
    since = np.zeros(len(life), dtype=bool)
    for start, stop in _runs(life):
        since[start:stop] = np.maximum.accumulate(arr[start:stop])
    assert arr.any()
    for outcome in ("cost_minor", "active_users"):
        assert not (differs(monthly, outcome) & ~since).any()


@pytest.mark.parametrize(("odds", "renews"), [(1000.0, True), (-1000.0, False)])
def test_a_partner_who_decides_renewal_decides_every_renewal_while_at_work(
    odds: float, renews: bool
) -> None:
    decides = replace(Effects.none(), renewal={"integrated": odds}, potency={})
    settings = replace(SMALL, effects=decides)
    roster = draw_roster(Draws(5), settings.accounts, settings.months, decides)
    world = draw_world(settings, roster, 0, settings.accounts)
    core = world.path.lines.take(world.path.lines.slot == 0)
    decided = 0
    plan = world.plan.take(world.plan.role == ROLE_CODE["integrated"])
    for account, start, end in zip(plan.account, plan.start, plan.end, strict=True):
        mine = core.take(core.account == account)
        churned = world.path.churned[account]
        due = [m for m in mine.end if start < m <= min(end, churned) and m < len(world.health)]
        renewed = [m in mine.start[mine.renews] for m in due]
        assert renewed == [renews] * len(due)
        decided += len(due)
    assert decided > 15


def test_nothing_differs_in_the_month_in_which_a_partner_starts(ecosystem: Ecosystem) -> None:
    monthly = ecosystem.truth("monthly")
    first = np.array([start for start, _ in _runs(_life(monthly))])
    starts = monthly.take(pa.array(first))
    # A partner who came before the first month of fact is already at work in it.
    days = ecosystem.truth("exposures")["starts_on"].combine_chunks()
    starts = starts.filter(pc.greater_equal(days, pc.min(monthly["month"])))
    assert starts.num_rows > 1000
    assert not any(differs(starts, outcome).any() for outcome in OUTCOMES)


def test_every_life_is_followed_from_its_first_start_to_five_years_after_the_facts(
    ecosystem: Ecosystem,
) -> None:
    monthly, exposures = ecosystem.truth("monthly"), ecosystem.truth("exposures")
    last = month_index(ecosystem.settings.end) + TRUTH_MONTHS
    opens = month_index(ecosystem.settings.end) - ecosystem.settings.months + 1
    months = [month_index(day) for day in monthly["month"].to_pylist()]
    runs = _runs(_life(monthly))
    assert len(runs) == exposures.num_rows
    for (start, stop), day in zip(runs, exposures["starts_on"].to_pylist(), strict=True):
        assert months[start:stop] == list(range(max(month_index(day), opens), last + 1))


def test_the_life_with_partners_is_the_one_in_the_facts(ecosystem: Ecosystem) -> None:
    lines = ecosystem.feed("subscription").to_pylist()
    by_id = {row["subscription_id"]: row for row in lines}
    pending = {
        row["account_id"] for row in ecosystem.feed("renewal").to_pylist()
        if row["outcome"] == "pending" and row["due_on"] <= ecosystem.settings.end
    }  # fmt: skip
    late = {
        row["account_id"] for row in lines
        if row["renewed_from_id"] and row["starts_on"] > by_id[row["renewed_from_id"]]["ends_on"]
    }  # fmt: skip
    mine: dict[str, list[dict[str, object]]] = {}
    for row in lines:
        mine.setdefault(row["account_id"], []).append(row)
    monthly = ecosystem.truth("monthly")
    facts = monthly.filter(
        pc.and_(
            pc.equal(monthly["exposure"], "any"),
            pc.less_equal(monthly["month"], pa.scalar(ecosystem.settings.end)),
        )
    )
    checked = 0
    for row in facts.to_pylist():
        # Between an ended line and its late renewal the ledger, not the feed, holds the ARR.
        if row["account_id"] in late | pending:
            continue
        arr = sum(
            line["arr_amount"] for line in mine[row["account_id"]]
            if line["starts_on"] <= row["month"] < line["ends_on"]
        )  # fmt: skip
        assert row["arr_minor_with"] == arr * 100
        checked += 1
    assert checked > 1000


def test_first_starts_are_the_first_rows_of_the_involvement_feed(ecosystem: Ecosystem) -> None:
    earliest: dict[tuple[str, str, str], object] = {}
    kinds = {row["partner_id"]: row["kinds"] for row in ecosystem.feed("partner").to_pylist()}
    after_sale = {"implemented", "trained", "managed", "supported", "advised", "integrated"}
    for row in sorted(ecosystem.feed("involvement").to_pylist(), key=lambda r: r["starts_on"]):
        names = [("role", row["role"]), ("partner", row["partner_id"])]
        names += [("kind", kind) for kind in kinds[row["partner_id"]].split("|")]
        if row["role"] in after_sale | {"resold"}:
            names.append(("any", "any"))
        for exposure, value in names:
            earliest.setdefault((row["account_id"], exposure, value), row["starts_on"])
    found = {
        (row["account_id"], row["exposure"], row["value"]): row["starts_on"]
        for row in ecosystem.truth("exposures").to_pylist()
    }
    assert found == earliest


def _life(table: pa.Table) -> np.ndarray:
    """Which life each row belongs to, as one comparable text."""
    parts = [pc.cast(table[name], pa.string()) for name in ("account_id", "exposure", "value")]
    joined = pc.binary_join_element_wise(*parts, "/")
    return np.array(joined.to_pylist())


def _runs(life: np.ndarray) -> list[tuple[int, int]]:
    opens = np.flatnonzero(np.concatenate([[True], life[1:] != life[:-1]]))
    return list(zip(opens.tolist(), [*opens[1:].tolist(), len(life)], strict=True))
