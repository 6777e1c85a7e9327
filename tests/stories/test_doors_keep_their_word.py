"""What the doors promise of files and streams, whatever they are asked for."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.stories.conftest import Command

import lichen
from lichen.cli.scorecard import PAGE, write_page
from lichen.reports import html


@pytest.mark.parametrize("verb", ["run", "instrument"])
def test_a_plan_asked_as_json_is_json_and_nothing_else(
    published: Path, command: Command, verb: str
) -> None:
    done = command(verb, published, "--explain", "--format", "json")
    stages = json.loads(done.stdout)
    assert stages[0]["stage"] == "read feeds"
    assert any("account.csv" in line for line in stages[0]["lines"])


def test_windows_are_named_as_text_or_as_a_list(published: Path) -> None:
    workspace = lichen.open(published)
    assert workspace.plan(windows="quarter").windows == workspace.plan(windows=["quarter"]).windows


def test_the_umask_decides_who_may_read_the_page(published: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    narrow = "import os; os.umask(0o077)\n"
    asked = ("govern", str(published), "--html", str(page))
    done = subprocess.run(
        [sys.executable, "-c", f"{narrow}from lichen.cli import main; main()", *asked],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [page]


def test_who_may_only_read_is_shown_the_page_made_before(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = lichen.open(shutil.copytree(published, tmp_path / "harbor"))
    run = workspace.published()
    made = write_page(workspace, run)

    def refuse(document: object, path: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(html, "write", refuse)
    assert write_page(workspace, run) == made == run.folder / PAGE
    made.unlink()
    with pytest.raises(PermissionError):
        write_page(workspace, run)
