"""Whatever goes wrong: the last good run is served, the message helps, the next run is right."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from tests.faults.matrix import EARLIER, FAULTS, LATEST, NEW, Fault, says, unmount
from tests.faults.workspaces import (
    Workspace,
    figures,
    later_lines,
    small_run,
    undisturbed,
    workspace,
)

from lichen.runs import list_runs

pytestmark = [pytest.mark.fault, pytest.mark.slow]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return workspace(tmp_path_factory.mktemp("faults") / "untouched")


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    """Every figure of a fresh workspace with the later lines."""
    return figures(undisturbed(tmp_path_factory.mktemp("fresh") / "later", later_lines()))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_leaves_readers_served_and_the_next_run_right(
    fault: Fault, untouched: Workspace, expected: pa.Table
) -> None:
    broken = untouched.copy_to(untouched.root.with_name("broken"))
    try:
        told = fault.happens(broken)
        if fault.code is not None:
            assert told.code == fault.code, told.err
        heard = told.err + told.out + _readers(broken, fault.readers)
        assert "Traceback" not in heard and "unexpected" not in heard
        assert says(fault.printed, heard), heard
        fault.mended(broken)
        assert figures(small_run(broken.root)).equals(expected)
        _nothing_left_behind(broken.root)
    finally:
        unmount(broken)
        shutil.rmtree(broken.root, ignore_errors=True)


def _readers(workspace: Workspace, served: str) -> str:
    """Assert that every reading verb shows this run; what they said about it."""
    govern, measure, explain = workspace.read()
    newest = list_runs(workspace.root)[0]
    run = {LATEST: workspace.latest, EARLIER: workspace.earlier, NEW: newest}[served]
    assert newest not in (workspace.latest, workspace.earlier) or served != NEW
    for answer in (govern, measure, explain):
        assert answer["code"] == 0, answer["err"]
    rows = json.loads(measure["out"])
    assert {row["run_id"] for row in rows} == {run}
    assert "Harbor Cloud" in govern["out"]
    assert f"{run}/{workspace.figure}" in explain["out"]
    if served == EARLIER:
        assert all(run in answer["err"] for answer in (govern, measure, explain))
    return "".join(answer["err"] + answer["out"] for answer in (govern, measure, explain))


def _nothing_left_behind(root: Path) -> None:
    """No half-written file is left where a run has ended well."""
    assert not list((root / "runs").rglob(".*"))
    assert not list((root / ".lichen").glob("spill-*"))
    assert not list((root / ".lichen").glob("lock.holder*"))
