"""An engine works on one statement while the next is written, and tells when one failed."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import duckdb
import ibis
import pyarrow as pa
import pytest

from lichen.engines import connect
from lichen.engines.inorder import InOrder


def test_calls_are_carried_out_one_after_another_in_the_order_they_came() -> None:
    first_may_end, seen = Event(), []
    calls = InOrder("test")
    calls.begin(lambda: (first_may_end.wait(10), seen.append("first")))
    second = calls.ask(lambda: seen.append("second"))
    assert seen == []
    first_may_end.set()
    second.result(10)
    assert seen == ["first", "second"]
    calls.close()


def test_after_a_failure_nothing_is_carried_out_and_everyone_is_told_of_it() -> None:
    seen: list[str] = []

    def fails() -> None:
        raise KeyError("the first")

    calls = InOrder("test")
    calls.begin(fails)
    with pytest.raises(KeyError, match="the first"):
        calls.ask(lambda: seen.append("second")).result(10)
    assert seen == []
    calls.close()


def test_a_failure_that_somebody_waited_for_is_theirs_alone() -> None:
    def fails() -> None:
        raise KeyError("mine")

    calls = InOrder("test")
    with pytest.raises(KeyError, match="mine"):
        calls.ask(fails).result(10)
    assert calls.ask(lambda: "the next").result(10) == "the next"
    calls.close()


def test_a_file_that_cannot_be_read_keeps_no_other_table_from_being_read(tmp_path: Path) -> None:
    (tmp_path / "junk.parquet").write_text("junk")
    with connect() as engine:
        rows = engine.from_arrow(pa.table({"n": [1]}))
        with pytest.raises(duckdb.Error):
            engine.read_parquet([tmp_path / "junk.parquet"])
        assert engine.to_arrow(rows)["n"].to_pylist() == [1]


def test_what_has_not_begun_is_left_out_when_calls_are_closed() -> None:
    begun, may_end, seen = Event(), Event(), []
    calls = InOrder("test")
    calls.begin(lambda: (begun.set(), may_end.wait(0.2)))
    calls.begin(lambda: seen.append("second"))
    begun.wait(10)
    calls.close()
    assert seen == []


def test_rows_that_cannot_be_computed_are_told_of_to_whoever_asks_for_them() -> None:
    # 9,000,000,000,000,000,000 twice is beyond int64, which the engine finds when it sums.
    large = pa.table({"amount": pa.array([9_000_000_000_000_000_000] * 2, pa.int64())})
    with connect() as engine:
        rows = engine.from_arrow(large)
        total = rows.aggregate(total=rows.amount.sum().cast("int64"))
        kept = engine.materialise(total)
        with pytest.raises(duckdb.ConversionException):
            engine.to_arrow(kept)


def test_rows_begun_before_others_are_theirs_whenever_they_are_waited_for() -> None:
    # 1, 2, 3 and their doubles 2, 4, 6, waited for in the other order.
    with connect() as engine:
        rows = engine.from_arrow(pa.table({"n": pa.array([1, 2, 3], pa.int64())}))
        plain = engine.begin_arrow(rows.order_by("n"))
        doubled = engine.begin_arrow(rows.select(n=rows.n * 2).order_by("n"))
        assert doubled()["n"].to_pylist() == [2, 4, 6]
        assert plain()["n"].to_pylist() == [1, 2, 3]


def test_the_caller_keeps_how_ibis_writes_its_own_statements() -> None:
    merging = ibis.options.sql.fuse_selects
    with connect() as engine:
        engine.to_arrow(engine.from_arrow(pa.table({"n": [1]})))
    assert ibis.options.sql.fuse_selects is merging
