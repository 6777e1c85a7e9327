"""The newest runs stay, with the one pointed at and the ledgers that kept runs name."""

from __future__ import annotations

from pathlib import Path

from tests.engine.runs.small_runs import Publisher

from lichen.runs import Pointer, latest, list_runs, retain
from lichen.runs.pointer import write_pointer


def ledger_folder(root: Path, key: str) -> Path:
    """A ledger as a load leaves it."""
    folder = root / ".lichen" / "ledger" / key
    folder.mkdir(parents=True)
    (folder / "account.parquet").write_bytes(b"rows")
    return folder


def test_the_newest_runs_stay_and_the_oldest_go(tmp_path: Path, published: Publisher) -> None:
    for day in (1, 2, 3, 4):
        published(f"2026010{day}T000000000000Z-aaaa")
    removed = retain(tmp_path, keep=2)
    assert removed.runs == ("20260102T000000000000Z-aaaa", "20260101T000000000000Z-aaaa")
    assert list_runs(tmp_path) == ["20260104T000000000000Z-aaaa", "20260103T000000000000Z-aaaa"]


def test_the_run_pointed_at_never_goes(tmp_path: Path, published: Publisher) -> None:
    oldest = published("20260101T000000000000Z-aaaa")
    published("20260102T000000000000Z-aaaa")
    published("20260103T000000000000Z-aaaa")
    write_pointer(tmp_path, Pointer(oldest.run_id, oldest.manifest["seal"]))
    retain(tmp_path, keep=1)
    assert latest(tmp_path).run_id == oldest.run_id
    assert list_runs(tmp_path) == ["20260103T000000000000Z-aaaa", oldest.run_id]


def test_a_ledger_goes_with_the_last_run_that_names_it(
    tmp_path: Path, published: Publisher
) -> None:
    shared, lonely, unpublished = (
        ledger_folder(tmp_path, key) for key in ("shared1", "lonely1", "unpublished1")
    )
    published("20260101T000000000000Z-aaaa", ledger={"key": "lonely1"})
    published("20260102T000000000000Z-aaaa", ledger={"key": "shared1"})
    published("20260103T000000000000Z-aaaa", ledger={"key": "shared1"})
    removed = retain(tmp_path, keep=1)
    assert removed.ledgers == ("lonely1",)
    assert not lonely.exists()
    assert shared.exists()
    assert unpublished.exists()


def test_half_a_ledger_that_a_killed_run_left_behind_is_no_obstacle(
    tmp_path: Path, published: Publisher
) -> None:
    key = "0123456789abcdef"
    ledger_folder(tmp_path, f".removing-{key}")
    folder = ledger_folder(tmp_path, key)
    published("20260101T000000000000Z-aaaa", ledger={"key": key})
    published("20260102T000000000000Z-aaaa", ledger={"key": "other"})
    assert retain(tmp_path, keep=1).ledgers == (key,)
    assert not folder.exists() and list(folder.parent.iterdir()) == []


def test_a_manifest_that_names_a_path_removes_nothing_outside(
    tmp_path: Path, published: Publisher
) -> None:
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    published("20260101T000000000000Z-aaaa", ledger={"key": "../../feeds"})
    published("20260102T000000000000Z-aaaa")
    assert retain(tmp_path, keep=1).ledgers == ()
    assert feeds.exists()
