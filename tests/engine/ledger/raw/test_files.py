"""Folders: what is found, what is left alone, and what is refused, all of it at once."""

from __future__ import annotations

import os

import pytest
from raw_folder import RawFolder

from lichen.ledger.errors import FeedChanged, FeedsUnusable
from lichen.ledger.raw import Hints, read_raw, unread
from lichen.ledger.raw.files import snake

TEXT = "id,name\n1,Alder\n"


def test_files_belong_to_the_table_of_their_name_or_folder(raw: RawFolder) -> None:
    for name in ("OpportunityLineItem.csv", "deals/2024.csv", "deals/q1/2025.csv", "x - y_-z.tsv"):
        raw.write(name, TEXT)
    assert {file.name: file.table for file in raw.files()} == {
        "OpportunityLineItem.csv": "opportunity_line_item",
        "deals/2024.csv": "deals",
        "deals/q1/2025.csv": "deals",
        "x - y_-z.tsv": "x_y_z",
    }


@pytest.mark.parametrize(
    ("words", "name"),
    [("Open Deals", "open_deals"), ("HTTPLog", "http_log"), ("a_-b", "a_b"), ("---", "")],
)
def test_names_of_tables_are_snake_case(words: str, name: str) -> None:
    assert snake(words) == name


def test_papers_and_hidden_files_are_left_alone(raw: RawFolder) -> None:
    for name in ("a.csv", ".a.csv", "_b.csv", "~$c.xlsx", ".git/d.csv", "README.md", "LICENSE"):
        raw.write(name, TEXT)
    assert [file.name for file in raw.files()] == ["a.csv"]
    raw.write("old/_draft/e.csv", TEXT)
    raw.write("old/f.pdf", TEXT)
    # What the system of the computer put there, such as .git, is nobody's export.
    left = ["LICENSE", "README.md", "_b.csv", "old/_draft/", "old/f.pdf", "~$c.xlsx"]
    assert unread(raw.folder) == left


def test_files_without_a_reader_are_refused_all_at_once(raw: RawFolder) -> None:
    raw.write("a.csv", TEXT)
    for name in ("old.xls", "b.7z", "c.tab", "d.parquet.gz"):
        raw.write(name, TEXT)
    with pytest.raises(FeedsUnusable) as stopped:
        raw.files()
    assert [one.where for one in stopped.value.problems] == [
        f"raw/crm/{name}" for name in ("b.7z", "c.tab", "d.parquet.gz", "old.xls")
    ]


def test_an_absent_or_empty_folder_is_told(raw: RawFolder) -> None:
    with pytest.raises(FeedsUnusable, match="holds no files"):
        raw.files()


def test_links_that_lead_out_or_nowhere_or_to_folders_are_refused(raw: RawFolder) -> None:
    outside = raw.root / "other"
    outside.mkdir()
    (outside / "x.csv").write_text(TEXT)
    raw.folder.mkdir(parents=True)
    (raw.folder / "folder").symlink_to(outside)
    (raw.folder / "gone.csv").symlink_to(raw.folder / "absent.csv")
    (raw.folder / "loop.csv").symlink_to(raw.folder / "loop.csv")
    (raw.folder / "out.csv").symlink_to(outside / "x.csv")
    with pytest.raises(FeedsUnusable) as stopped:
        raw.files()
    assert {one.where.rsplit("/", 1)[1]: one.found for one in stopped.value.problems} == {
        "folder": "is a link to a folder.",
        "gone.csv": "cannot be opened (No such file or directory).",
        "loop.csv": "cannot be opened (it leads to itself).",
        "out.csv": "is a link that leads out of its folder.",
    }


def test_a_link_inside_the_folder_is_a_file(raw: RawFolder) -> None:
    raw.write("a.csv", TEXT)
    (raw.folder / "b.csv").symlink_to(raw.folder / "a.csv")
    assert [file.name for file in raw.files()] == ["a.csv", "b.csv"]


def test_a_pipe_is_refused_without_being_opened(raw: RawFolder) -> None:
    raw.folder.mkdir(parents=True)
    os.mkfifo(raw.folder / "a.csv")
    with pytest.raises(FeedsUnusable, match="is not a file"):
        raw.files()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_files_and_folders_that_may_not_be_read_are_told(raw: RawFolder) -> None:
    raw.write("a.csv", TEXT).chmod(0)
    raw.write("b/a.csv", TEXT).parent.chmod(0)
    try:
        with pytest.raises(FeedsUnusable) as stopped:
            raw.files()
    finally:
        (raw.folder / "b").chmod(0o700)
    assert [one.where for one in stopped.value.problems] == ["raw/crm/b", "raw/crm/a.csv"]


def test_a_name_that_is_no_text_is_refused(raw: RawFolder) -> None:
    raw.folder.mkdir(parents=True)
    (raw.folder / os.fsdecode(b"a\xff.csv")).write_text(TEXT)
    with pytest.raises(FeedsUnusable, match="has a name that is not UTF-8"):
        raw.files()


def test_a_reading_is_kept_by_content_and_hints(raw: RawFolder) -> None:
    raw.write("a.csv", "Report\n" + TEXT)
    (file,) = raw.files()
    first = read_raw(raw.session, raw.root, file, Hints())
    assert read_raw(raw.session, raw.root, file, Hints()) == first
    assert len(list((raw.root / ".lichen" / "raw").iterdir())) == 1
    assert read_raw(raw.session, raw.root, file, Hints(header_line=1)).columns == ("Report",)
    assert not list((raw.root / ".lichen" / "tmp").iterdir())


@pytest.mark.parametrize("gone", [True, False])
def test_a_file_that_changes_while_it_is_read_is_told(raw: RawFolder, gone: bool) -> None:
    path = raw.write("a.csv", TEXT)
    (file,) = raw.files()
    path.unlink()
    if not gone:
        path.write_text(TEXT * 2)
    with pytest.raises(FeedChanged):
        read_raw(raw.session, raw.root, file, Hints())


def test_a_name_that_a_terminal_would_obey_is_shown_harmless(raw: RawFolder) -> None:
    raw.write("x\x1b[31m.xls", b"x")
    with pytest.raises(FeedsUnusable) as stopped:
        raw.files()
    assert "raw/crm/x\\x1b[31m.xls: has no reader" in str(stopped.value)
