"""How the plans of several partners add up, as docs/algorithms/simulation.md shows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from lichen.simulation import Effects
from lichen.simulation.calendar import FAR
from lichen.simulation.partners import ROLE_CODE, Roster
from lichen.simulation.schedule import Schedule, shifts

PAGE = Path(__file__).parents[3] / "docs" / "algorithms" / "simulation.md"
WORKED = Effects(renewal={"managed": 1.2, "trained": 0.4}, margin={"managed": 0.1})


def plan_of(*rows: tuple[int, str, int, int]) -> Schedule:
    partner, role, start, end = zip(*rows, strict=True)
    zero = np.zeros(len(rows), dtype=np.int64)
    return Schedule(
        account=zero, sequence=zero + 1, partner=np.array(partner),
        role=np.array([ROLE_CODE[name] for name in role]), start=np.array(start), start_day=zero,
        end=np.array(end), end_day=zero, on_deal=zero > 0,
    )  # fmt: skip


def roster_of(*potency: float) -> Roster:
    zero = np.zeros(len(potency), dtype=np.int64)
    return Roster(
        kinds=(("services",),) * len(potency), region=zero, weight=zero + 1.0,
        potency=np.array(potency), joined=zero, left=zero + FAR,
    )  # fmt: skip


def test_the_worked_table_of_the_page() -> None:
    # Partner 0 (potency 1.5) manages from month 1 on; partner 1 (0.5) trains in months 2 to 4.
    plan = plan_of((0, "managed", 1, FAR), (1, "trained", 2, 4))
    found = shifts(plan, roster_of(1.5, 0.5), WORKED, "renewal", 1, 7)[:, 0]
    # 1.2 x 1.5 = 1.8 from month 2; 0.4 x 0.5 = 0.2 more in months 3 and 4.
    expected = [0, 0, 1800, 2000, 2000, 1800, 1800]
    assert found.tolist() == expected
    rows = [f"| {month} | {value / 1000:.1f} |" for month, value in enumerate(expected)]
    text = PAGE.read_text()
    assert [row for row in rows if row not in text] == []


def test_potency_does_not_multiply_the_margin() -> None:
    plan = plan_of((0, "managed", 0, FAR))
    assert shifts(plan, roster_of(1.5), WORKED, "margin", 1, 2)[:, 0].tolist() == [0, 100]


def test_a_start_before_the_first_month_works_from_the_first_month() -> None:
    plan = plan_of((0, "managed", -5, 0))
    assert shifts(plan, roster_of(1.0), WORKED, "renewal", 1, 2)[:, 0].tolist() == [1200, 0]


def test_the_command_writes_a_folder_and_names_what_is_wrong(tmp_path: Path) -> None:
    from typer.main import Typer

    from lichen.cli.simulate import command

    app = Typer()
    app.command()(command)
    run = CliRunner().invoke(
        app, [str(tmp_path / "a"), "--accounts", "5", "--months", "12", "--end", "2025-03"]
    )
    assert run.exit_code == 0
    assert "account" in run.output
    assert (tmp_path / "a" / "feeds" / "usage.parquet").exists()
    wrong = CliRunner().invoke(app, [str(tmp_path / "b"), "--end", "March"])
    assert "expected a month like 2026-10" in str(wrong.exception)
    assert not (tmp_path / "b").exists()
