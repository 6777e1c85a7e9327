"""Parquet feeds of other types give the same ledger as the same facts in text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ledger_rows import counts, reasons, rows

from lichen.ledger import load
from lichen.ledger.errors import FeedsUnusable
from lichen.vocabulary.definitions import Definitions, Workspace

DAY = date(2024, 1, 1)


@pytest.fixture
def lines(write):
    """Load one subscription line per element of each Arrow array; other columns are sound."""

    def load_lines(definitions: Definitions | None = None, **columns: pa.Array):
        size = len(next(iter(columns.values())))
        root = write({"account.csv": "account_id,name\na1,Alder\n1,One\n"})
        sound = {
            "subscription_id": pa.array([f"s{place}" for place in range(size)]),
            "account_id": pa.array(["a1"] * size),
            "starts_on": pa.array([DAY] * size),
            "arr_amount": pa.array([1] * size),
            "currency": pa.array(["USD"] * size),
        }
        pq.write_table(pa.table({**sound, **columns}), root / "feeds" / "subscription.parquet")
        return load(root, definitions or Definitions())

    return load_lines


@pytest.mark.parametrize(
    ("values", "minor"),
    [
        (pa.array([12], pa.int32()), 1200),
        (pa.array([Decimal("12.5")], pa.decimal128(10, 1)), 1250),
        (pa.array([Decimal("12.5000")], pa.decimal128(12, 4)), 1250),
        (pa.array([Decimal("12.500000")], pa.decimal128(38, 6)), 1250),
        (pa.array([Decimal("9999999999999.99")], pa.decimal128(18, 2)), 999_999_999_999_999),
        (pa.array([0.1 + 0.2]), 30),
        (pa.array([1234567.89]), 123456789),
        (pa.array(["12.50"]), 1250),
        (pa.array(["12.50"]).dictionary_encode(), 1250),
    ],
)
def test_amounts_of_any_type_are_exact(lines, values: pa.Array, minor: int) -> None:
    assert rows(lines(arr_amount=values), "subscription", "arr_minor") == [(minor,)]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (pa.array([Decimal("12.505")], pa.decimal128(10, 3)), "has more decimals than USD"),
        (pa.array([Decimal("12.50001")], pa.decimal128(18, 5)), "has more decimals than USD"),
        (pa.array([12.345]), "has more decimals than USD"),
        (pa.array([float("nan")]), "is not an amount"),
        (pa.array([float("inf")]), "is not an amount"),
        (pa.array([10**17]), "is too large"),
        (pa.array([None], pa.int64()), "is empty"),
    ],
)
def test_amounts_that_do_not_hold_are_quarantined(lines, values: pa.Array, reason: str) -> None:
    ledger = lines(arr_amount=values)
    assert [row[4] for row in reasons(ledger)] == [reason]
    assert counts(ledger, "subscription") == (1, 0, 1, 0)


def test_dates_may_come_as_midnights_but_not_as_moments(lines) -> None:
    ledger = lines(
        ends_on=pa.array([datetime(2024, 6, 1), datetime(2024, 6, 1, 9)], pa.timestamp("ns"))
    )
    assert rows(ledger, "subscription", "ends_on") == [(date(2024, 6, 1),)]
    assert reasons(ledger)[0][1:3] == (2, "ends_on")


def test_a_zoned_midnight_is_a_date_in_the_workspaces_zone(lines) -> None:
    definitions = Definitions(workspace=Workspace(time_zone="Europe/Berlin"))
    moment = pa.array([datetime(2024, 5, 31, 22, tzinfo=UTC)], pa.timestamp("us", tz="UTC"))
    ledger = lines(definitions, ends_on=moment)
    assert rows(ledger, "subscription", "ends_on") == [(date(2024, 6, 1),)]


def test_ids_held_as_numbers_are_read_as_people_write_them(lines) -> None:
    whole = lines(account_id=pa.array([1.0, None]), seats=pa.array([3.0, 2.5]))
    assert rows(whole, "subscription", "seats") == [(3,)]


def test_a_column_of_nulls_is_an_empty_column(lines) -> None:
    ledger = lines(ends_on=pa.nulls(2), product=pa.nulls(2), seats=pa.nulls(2))
    assert counts(ledger, "subscription") == (2, 2, 0, 0)
    assert "ends_on" in ledger.mapped["subscription"]


def test_blanks_around_text_do_not_count_in_parquet_either(lines) -> None:
    ledger = lines(account_id=pa.array([" a1", "a1 "]), product=pa.array(["", "\tcore"]))
    assert rows(ledger, "subscription", "product") == [("core",), (None,)]


def test_lists_of_words_may_come_as_lists(write) -> None:
    root = write({})
    (root / "feeds").mkdir()
    table = pa.table(
        {"partner_id": ["p1"], "name": ["Quay"], "kinds": [["technology", "services"]]}
    )
    pq.write_table(table, root / "feeds" / "partner.parquet")
    assert rows(load(root, Definitions()), "partner", "kinds") == [("services|technology",)]


def test_a_type_that_cannot_hold_the_column_is_an_error_that_names_both(lines) -> None:
    with pytest.raises(FeedsUnusable) as stopped:
        lines(starts_on=pa.array([20240101]), seats=pa.array([True]))
    text = str(stopped.value)
    assert "column 'starts_on' holds BIGINT; the contract wants date." in text
    assert "column 'seats' holds BOOLEAN; the contract wants integer." in text


def test_damaged_pages_are_told_in_one_sentence(write, tmp_path: Path) -> None:
    root = write({})
    (root / "feeds").mkdir()
    path = root / "feeds" / "account.parquet"
    ids = [f"a{place}" for place in range(5000)]
    pq.write_table(pa.table({"account_id": ids, "name": ids}), path, compression="zstd")
    data = bytearray(path.read_bytes())
    data[200:4000] = b"\xaa" * 3800
    path.write_bytes(bytes(data))
    with pytest.raises(FeedsUnusable, match=r"feeds/account.parquet: cannot be read"):
        load(root, Definitions())


def test_text_and_parquet_give_the_same_tables(write, tmp_path_factory) -> None:
    text = "account_id,name,employees,created_on\na1,Alder,3,2024-01-01\na2,Birch,,\n"
    from_text = load(write({"account.csv": text}), Definitions())
    other = tmp_path_factory.mktemp("other")
    (other / "feeds").mkdir()
    table = pa.table(
        {
            "account_id": ["a1", "a2"],
            "name": ["Alder", "Birch"],
            "employees": pa.array([3, None], pa.uint8()),
            "created_on": pa.array([DAY, None], pa.date32()),
        }
    )
    pq.write_table(table, other / "feeds" / "account.parquet")
    from_parquet = load(other, Definitions())
    first, second = (pq.read_table(one.table_path("account")) for one in (from_text, from_parquet))
    assert first.equals(second)


def test_a_parquet_feed_without_rows_is_a_feed_without_rows(lines) -> None:
    empty = lines(subscription_id=pa.array([], pa.string()))
    assert counts(empty, "subscription") == (0, 0, 0, 0)
    assert rows(empty, "account", "account_id") == [("1",), ("a1",)]
