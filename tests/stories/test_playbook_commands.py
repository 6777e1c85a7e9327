"""Every command and every line of Python in the playbook runs as written."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from tests.stories.conftest import Command

import lichen

PLAYBOOK = Path(__file__).parents[2] / "docs" / "playbook"
PAGES = ("define", "map", "measure", "model", "govern")


def fences(page: str, language: str) -> list[str]:
    """The page's code blocks of one language."""
    text = (PLAYBOOK / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_run_as_written(
    page: str, published: Path, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(published, tmp_path / "harbor")
    monkeypatch.chdir(tmp_path)
    workspace = lichen.open("harbor")
    run_id = workspace.published().run_id
    figure_id = next(iter(workspace.figures(metric="nrr", window="12m"))).figure_id
    lines = [line for block in fences(page, "sh") for line in block.splitlines() if line]
    assert lines
    for line in lines:
        written = line.replace("RUN_ID", run_id).replace("FIGURE_ID", figure_id)
        name, *arguments = shlex.split(written)
        assert name == "lichen"
        done = command(*arguments)
        unpublished = "--by segment,served_via" in line
        assert done.returncode == (2 if unpublished else 0), (line, done.stderr)


def test_the_python_of_the_measure_page_runs_as_written(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(published, tmp_path / "harbor")
    monkeypatch.chdir(tmp_path)
    (block,) = fences("measure", "python")
    names: dict[str, object] = {}
    exec(block, names)
    assert len(names["figures"]) == 2  # type: ignore[arg-type]
