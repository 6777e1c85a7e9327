"""The ledger is a function of its facts: order, splits, copies and the cache change nothing."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_rows import counts, rows

from lichen.ledger import Ledger, load, open_ledger, plan_load
from lichen.ledger.errors import FeedChanged, FeedsUnusable, LedgerDamaged
from lichen.vocabulary.definitions import Definitions

ACCOUNTS = ["account_id,name", *(f"a{place},Account {place}" for place in range(6))]
LINES = [
    "subscription_id,account_id,starts_on,arr_amount,currency",
    *(f"s{place},a{place % 7},2024-0{place % 9 + 1}-01,{place}.50,USD" for place in range(20)),
]
USAGE = [
    "account_id,month,product,events",
    *(
        f"a{place % 6},{2023 + place // 12}-{place % 12 + 1:02},{('', 'core')[place % 2]},{place}"
        for place in range(24)
    ),
]
FEEDS = {"account": ACCOUNTS, "subscription": LINES, "usage": USAGE}


def written(root: Path, feeds: dict[str, list[str]]) -> Path:
    for name, lines in feeds.items():
        path = root / "feeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
    return root


def tables(ledger: Ledger) -> dict[str, list[str]]:
    return {
        name: sorted(str(row) for row in pq.read_table(ledger.table_path(name)).to_pylist())
        for name in ledger.mapped
    }


def plain(tmp: Path) -> Ledger:
    feeds = {f"{name}.csv": lines for name, lines in FEEDS.items()}
    return load(written(tmp, feeds), Definitions())


@settings(max_examples=12)
@given(seed=st.integers(0, 10**6), parts=st.integers(1, 4), copies=st.booleans())
def test_order_splitting_and_copies_change_no_table(tmp_path_factory, seed, parts, copies) -> None:
    shuffle = random.Random(seed)
    feeds = {}
    for name, (head, *rest) in FEEDS.items():
        body = shuffle.sample(rest, len(rest))
        for part in range(parts):
            feeds[f"{name}/{shuffle.random()}.csv"] = [head, *body[part::parts]]
        if copies:
            feeds[f"{name}.again.csv"] = [head, *shuffle.sample(body, 3)]
    expected = plain(tmp_path_factory.mktemp("plain"))
    ledger = load(written(tmp_path_factory.mktemp("shuffled"), feeds), Definitions())
    assert tables(ledger) == tables(expected)
    assert counts(ledger, "usage")[3] == (3 if copies else 0)


def test_the_key_names_the_content_not_the_files(tmp_path: Path) -> None:
    one = plain(tmp_path / "one")
    renamed = {f"{name}/part.csv": lines for name, lines in FEEDS.items()}
    other = load(written(tmp_path / "two", renamed), Definitions())
    assert one.key == other.key
    changed = load(
        written(tmp_path / "three", {**renamed, "usage/more.csv": USAGE[:3]}), Definitions()
    )
    assert changed.key != one.key


def test_a_renamed_file_is_named_anew(tmp_path: Path) -> None:
    first = plain(tmp_path)
    (tmp_path / "feeds" / "usage.csv").rename(tmp_path / "feeds" / "usage.new.csv")
    second = load(tmp_path, Definitions())
    assert second.key == first.key
    assert "usage.new.csv" in second.accounting["name"].to_pylist()


def test_comments_and_targets_do_not_move_the_ledger_but_its_currency_does(tmp_path: Path) -> None:
    ledger = plain(tmp_path)
    target = {"metric": "nrr", "value": 1.1, "owner": "x"}
    same = Definitions.model_validate({"target": [target]})
    assert plan_load(tmp_path, same).key == ledger.key
    other = Definitions.model_validate({"workspace": {"currency": "EUR"}})
    assert plan_load(tmp_path, other).key != ledger.key


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    plain(tmp_path)
    feeds = tmp_path / "feeds" / "account.csv"
    feeds.write_text(feeds.read_text() + "a6,Account 6\n")
    plan = plan_load(tmp_path, Definitions())
    assert {read.entity: read.cached for read in plan.files} == {
        "account": False,
        "subscription": True,
        "usage": True,
    }


def test_a_damaged_cache_entry_is_built_again(tmp_path: Path) -> None:
    ledger = plain(tmp_path)
    expected = tables(ledger)
    for path in [*tmp_path.glob(".lichen/parsed/*/rows.parquet"), ledger.table_path("usage")]:
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
    assert tables(load(tmp_path, Definitions())) == expected
    flipped = ledger.table_path("account")
    data = bytearray(flipped.read_bytes())
    data[len(data) // 3] ^= 0xFF
    flipped.write_bytes(bytes(data))
    assert tables(load(tmp_path, Definitions())) == expected


def test_a_ledger_opens_by_its_folder(tmp_path: Path) -> None:
    ledger = plain(tmp_path)
    again = open_ledger(ledger.folder)
    assert again == ledger
    ledger.table_path("usage").unlink()
    try:
        open_ledger(ledger.folder)
    except LedgerDamaged as damaged:
        assert "Load the workspace again" in str(damaged)
    else:
        raise AssertionError("a ledger without a table must not open")


def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path: Path) -> None:
    plain(tmp_path)
    usage = tmp_path / "feeds" / "usage.csv"
    text = usage.read_text()
    usage.write_text(text.replace(",23\n", ",24\n"))

    def meanwhile(stage: str, done: int = 0, total: int | None = None) -> None:
        if stage == "Reading usage.csv":
            usage.write_text(text.replace(",23\n", ",25\n"))

    with pytest.raises(FeedChanged, match=r"usage.csv changed while being read"):
        load(tmp_path, Definitions(), progress=meanwhile)
    assert (25,) in rows(load(tmp_path, Definitions()), "usage", "events")


def test_readings_unused_for_a_month_are_removed(tmp_path: Path) -> None:
    plain(tmp_path)
    old = tmp_path / ".lichen" / "parsed" / "old"
    old.mkdir()
    os.utime(old, (0, 0))
    for used in old.parent.iterdir():
        os.utime(used, (0, 0))
    load(tmp_path, Definitions())
    assert not old.exists()
    assert len(list(old.parent.iterdir())) == 3


def test_an_append_feed_remembers_files_that_left(tmp_path: Path) -> None:
    definitions = Definitions.model_validate({"feeds": {"usage": {"mode": "append"}}})
    feeds = {"account.csv": ACCOUNTS, "usage.january.csv": USAGE[:5]}
    load(written(tmp_path, feeds), definitions)
    (tmp_path / "feeds" / "usage.january.csv").unlink()
    written(tmp_path, {"usage.february.csv": [USAGE[0], *USAGE[5:9]]})
    ledger = load(tmp_path, definitions)
    assert counts(ledger, "usage") == (8, 8, 0, 0)
    assert ledger.files["usage"] == ("usage.february.csv", "usage.january.csv (kept)")
    assert len(rows(load(tmp_path, Definitions()), "usage", "month")) == 4


def test_a_copy_of_an_append_feed_that_was_cut_is_never_read(tmp_path: Path) -> None:
    definitions = Definitions.model_validate({"feeds": {"usage": {"mode": "append"}}})
    feeds = {"account.csv": ACCOUNTS, "usage.january.csv": USAGE[:5]}
    load(written(tmp_path, feeds), definitions)
    (tmp_path / "feeds" / "usage.january.csv").unlink()
    (copy,) = (tmp_path / ".lichen" / "inputs" / "usage").iterdir()
    copy.write_bytes(copy.read_bytes()[:-12])
    with pytest.raises(FeedsUnusable, match="Put usage.january.csv into feeds/ again"):
        load(tmp_path, definitions)
    written(tmp_path, {"usage.january.csv": USAGE[:5]})
    assert counts(load(tmp_path, definitions), "usage") == (4, 4, 0, 0)


def test_tables_have_the_ledgers_own_schema(tmp_path: Path) -> None:
    from lichen.ledger.schema import ledger_schema
    from lichen.vocabulary.entities import ENTITIES

    ledger = plain(tmp_path)
    for name in ledger.mapped:
        stored = pq.read_schema(ledger.table_path(name))
        expected = ledger_schema(ENTITIES[name])
        assert stored.names == expected.names
        assert [pa.types.is_decimal(field.type) or field.type for field in stored] == [
            pa.types.is_decimal(field.type) or field.type for field in expected
        ]
