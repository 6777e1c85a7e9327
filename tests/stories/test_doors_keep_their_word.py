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
from lichen.cli import main
from lichen.cli.pages import check_page
from lichen.cli.scorecard import PAGE, write_pages
from lichen.reports import html
from lichen.reports.document import Document


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
    (made,) = write_pages(workspace, run).pages

    def refuse(document: object, path: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(html, "write", refuse)
    assert write_pages(workspace, run).pages == (made,) == (run.folder / PAGE,)
    made.unlink()
    refused = write_pages(workspace, run)
    assert refused.pages == ()
    assert refused.told == (
        f"{made}: Permission denied. Once that is mended, `lichen govern` writes it."
    )


def unwritable(tmp_path: Path) -> list[tuple[Path, str]]:
    """Places where no page can be, and a word of why."""
    (tmp_path / "notes.txt").write_text("not a folder")
    return [
        (tmp_path, "it is a folder"),
        (tmp_path / "notes.txt" / "x.html", "Not a directory"),
        (Path("/proc/lichen/x.html"), "/proc/lichen"),
        (Path("/dev/null"), "no ordinary file"),
        (tmp_path / ("x" * 300), "too long"),
    ]


@pytest.mark.parametrize("verb", ["run", "govern"])
def test_a_place_where_no_page_can_be_is_refused_before_anything_is_done(
    published: Path, tmp_path: Path, command: Command, verb: str
) -> None:
    root = shutil.copytree(published, tmp_path / "harbor")
    before = sorted((root / "runs").rglob("*"))
    for place, why in unwritable(tmp_path):
        done = command(verb, root, "--html", place)
        assert done.returncode == 2 and done.stdout == "", place
        assert f"No page can be written to {place}" in done.stderr and why in done.stderr
        assert "--html scorecard.html" in done.stderr
    assert sorted((root / "runs").rglob("*")) == before


def test_trying_a_place_leaves_nothing_behind(tmp_path: Path) -> None:
    check_page(tmp_path / "new" / "newer" / "x.html")
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_fails_after_publishing_leaves_the_scorecard_and_says_why(
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root, asked = shutil.copytree(published, tmp_path / "harbor"), tmp_path / "x.html"
    sound = html.write

    def full(document: Document, path: Path) -> Path:
        if path == asked:
            raise OSError(28, "No space left on device", str(path))
        return sound(document, path)

    monkeypatch.setattr(html, "write", full)
    with pytest.raises(SystemExit) as ended:
        main(["run", str(root), "--html", str(asked)])
    run, said = lichen.open(root).published(), capsys.readouterr()
    assert ended.value.code == 2
    assert "Harbor Cloud" in said.out and f"Scorecard: {run.folder / PAGE}" in said.out
    why = f"{asked}: No space left on device"
    assert f"Published {run.run_id}; the page was not written: {why}" in said.err
    assert run.folder.name not in [path.name for path in (published / "runs").iterdir()]
