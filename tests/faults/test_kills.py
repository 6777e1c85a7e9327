"""SIGKILL at 50 random moments of `lichen run`: readers always see a whole run of known feeds.

The debris of five kills piles up before a run is left to end. `LICHEN_FAULT_SEED` repeats the
moments of a failure; the seed is printed with it.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pyarrow as pa
import pytest
from tests.faults.workspaces import (
    Workspace,
    figures,
    later_lines,
    lichen,
    small_run,
    start,
    undisturbed,
    workspace,
)
from tests.stories.harbor import subscriptions, write_csv

from lichen.runs import latest

pytestmark = [pytest.mark.fault, pytest.mark.slow]

SEED = int(os.environ.get("LICHEN_FAULT_SEED") or random.randrange(2**32))
PILES, KILLS = 10, 5
LINES = (subscriptions, later_lines)
ROW = (
    f"SIGKILL, at {PILES * KILLS} random moments of the whole run",
    "the latest run, or the new one once it is published",
    "nothing: the process is gone",
    "right; what was left half done is cleared",
)
"""The row of docs/faults.md that this module tries."""


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return workspace(tmp_path_factory.mktemp("kills") / "untouched")


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[pa.Table, ...]:
    """The figures of fresh workspaces: with the lines at first, and with the later ones."""
    root = tmp_path_factory.mktemp("fresh")
    return tuple(figures(undisturbed(root / lines.__name__, lines())) for lines in LINES)


@pytest.fixture(scope="module")
def seconds(untouched: Workspace) -> float:
    """How long a run takes here and now, from its start to its page."""
    whole = untouched.copy_to(untouched.root.with_name("timed"))
    begun = time.monotonic()
    assert lichen("none", "run", whole.root).code == 0
    return time.monotonic() - begun


@pytest.mark.parametrize("pile", range(PILES))
def test_a_kill_at_a_random_moment_leaves_a_whole_run_and_no_trouble_for_the_next(
    pile: int,
    untouched: Workspace,
    expected: tuple[pa.Table, ...],
    seconds: float,
    tmp_path: Path,
) -> None:
    print(f"LICHEN_FAULT_SEED={SEED}, pile {pile}")
    moments = random.Random(SEED + pile)
    killed = untouched.copy_to(tmp_path / "killed")
    kills = 0
    for attempt in range(4 * KILLS):
        if kills == KILLS:
            break
        _feed(killed.root, attempt)
        kills += _killed_after(killed.root, moments.uniform(0.02, 0.98) * seconds)
        _whole(killed.root, expected)
    assert kills == KILLS
    answers = killed.read()
    assert [answer["code"] for answer in answers] == [0, 0, 0], answers
    _feed(killed.root, 1)
    assert figures(small_run(killed.root)).equals(expected[1])
    assert not list((killed.root / "runs").rglob(".*"))
    shutil.rmtree(killed.root)


def _feed(root: Path, turn: int) -> None:
    """The feeds change between runs, and in every other turn the cache is cold."""
    write_csv(root / "feeds" / "subscription.csv", LINES[turn % 2]())
    if turn % 4 > 1:
        shutil.rmtree(root / ".lichen", ignore_errors=True)


def _killed_after(root: Path, wait: float) -> bool:
    """Kill a run at this moment; whether it had not ended before."""
    run = start("none", "run", root)
    time.sleep(wait)
    run.kill()
    _, err = run.communicate()
    assert run.returncode in (0, -signal.SIGKILL), err
    return run.returncode == -signal.SIGKILL


def _whole(root: Path, expected: tuple[pa.Table, ...]) -> None:
    """The run that readers get needs no excuse, and its figures are those of either feeds."""
    run = latest(root)
    assert run.warning is None
    assert any(figures(run).equals(known) for known in expected)
    assert [run.table(name).num_rows for name in run.table_names] == [
        run.manifest["table_rows"][name] for name in run.table_names
    ]
