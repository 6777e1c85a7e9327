"""SIGKILL at any moment of a run leaves readers with the run they had, or with the new one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.engine.runs.small_runs import Publisher

from lichen.runs import Run, latest, list_runs

SCRIPT = Path(__file__).with_name("publish_until_killed.py")


def child(root: Path, step: int) -> subprocess.Popen[str]:
    """A process that publishes in this workspace."""
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(root), str(step)],
        env={**os.environ, "PYTHONPATH": str(SCRIPT.parents[3])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_whole(run: Run) -> None:
    """Every file of the run is of this run."""
    tables = [run.figures(), *(run.table(name) for name in run.table_names)]
    for table in tables:
        assert set(table["run_id"].to_pylist()) == {run.run_id}


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many durable or visible steps one publication takes."""
    output, errors = child(tmp_path_factory.mktemp("counted"), 0).communicate()
    assert output, errors
    return int(output)


def test_a_kill_before_any_step_leaves_the_old_run_or_the_new_one(
    tmp_path: Path, published: Publisher, steps: int
) -> None:
    assert steps >= 10
    before = published("20200101T000000000000Z-aaaa").run_id

    def killed_at(step: int) -> bool:
        root = shutil.copytree(tmp_path / "runs", tmp_path / str(step) / "runs").parent
        killed = child(root, step)
        killed.communicate()
        assert killed.returncode == -signal.SIGKILL
        run = latest(root)
        assert run.warning is None
        assert_whole(run)
        return run.run_id != before

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(killed_at, range(1, steps + 1)))
    assert outcomes == sorted(outcomes), "once visible, the new run stays visible"
    assert outcomes[0] is False and outcomes[-1] is True


def test_readers_beside_a_writer_that_is_killed_at_random_always_see_a_whole_run(
    tmp_path: Path, published: Publisher
) -> None:
    seed = random.randrange(2**32)
    moments = random.Random(seed)
    published("20200101T000000000000Z-aaaa")
    for _ in range(5):
        writer = child(tmp_path, -1)
        assert writer.stdout is not None and writer.stdout.readline()
        for run in _reads_until(tmp_path, time.monotonic() + moments.uniform(0.05, 0.8)):
            assert_whole(run)
        writer.kill()
        writer.communicate()
        assert_whole(latest(tmp_path))
    assert len(list_runs(tmp_path)) > 1, f"nothing was published; seed {seed}"


def _reads_until(root: Path, deadline: float) -> Iterator[Run]:
    while time.monotonic() < deadline:
        yield latest(root)


def test_what_a_killed_run_left_behind_is_cleared_by_the_next(
    tmp_path: Path, published: Publisher
) -> None:
    abandoned = tmp_path / "runs" / ".staging-20260101T000000000000Z-dead"
    (abandoned / "tables").mkdir(parents=True)
    run = published("20260102T000000000000Z-bbbb")
    assert not abandoned.exists()
    assert list_runs(tmp_path) == [run.run_id]
