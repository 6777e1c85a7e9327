"""Readers see the run that the pointer names, or the last good one with a word about it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.engine.runs.small_runs import Publisher

from lichen.kernel.errors import UnknownName
from lichen.runs import NoRun, RunDamaged, RunFormatRefused, latest, list_runs, open_run
from lichen.runs import manifest as manifests
from lichen.runs.errors import SeveralRuns
from lichen.runs.manifest import sealed


def rewrite_manifest(folder: Path, **changes: object) -> None:
    """Change a manifest and seal it again, as another version of Lichen would have written it."""
    path = folder / "manifest.json"
    content = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps(sealed(content)))


def test_the_latest_run_is_the_one_published_last(tmp_path: Path, published: Publisher) -> None:
    published("20260101T000000000000Z-aaaa")
    published("20260102T000000000000Z-bbbb")
    run = latest(tmp_path)
    assert run.run_id == "20260102T000000000000Z-bbbb"
    assert run.warning is None
    assert set(run.figures()["run_id"].to_pylist()) == {run.run_id}
    assert run.table("end_points").num_rows == 2


def test_a_workspace_without_runs_says_how_to_publish_one(tmp_path: Path) -> None:
    with pytest.raises(NoRun, match="lichen run"):
        latest(tmp_path)


def test_a_pointer_to_a_deleted_run_serves_the_last_good_one_with_a_warning(
    tmp_path: Path, published: Publisher
) -> None:
    published("20260101T000000000000Z-aaaa")
    gone = published("20260102T000000000000Z-bbbb")
    shutil.rmtree(gone.folder)
    run = latest(tmp_path)
    assert run.run_id == "20260101T000000000000Z-aaaa"
    assert run.warning is not None
    assert "20260102T000000000000Z-bbbb" in run.warning
    assert "lichen run" in run.warning


def test_a_missing_pointer_serves_the_newest_good_run_with_a_warning(
    tmp_path: Path, published: Publisher
) -> None:
    published("20260101T000000000000Z-aaaa")
    (tmp_path / "runs" / "latest").unlink()
    run = latest(tmp_path)
    assert run.run_id == "20260101T000000000000Z-aaaa"
    assert run.warning is not None and "latest is missing" in run.warning


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "manifest.json").write_text("{"),
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: (folder / "figures.parquet").unlink(),
        lambda folder: (folder / "figures.parquet").write_bytes(b"PAR1"),
        lambda folder: (folder / "tables" / "end_points.parquet").unlink(),
    ],
    ids=["manifest cut", "manifest gone", "figures gone", "figures cut", "table gone"],
)
def test_a_damaged_run_is_never_served(
    tmp_path: Path, published: Publisher, damage: object
) -> None:
    published("20260101T000000000000Z-aaaa")
    broken = published("20260102T000000000000Z-bbbb")
    damage(broken.folder)  # type: ignore[operator]
    assert latest(tmp_path).run_id == "20260101T000000000000Z-aaaa"
    with pytest.raises(RunDamaged, match="damaged"):
        open_run(tmp_path, broken.run_id)


def test_files_of_another_run_under_the_same_id_are_noticed(
    tmp_path: Path, published: Publisher
) -> None:
    older = published("20260101T000000000000Z-aaaa")
    newer = published("20260102T000000000000Z-bbbb")
    shutil.copy(older.folder / "figures.parquet", newer.folder / "figures.parquet")
    with pytest.raises(RunDamaged, match="figures.parquet"):
        open_run(tmp_path, newer.run_id)


def test_an_edited_manifest_does_not_match_its_seal(tmp_path: Path, published: Publisher) -> None:
    run = published("20260101T000000000000Z-aaaa")
    path = run.folder / "manifest.json"
    path.write_text(path.read_text().replace("2026-09-30", "2026-10-31"))
    with pytest.raises(RunDamaged, match="seal"):
        open_run(tmp_path, run.run_id)


def test_only_damaged_runs_are_listed_with_their_reasons(
    tmp_path: Path, published: Publisher
) -> None:
    run = published("20260101T000000000000Z-aaaa")
    (run.folder / "figures.parquet").unlink()
    with pytest.raises(NoRun, match="figures.parquet is missing"):
        latest(tmp_path)


def test_the_previous_run_format_is_read(
    tmp_path: Path, published: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = published("20260101T000000000000Z-aaaa")
    rewrite_manifest(run.folder, run_format=6)
    monkeypatch.setattr(manifests, "readable_formats", lambda: (6, 7))
    assert open_run(tmp_path, run.run_id).run_id == run.run_id
    assert manifests.RUN_FORMAT in (1,)


@pytest.mark.parametrize(
    ("found", "step"), [(99, "Upgrade Lichen"), (-5, "Publish a new run"), (None, "Publish")]
)
def test_other_run_formats_are_refused_with_the_reason(
    tmp_path: Path, published: Publisher, found: int | None, step: str
) -> None:
    published("20260101T000000000000Z-aaaa")
    run = published("20260102T000000000000Z-bbbb")
    rewrite_manifest(run.folder, run_format=found)
    with pytest.raises(RunFormatRefused, match=step):
        open_run(tmp_path, run.run_id)
    with pytest.raises(RunFormatRefused):
        latest(tmp_path)


def test_a_run_is_found_by_the_beginning_of_its_id(tmp_path: Path, published: Publisher) -> None:
    published("20260101T000000000000Z-aaaa")
    published("20260102T000000000000Z-bbbb")
    assert open_run(tmp_path, "20260101").run_id == "20260101T000000000000Z-aaaa"
    with pytest.raises(SeveralRuns, match=r"2 runs have an id that begins with '2026'. Name one"):
        open_run(tmp_path, "2026")


def test_an_unknown_run_or_table_lists_what_is_there(tmp_path: Path, published: Publisher) -> None:
    run = published("20260101T000000000000Z-aaaa")
    with pytest.raises(UnknownName, match="20260101T000000000000Z-aaaa"):
        open_run(tmp_path, "20260101T000000000000Z-aaab")
    with pytest.raises(UnknownName, match="end_points"):
        run.table("endpoints")
    assert list_runs(tmp_path) == [run.run_id]
