"""A pilot: drawn by hash, read by intention to treat, judged as an experiment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pytest
from facts_from_rows import Row, facts_from_rows, line
from scipy import stats
from worked_tables import cents, worked_tables

from lichen.engines import Engine
from lichen.inference import experiment
from lichen.ledger.facts import Facts
from lichen.value.pilots import PilotOutcome, PilotReading, analyse, assign
from lichen.vocabulary.definitions import Definitions, Pilot
from lichen.vocabulary.figure import Verdict

EVE, START = "2024-12-31", "2025-01-01"
AS_OF = date(2025, 12, 31)


def pilot(**keys: Any) -> Pilot:
    told = {"name": "onboarding review", "play": "review", "starts_on": date(2025, 1, 1)}
    return Pilot.model_validate({**told, **keys})


def account(key: int, before: int, after: int) -> list[Row]:
    """ARR in minor units on the eve, and from the middle of the year on."""
    rows = [line(key, "2024-01-01", "2025-07-01", before)] if before else []
    return rows + ([line(key, "2025-07-01", None, after)] if after else [])


def run(key: int, starts: str, play: str = "review") -> Row:
    return {
        "play_run_id": f"r{key}-{starts}",
        "play": play,
        "account_key": key,
        "starts_on": date.fromisoformat(starts),
    }


def served(key: int, partner: int, starts: str, role: str = "managed") -> Row:
    return {
        "involvement_id": f"v{key}-{partner}-{starts}",
        "account_key": key,
        "partner_key": partner,
        "role": role,
        "starts_on": date.fromisoformat(starts),
    }


def arms(engine: Engine, facts: Facts, told: Pilot) -> Mapping[str, bool]:
    rows = engine.to_arrow(assign(facts, Definitions(), told)).to_pylist()
    return {row["account_id"]: row["held_out"] for row in rows}


def outcome(reading: PilotReading, name: str) -> PilotOutcome:
    (found,) = (each for each in reading.outcomes if each.outcome == name)
    return found


def hashed(text: str, salt: str) -> float:
    """BLAKE2b of id and salt, mixed by splitmix64, in Python's own integers."""
    id_word, salt_word = (
        int.from_bytes(hashlib.blake2b(t.encode(), digest_size=8).digest(), "little")
        for t in (text, salt)
    )
    word = ((id_word ^ salt_word) + 0x9E3779B97F4A7C15) % 2**64
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB % 2**64
    return float((word ^ (word >> 31)) >> 11) / 2**53


def test_the_page_shows_what_a_pilot_gives(engine: Engine) -> None:
    accounts, (expected,) = worked_tables("pilots")
    keys = range(1, len(accounts) + 1)
    lines = [
        each
        for key, row in zip(keys, accounts, strict=True)
        for each in account(key, cents(row["ARR on the eve"]), cents(row["ARR after"]))
    ]
    facts = facts_from_rows(engine, AS_OF, subscription=lines)
    drawn = arms(engine, facts, pilot())
    for row in accounts:
        assert f"{hashed(row['account'], 'onboarding review'):.3f}" == row["hash"]
        assert drawn[row["account"]] is (row["arm"] == "held out")
        nrr = cents(row["ARR after"]) / cents(row["ARR on the eve"])
        assert f"{nrr:.2f}" == row["NRR"]
    found = outcome(analyse(facts, Definitions(), pilot()), "nrr")
    shown = {
        "offered": found.offered_mean,
        "held out": found.held_out_mean,
        "difference": found.effect.value,
        "error": found.effect.se,
        "low": found.effect.low,
        "high": found.effect.high,
    }
    for name, value in shown.items():
        assert value == pytest.approx(float(expected[name]), abs=6e-5), name
    by_arm = [
        [float(row["NRR"]) for row in accounts if row["arm"] == arm]
        for arm in ("offered", "held out")
    ]
    other = stats.ttest_ind(*by_arm, equal_var=False)
    assert float(expected["degrees of freedom"]) == pytest.approx(other.df, abs=5e-4)
    assert found.p == pytest.approx(other.pvalue)
    assert found.verdict is Verdict.NOT_ENOUGH_DATA
    assert found.reasons == ("5 accounts offered, needs 30", "3 accounts held out, needs 30")


