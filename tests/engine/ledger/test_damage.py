"""Whatever happens to the bytes of a feed, every record is accounted for and nothing crashes."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.kernel.errors import LichenError
from lichen.ledger import Ledger, load
from lichen.vocabulary.definitions import Definitions

FEEDS = {
    "account.csv": "account_id,name,segment\n"
    + "".join(f'a{place},"Account, {place}",smb\n' for place in range(8)),
    "subscription.csv": "subscription_id,account_id,starts_on,ends_on,arr_amount,currency\n"
    + "".join(f"s{p},a{p % 8},2024-01-0{p % 9 + 1},2025-01-01,{p}.25,USD\n" for p in range(12)),
    "renewal.csv": "renewal_id,account_id,subscription_id,due_on,due_amount,outcome\n"
    + "".join(f"r{p},a{p % 8},s{p},2025-01-01,{p},renewed\n" for p in range(8)),
}
BYTES = st.one_of(st.sampled_from(list(b'",\n\r\0;-. \xff\xc3')), st.integers(0, 255))


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, bytes]:
    """The feeds with bytes overwritten, taken out, doubled, or the end cut off."""
    feeds = {name: bytearray(text.encode()) for name, text in FEEDS.items()}
    for _ in range(draw(st.integers(1, 8))):
        data = feeds[draw(st.sampled_from(sorted(feeds)))]
        if not data:
            continue
        place = draw(st.integers(0, len(data) - 1))
        match draw(st.sampled_from(["overwrite", "overwrite", "remove", "double", "cut"])):
            case "overwrite":
                data[place] = draw(BYTES)
            case "remove":
                del data[place : place + draw(st.integers(1, 20))]
            case "double":
                data[place:place] = data[place : place + draw(st.integers(1, 60))]
            case "cut":
                del data[max(place, len(data) - 40) :]
    return {name: bytes(data) for name, data in feeds.items()}


@settings(max_examples=40)
@given(feeds=damaged())
def test_identities_hold_under_random_damage(tmp_path_factory, feeds: dict[str, bytes]) -> None:
    root: Path = tmp_path_factory.mktemp("damage")
    (root / "feeds").mkdir()
    for name, data in feeds.items():
        (root / "feeds" / name).write_bytes(data)
    try:
        ledger = load(root, Definitions())
    except LichenError as error:
        assert error.next_step
        return
    assert_identities(ledger)


def assert_identities(ledger: Ledger) -> None:
    """The three identities, from the published table and from the tables themselves."""
    accounting = ledger.accounting.to_pylist()
    parsed: dict[str, int] = {}
    for row in accounting:
        if row["level"] == "file":
            assert row["records"] == row["parsed"] + row["rejected"]
            parsed[row["entity"]] = parsed.get(row["entity"], 0) + row["parsed"]
        elif row["level"] == "mapping":
            assert row["input"] + row["fanned_out"] == row["mapped"] + row["filtered"]
            assert row["input"] == parsed[row["entity"]]
        else:
            assert row["mapped"] == row["accepted"] + row["quarantined"] + row["duplicates"]
            assert row["accepted"] == ledger.rows[row["entity"]]
            assert row["quarantined"] == distinct_records(ledger, row["entity"])


def distinct_records(ledger: Ledger, entity: str) -> int:
    """Quarantined rows, counted from the quarantine itself; rejected records name no column."""
    return len(
        {
            (row["file"], row["record"])
            for row in ledger.quarantine.to_pylist()
            if row["entity"] == entity and row["column"] is not None
        }
    )


def test_a_bad_byte_costs_its_record_only(loaded) -> None:
    data = FEEDS["account.csv"].encode().replace(b"Account, 3", b"Acc\xffunt, 3")
    ledger = loaded({**FEEDS, "account.csv": data})
    (row,) = [r for r in ledger.quarantine.to_pylist() if r["entity"] == "account"]
    assert (row["record"], row["reason"], row["expected"]) == (
        4,
        "is not UTF-8",
        "text encoded as UTF-8",
    )
    assert row["value"].startswith('a3,"Acc\ufffdunt')
    assert ledger.rows["account"] == 7
    assert_identities(ledger)


def test_a_quote_around_300_kb_of_lines_costs_one_record(loaded) -> None:
    inner = 'x,""y""\n' * 40_000
    text = f'account_id,name\na1,Alder\na2,"{inner}"\na3,Cedar\n'
    ledger = loaded({"account.csv": text})
    found = [(r["record"], r["reason"], r["value"]) for r in ledger.quarantine.to_pylist()]
    assert found == [(2, "has a field over 131,072 characters", 'a2,"x,""y""')]
    assert ledger.rows["account"] == 2
    assert_identities(ledger)


def test_short_long_and_endless_records_are_rejected_by_number(loaded) -> None:
    text = "account_id,name\na1,Alder\na2\na3,Cedar,more\na4," + "x" * 200_000 + "\na5,Elm\n"
    ledger = loaded({"account.csv": text})
    found = [(r["record"], r["reason"]) for r in ledger.quarantine.to_pylist()]
    assert found == [
        (2, "has 1 field"),
        (3, "has 3 fields"),
        (4, "has a field over 131,072 characters"),
    ]
    assert ledger.rows["account"] == 2


def test_a_nul_costs_its_record_only(loaded) -> None:
    ledger = loaded({"account.csv": b"account_id,name\na1,Al\0der\na2,Birch\n"})
    assert [r["reason"] for r in ledger.quarantine.to_pylist()] == ["holds a NUL character"]
    assert ledger.rows["account"] == 1
