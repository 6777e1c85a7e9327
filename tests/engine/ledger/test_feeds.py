"""Files that cannot be read stop the load with one message that names them all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lichen.kernel.errors import LichenError
from lichen.ledger import load, plan_load
from lichen.ledger.errors import FeedsUnusable, NoFeeds
from lichen.vocabulary.definitions import Definitions

ACCOUNTS = "account_id,name\na1,Alder\na2,Birch\n"


def problems(root: Path) -> str:
    with pytest.raises(FeedsUnusable) as stopped:
        load(root, Definitions())
    return str(stopped.value)


def test_a_workspace_without_feeds_says_what_to_put_there(tmp_path: Path) -> None:
    with pytest.raises(NoFeeds, match=r"Put one file per entity there"):
        load(tmp_path, Definitions())


def test_a_file_of_no_entity_is_named_with_its_near_miss(write) -> None:
    text = problems(write({"account.csv": ACCOUNTS, "subscriptions.csv": "x\n"}))
    assert "feeds/subscriptions.csv: there is no entity 'subscriptions'." in text
    assert "Did you mean 'subscription'" in text


def test_a_folder_of_no_entity_is_named_too(write) -> None:
    assert "feeds/acount/" in problems(write({"account.csv": ACCOUNTS, "acount/one.csv": ACCOUNTS}))


def test_another_format_is_named(write) -> None:
    assert "feeds/account.xlsx: is neither CSV nor Parquet." in problems(
        write({"account.xlsx": b"PK"})
    )


def test_a_folder_named_like_a_file_is_told_apart(write) -> None:
    text = problems(write({"usage.csv/part.csv": "x\n", "account.csv": ACCOUNTS}))
    assert (
        "feeds/usage.csv: is a folder named like a file. Move its files into feeds/usage/." in text
    )


def test_a_broken_link_is_named(write) -> None:
    root = write({"account.csv": ACCOUNTS})
    (root / "feeds" / "usage.csv").symlink_to(root / "nowhere.csv")
    assert "feeds/usage.csv: cannot be opened (No such file or directory)." in problems(root)


def test_hidden_files_are_left_alone(loaded) -> None:
    ledger = loaded({"account.csv": ACCOUNTS, ".DS_Store": b"\0", "account/.keep": b""})
    assert ledger.rows == {"account": 2}


def test_parts_and_folders_of_an_entity_are_one_feed(loaded) -> None:
    ledger = loaded(
        {
            "account.csv": "account_id,name\na1,Alder\n",
            "account.2024.csv": "account_id,name\na2,Birch\n",
            "account/deep/er.csv": "account_id,name\na3,Cedar\n",
        }
    )
    assert ledger.rows == {"account": 3}
    assert ledger.files["account"] == ("account.2024.csv", "account.csv", "account/deep/er.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty, without a header."),
        (b"\n\n", "is empty, without a header."),
        (b"account_id,nmae\na1,Alder\n", "Did you mean 'nmae'? Rename it."),
        (b"account_id\na1\n", "has no column 'name'; found: account_id."),
        (b"account_id;name\na1;Alder\n", "export it with commas"),
        (b"account_id,name,name\na1,A,B\n", "has the column 'name' 2 times."),
        (b"\xff\xfe\x00a\n", "is text encoded as UTF-16"),
    ],
)
def test_a_header_that_does_not_serve_is_explained(write, content: bytes, message: str) -> None:
    assert message in problems(write({"account.csv": content}))


def test_every_problem_is_told_at_once(write) -> None:
    text = problems(write({"account.csv": "account_id\n", "renewal.csv": "due_on\n"}))
    assert text.startswith("5 feed problems stop the load:")
    assert "feeds/account.csv" in text and "feeds/renewal.csv" in text


def test_a_parquet_file_that_is_none_is_named(write) -> None:
    assert "feeds/account.parquet: is not a Parquet file" in problems(
        write({"account.parquet": b"account_id,name\n"})
    )


def test_an_entity_without_the_one_it_must_refer_to_is_an_error(write) -> None:
    text = problems(write({"milestone.csv": "account_id,milestone\na1,go_live\n"}))
    assert "its account_id needs the entity 'account', which has no feed." in text


def test_a_header_alone_is_an_empty_feed_and_a_finding(loaded) -> None:
    ledger = loaded({"account.csv": "account_id,name\n"})
    assert ledger.rows == {"account": 0}
    assert [f.sentence for f in ledger.findings if f.code == "empty_feed"] == [
        "account.csv gives no rows of account."
    ]


def test_unknown_columns_are_a_finding_and_nothing_else(loaded) -> None:
    ledger = loaded({"account.csv": "account_id,colour,name,\na1,red,Alder,\n"})
    (finding,) = [f for f in ledger.findings if f.code == "unknown_columns"]
    assert "colour, (no name)" in finding.sentence
    assert ledger.rows == {"account": 1}


def test_a_plan_says_what_would_be_read_and_writes_nothing(write) -> None:
    root = write({"account.csv": ACCOUNTS})
    plan = plan_load(root, Definitions())
    assert plan.explain() == [
        f"read account.csv as account ({len(ACCOUNTS)} bytes)",
        f"build ledger {plan.key}",
    ]
    assert not (root / ".lichen").exists()
    load(root, Definitions())
    again = plan_load(root, Definitions())
    assert again.cached and all(read.cached for read in again.files)


def test_every_error_of_a_load_is_a_lichen_error(write) -> None:
    with pytest.raises(LichenError):
        load(write({"account.csv": b"\0\0\0"}), Definitions())


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (ACCOUNTS.encode("utf-16"), "text encoded as UTF-16"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"PK\x03\x04\x14", "an Excel workbook"),
        (b"\x1f\x8b\x08\x00", "compressed by gzip"),
    ],
    ids=["utf-16", "parquet", "xlsx", "gzip"],
)
def test_another_format_under_the_name_of_csv_is_told(write, content: bytes, what: str) -> None:
    text = problems(write({"account.csv": content}))
    assert "feeds/account.csv: is named .csv and is" in text and what in text
    assert "\0" not in text


def test_a_file_of_blank_lines_is_without_a_header(write) -> None:
    assert "feeds/account.csv: is empty, without a header." in problems(
        write({"account.csv": "\n  \n"})
    )


def test_a_pipe_is_not_waited_for(write) -> None:
    root = write({"account.csv": ACCOUNTS})
    os.mkfifo(root / "feeds" / "usage.csv")
    assert "feeds/usage.csv: is not a file." in problems(root)


def test_an_unknown_column_is_told_with_the_one_it_may_stand_for(loaded) -> None:
    ledger = loaded({"account.csv": "account_id,name,segmnt,colour\na1,Alder,smb,red\n"})
    (told,) = (each.sentence for each in ledger.findings if each.code == "unknown_columns")
    assert "segmnt (did you mean 'segment'?), colour." in told