def test_only_customers_on_the_eve_take_part(duckdb: Engine) -> None:
    lines = [
        *account(1, 100, 100),
        *account(2, 0, 100),
        line(3, "2024-01-01", EVE, 100),
        line(4, START, None, 100),
    ]
    facts = facts_from_rows(duckdb, AS_OF, subscription=lines)
    assert set(arms(duckdb, facts, pilot())) == {"a1"}


def test_the_lot_rests_on_the_id_and_the_name_alone(duckdb: Engine) -> None:
    some = [each for key in range(1, 41) for each in account(key, 100, 100)]
    more = [each for key in range(1, 81) for each in account(key, 500, 0)]
    facts = facts_from_rows(duckdb, AS_OF, subscription=some)
    first = arms(duckdb, facts, pilot())
    later = facts_from_rows(duckdb, date(2025, 3, 31), subscription=more)
    second = arms(duckdb, later, pilot())
    assert {key: second[key] for key in first} == first
    assert arms(duckdb, facts, pilot(name="another review")) != first
    few = arms(duckdb, facts, pilot(held_out=0.2))
    assert {key for key, held in few.items() if held} < {key for key, held in first.items() if held}


def test_only_named_segments_take_part(duckdb: Engine) -> None:
    rows = [
        {"account_key": key, "account_id": f"a{key}", "name": "A", "segment": segment}
        for key, segment in ((1, "smb"), (2, "enterprise"), (3, None))
    ]
    lines = [each for key in (1, 2, 3) for each in account(key, 100, 100)]
    facts = facts_from_rows(duckdb, AS_OF, account=rows, subscription=lines)
    told = pilot(segments=("enterprise",))
    assert set(arms(duckdb, facts, told)) == {"a2"}
    findings = analyse(facts, Definitions(), told).findings
    assert any(each.startswith("Segments on the eve of the pilot") for each in findings)


def test_where_partners_are_drawn_all_accounts_of_one_are_in_one_arm(engine: Engine) -> None:
    partners = [
        {"partner_key": key, "partner_id": f"p{key}", "name": f"P{key}"} for key in range(1, 9)
    ]
    involvements = [served(key, 1 + key % 8, "2024-06-01") for key in range(1, 25)]
    # Account 30 had p2 first; 31 got a partner after the eve; 32's came for the sale alone.
    involvements += [
        served(30, 3, "2024-05-01"), served(30, 2, "2024-02-01"), served(31, 1, "2025-02-01"),
        served(32, 1, "2024-02-01", "sourced"),
    ]  # fmt: skip
    lines = [each for key in (*range(1, 25), 30, 31, 32) for each in account(key, 100, 100)]
    facts = facts_from_rows(
        engine, AS_OF, partner=partners, involvement=involvements, subscription=lines
    )
    told = pilot(unit="partner", name="review")
    rows = engine.to_arrow(assign(facts, Definitions(), told)).to_pylist()
    assert {row["account_key"]: row["partner_id"] for row in rows} == {
        **{key: f"p{1 + key % 8}" for key in range(1, 25)},
        30: "p2",
    }
    for row in rows:
        assert row["held_out"] is (hashed(row["partner_id"], "review") < 0.5)
    reading = analyse(facts, Definitions(), told)
    assert reading.compliance.offered_units + reading.compliance.held_out_units == 8
    reasons = outcome(reading, "nrr").reasons
    assert any(each.endswith("partners offered, needs 10") for each in reasons)


