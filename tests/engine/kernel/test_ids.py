"""Hashes and run ids."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from lichen.kernel.ids import content_hash, file_hash, list_hashes, moment_of, new_run_id


def test_key_order_does_not_change_a_content_hash_but_list_order_does() -> None:
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
    assert content_hash([1, 2]) != content_hash([2, 1])


def test_a_file_hash_follows_the_bytes_and_not_the_name(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_bytes(b"x\n" * 1_000_000)
    second.write_bytes(b"x\n" * 1_000_000)
    assert file_hash(first) == file_hash(second)
    second.write_bytes(b"y\n")
    assert file_hash(first) != file_hash(second)


def test_run_ids_sort_by_time() -> None:
    early = new_run_id("x", datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC))
    late = new_run_id("x", datetime(2026, 1, 2, 3, 4, 5, 7, tzinfo=UTC))
    assert early.startswith("20260102T030405000006Z-")
    assert early < late


def test_run_ids_sort_by_publication_where_the_clock_was_moved_back() -> None:
    before = new_run_id("x", datetime(2026, 1, 2, tzinfo=UTC))
    newest = moment_of(before)
    after = new_run_id("x", datetime(2025, 1, 2, tzinfo=UTC), newest)
    assert newest == datetime(2026, 1, 2, tzinfo=UTC)
    assert moment_of(after) == newest + timedelta(microseconds=1)
    assert before < after
    assert moment_of("a copy of mine") is None


def test_lists_that_begin_alike_hash_as_they_would_one_by_one() -> None:
    first = ["nrr", "cohort", 'region="São Paulo", north', "a\\b"]
    of_rest = list_hashes(first)

    for rest in ([date(2024, 1, 31), date(2025, 1, 31)], ["2024-02-29", "x"], ["one"]):
        assert of_rest(*rest) == content_hash([*first, *rest])
