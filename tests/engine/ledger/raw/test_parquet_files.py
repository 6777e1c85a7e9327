"""Parquet: every type as canonical text, whatever its columns are called."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from raw_folder import RawFolder

from lichen.ledger.errors import FeedsUnusable

AT = datetime(2024, 2, 29, 10, 0, 5)


def parquet(table: pa.Table) -> bytes:
    """The bytes of a file."""
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (pa.int8(), -7, "-7"),
        (pa.uint64(), 2**64 - 1, "18446744073709551615"),
        (pa.float64(), 12.0, "12"),
        (pa.float64(), 0.1, "0.1"),
        (pa.float32(), 2.5, "2.5"),
        (pa.decimal128(18, 2), Decimal("1234.50"), "1234.50"),
        (pa.bool_(), True, "true"),
        (pa.date32(), date(2024, 2, 29), "2024-02-29"),
        (pa.timestamp("us"), AT, "2024-02-29T10:00:05"),
        (pa.timestamp("ns"), datetime(2024, 2, 29), "2024-02-29"),
        (pa.timestamp("ms", "UTC"), AT.replace(tzinfo=UTC), "2024-02-29T10:00:05Z"),
        (pa.timestamp("us", "Asia/Tokyo"), AT.replace(tzinfo=UTC), "2024-02-29T10:00:05Z"),
        (pa.time64("us"), time(10, 0, 5), "10:00:05"),
        (pa.string(), " x ", "x"),
        (pa.large_string(), "Ž", "Ž"),
        (pa.dictionary(pa.int8(), pa.string()), "word", "word"),
        (pa.list_(pa.string()), ["a", "b"], "a|b"),
        (pa.list_(pa.int32()), [1, 2], "[1,2]"),
        (pa.struct([("a", pa.int32()), ("b", pa.string())]), {"a": 1, "b": "x"}, '{"a":1,"b":"x"}'),
        (pa.map_(pa.string(), pa.int32()), [("k", 1)], '{"k":1}'),
        (pa.binary(), b"ab", "ab"),
        (pa.null(), None, None),
    ],
    ids=str,
)
def test_each_type_has_a_canonical_text(
    raw: RawFolder, kind: pa.DataType, value: Any, text
) -> None:
    table = pa.table({"x": pa.array([value, None], kind)})
    assert raw.table("a.parquet", parquet(table)) == [("x",), (text,), (None,)]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["record", "_row"], ("record_2", "_row_2")),
        (["a", "A"], ("a", "A_2")),
        (["a", "a"], ("a", "a_2")),
        (["file_row_number", ""], ("file_row_number", "column_2")),
        (['a"b', "v0"], ('a"b', "v0")),
    ],
)
def test_columns_may_be_called_anything(raw: RawFolder, names, shown) -> None:
    table = pa.Table.from_arrays([pa.array([1, 2]), pa.array(["x", None])], names=names)
    assert raw.table("a.parquet", parquet(table)) == [shown, ("1", "x"), ("2", None)]


def test_a_file_without_rows_is_a_table_without_rows(raw: RawFolder) -> None:
    empty = pa.table({"a": pa.array([], pa.int32())})
    assert raw.table("a.parquet", parquet(empty)) == [("a",)]


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
def test_a_file_cut_short_is_refused(raw: RawFolder, share: float) -> None:
    data = parquet(pa.table({"a": list(range(1000))}))
    with pytest.raises(FeedsUnusable, match="is not a readable Parquet file"):
        raw.read("a.parquet", data[: int(len(data) * share)])


def test_intervals_do_not_stop_a_read(raw: RawFolder) -> None:
    table = pa.table({"a": pa.array([timedelta(days=1)], pa.duration("s"))})
    assert raw.read("a.parquet", parquet(table)).records == 1
