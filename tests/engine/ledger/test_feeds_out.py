"""The ledger written out as feeds and read back is the same ledger."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lichen.ledger import Ledger, load
from lichen.ledger.feeds_out import FolderInUse, write_feeds
from lichen.vocabulary.definitions import Definitions

FEEDS = {
    "account.csv": 'account_id,name,csm_key\na1,"Acme, ""the"" first",\na2,=2+2,c1\na3,Çelik,c2\n',
    "partner.csv": "partner_id,name,kinds\np1,Pine,services|technology\np2,Plum,reseller\n",
    "subscription.csv": (
        "subscription_id,account_id,product,starts_on,ends_on,arr_amount,currency,sold_by_partner_id\n"
        "s1,a1,core,2023-01-01,2024-01-01,1200.50,USD,p1\n"
        "s2,a2,core,2023-02-01,,990000,JPY,p9\n"
        "s3,a3,,2023-03-01,2023-09-01,10.125,KWD,\n"
        "s4,a9,core,2023-03-01,,5,USD,\n"
    ),
    "cost.csv": (
        "cost_id,account_id,month,kind,amount,currency\n"
        "c1,a1,2023-04,csm,10.05,USD\nc2,,2023-05,sales,7,EUR\n"
    ),
    "fx_rate.csv": (
        "currency,on,rate\nEUR,2023-05-30,1.1\nJPY,2023-01-30,0.0065\nKWD,2023-01-30,3.25\n"
    ),
    "opportunity.csv": (
        "opportunity_id,account_id,kind,amount,currency,created_on,outcome\n"
        "o1,a1,new,500,USD,2022-11-01,won\no2,a2,expansion,,USD,2023-06-01,open\n"
    ),
    "ticket.csv": (
        "ticket_id,account_id,opened_at,severity\nt1,a1,2023-05-01T23:30:00-05:00,high\n"
    ),
}


def written(root: Path, feeds: dict[str, str]) -> Path:
    for name, content in feeds.items():
        path = root / "feeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


def tables(ledger: Ledger) -> dict[str, list[str]]:
    return {
        name: sorted(str(row) for row in pq.read_table(ledger.table_path(name)).to_pylist())
        for name in ledger.mapped
    }


def again(first: Ledger, root: Path, definitions: Definitions) -> Ledger:
    write_feeds(first, root / "feeds", definitions)
    return load(root, definitions)


def test_a_ledger_written_out_and_read_back_is_the_same_ledger(tmp_path: Path) -> None:
    definitions = Definitions()
    first = load(written(tmp_path / "first", FEEDS), definitions)
    second = again(first, tmp_path / "second", definitions)
    assert tables(second) == tables(first)
    assert second.mapped == first.mapped
    assert len(second.quarantine) == 0


@settings(max_examples=15, deadline=None)
@given(
    amounts=st.lists(
        st.tuples(st.integers(0, 10**12), st.sampled_from(["USD", "JPY", "KWD", "CLF", "EUR"])),
        min_size=1,
        max_size=6,
    )
)
def test_amounts_of_every_currency_come_back_to_the_minor_unit(tmp_path_factory, amounts) -> None:
    digits = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4}
    lines = ["subscription_id,account_id,starts_on,arr_amount,currency"]
    for place, (minor, currency) in enumerate(amounts):
        whole, rest = divmod(minor, 10 ** digits[currency])
        text = f"{whole}.{rest:0{digits[currency]}d}" if digits[currency] else str(whole)
        lines.append(f"s{place},a1,2023-01-0{place + 1},{text},{currency}")
    feeds = {"account.csv": "account_id,name\na1,Acme\n", "subscription.csv": "\n".join(lines)}
    root = tmp_path_factory.mktemp("amounts")
    first = load(written(root / "first", feeds), Definitions())
    second = again(first, root / "second", Definitions())
    held = pq.read_table(second.table_path("subscription")).sort_by("subscription_id")
    assert held["arr_minor"].to_pylist() == [minor for minor, _ in amounts]


def test_feeds_are_not_written_among_other_files(tmp_path: Path) -> None:
    first = load(written(tmp_path, FEEDS), Definitions())
    with pytest.raises(FolderInUse, match="is not empty"):
        write_feeds(first, tmp_path / "feeds", Definitions())