def test_who_got_the_play_is_told_and_changes_no_arm(engine: Engine) -> None:
    lines = [each for key in range(1, 9) for each in account(key, 100, 100)]
    # By the page: a1, a3 and a5 are held out.
    runs = [
        run(1, "2025-02-01"), run(1, "2025-03-01"), run(2, "2025-02-01"), run(4, "2025-12-31"),
        run(3, "2024-12-31"), run(5, "2026-01-01"), run(6, "2025-02-01", "training"),
    ]  # fmt: skip
    facts = facts_from_rows(engine, date(2026, 1, 31), subscription=lines, play_run=runs)
    reading = analyse(facts, Definitions(), pilot())
    assert reading.compliance == (5, 2, 3, 1, 5, 3)
    anyway, missed = reading.findings
    assert anyway == (
        "1 of 3 accounts that were held out got review anyway. They count as held out, which "
        "makes the difference smaller than the play is worth."
    )
    assert missed == (
        "3 of 5 accounts that were offered review did not get it. They count as offered: the "
        "difference is that of the offer, not of the play."
    )


def test_without_runs_of_plays_nobody_can_say_who_got_it(duckdb: Engine) -> None:
    facts = facts_from_rows(duckdb, AS_OF, subscription=account(1, 100, 100))
    reading = analyse(facts, Definitions(), pilot())
    assert reading.findings == ("No feed says who got the play. Map play_run.",)
    assert reading.compliance.held_out_got is None


def test_a_pilot_whose_horizon_is_not_over_says_when_it_will_be(duckdb: Engine) -> None:
    lines = [each for key in range(1, 9) for each in account(key, 100, 100)]
    facts = facts_from_rows(duckdb, date(2025, 11, 30), subscription=lines)
    found = outcome(analyse(facts, Definitions(), pilot()), "logo_retention")
    assert found.verdict is Verdict.NOT_ENOUGH_DATA
    assert found.reasons == ("outcomes are complete on 31 Dec 2025",)
    assert found.effect.value is None


@pytest.mark.parametrize(
    ("lost_offered", "lost_held", "verdict"),
    [(0.1, 0.4, Verdict.HELPS), (0.4, 0.1, Verdict.HURTS), (0.2, 0.2, Verdict.NO_CLEAR_EFFECT)],
)
def test_a_pilot_is_judged_by_what_it_did(
    duckdb: Engine, lost_offered: float, lost_held: float, verdict: Verdict
) -> None:
    rng = np.random.default_rng(5)
    lines: list[Row] = []
    for key in range(1, 401):
        lost = lost_held if hashed(f"a{key}", "onboarding review") < 0.5 else lost_offered
        lines += account(key, 100, 0 if rng.random() < lost else 100)
    facts = facts_from_rows(duckdb, AS_OF, subscription=lines)
    reading = analyse(facts, Definitions(), pilot(), ("logo_retention", "nrr"))
    assert [each.outcome for each in reading.outcomes] == ["logo_retention", "nrr"]
    found = outcome(reading, "logo_retention")
    assert found.verdict is verdict
    word = {"helps": "is higher", "hurts": "is lower", "no_clear_effect": "No clear effect"}
    assert word[verdict.value] in found.sentence
    assert "(99% interval" in found.sentence
    assert found.adjusted_p is not None
    assert found.p is not None
    # Logo retention and NRR are one here, and expansion never differs: two p-values in the family.
    assert found.adjusted_p == pytest.approx(min(1.0, 2 * found.p))
    assert found.offered + found.held_out == 400


def test_the_estimate_is_that_of_the_arrays(duckdb: Engine) -> None:
    keys = range(1, 101)
    lines = [each for key in keys for each in account(key, 100, key)]
    facts = facts_from_rows(duckdb, AS_OF, subscription=lines)
    offered = np.array([hashed(f"a{key}", "onboarding review") >= 0.5 for key in keys])
    alone = experiment.difference(np.array([key / 100 for key in keys]), offered)
    found = outcome(analyse(facts, Definitions(), pilot()), "nrr")
    assert found.effect.value == pytest.approx(alone.value)
    assert found.effect.se == pytest.approx(alone.se)
