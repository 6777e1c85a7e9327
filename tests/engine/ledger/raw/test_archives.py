"""Packed files: read as if they were unpacked, and refused where they are a trick."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile

import pytest
from raw_folder import RawFolder, workbook, zipped

from lichen.ledger.errors import FeedsUnusable
from lichen.ledger.raw import Hints, archive, read_raw, unpack

TEXT = "id,name\n1,Alder\n2,Birch\n"
TABLE = [("id", "name"), ("1", "Alder"), ("2", "Birch")]


def test_gzip_reads_as_what_it_packs(raw: RawFolder) -> None:
    assert raw.table("A.CSV.GZ", gzip.compress(TEXT.encode())) == TABLE
    assert raw.files()[0].table == "a"


def test_two_streams_in_one_gzip_are_one_file(raw: RawFolder) -> None:
    packed = gzip.compress(TEXT[:10].encode()) + gzip.compress(TEXT[10:].encode())
    assert raw.table("a.csv.gz", packed) == TABLE


def test_members_in_folders_are_tables_and_papers_and_dot_files_are_not(raw: RawFolder) -> None:
    files = {
        "export/Accounts.csv": TEXT,
        "export/deals.jsonl": '{"id": 1}',
        "export/README.md": "about",
        "export/.DS_Store": "x",
        "__MACOSX/export/._Accounts.csv": "x",
        "__MACOSX/._inner.zip": "x",
    }
    raw.write("all.zip", zipped(files))
    found = raw.files()
    assert [(file.table, file.name) for file in found] == [
        ("accounts", "all.zip/export/Accounts.csv"),
        ("deals", "all.zip/export/deals.jsonl"),
    ]
    read = read_raw(raw.session, raw.root, found[0], Hints())
    assert [read.columns, *raw.rows(read)] == TABLE


@pytest.mark.parametrize(
    "name", ["../a.csv", "x/../../a.csv", "/etc/a.csv", "C:\\a.csv", "..\\a.csv"]
)
def test_a_member_that_leads_out_is_refused(raw: RawFolder, name: str) -> None:
    with pytest.raises(FeedsUnusable, match="which leads out of the archive"):
        raw.read("a.zip", zipped({name: TEXT}))


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "is an empty archive"),
        ({"README.md": "x"}, "is an empty archive"),
        ({"inner.zip": zipped({"a.csv": TEXT})}, "holds another archive"),
        ({"a.csv.gz": b"x"}, "is not read from inside an archive"),
        ({"a.xml": "<a/>"}, "is not read from inside an archive"),
    ],
)
def test_what_an_archive_may_not_hold_is_refused(raw: RawFolder, files, told: str) -> None:
    with pytest.raises(FeedsUnusable, match=told):
        raw.read("a.zip", zipped(files))


def test_two_members_of_one_name_are_refused(raw: RawFolder) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.csv", TEXT)
        with pytest.warns(UserWarning, match="Duplicate name"):
            packed.writestr("a.csv", TEXT)
    with pytest.raises(FeedsUnusable, match=r"two members named 'a\.csv'"):
        raw.read("a.zip", out.getvalue())


def test_a_locked_archive_is_refused(raw: RawFolder) -> None:
    data = bytearray(zipped({"a.csv": TEXT}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    with pytest.raises(FeedsUnusable, match="is locked with a password"):
        raw.read("a.zip", bytes(data))


@pytest.mark.parametrize("name", ["a.csv.gz", "a.zip", "a.jsonl.gz"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_an_archive_cut_short_is_refused(raw: RawFolder, name: str, share: float) -> None:
    text = "".join(f"{place},{place * 7919}\n" for place in range(500))
    data = zipped({"a.csv": text}) if name.endswith("zip") else gzip.compress(text.encode())
    with pytest.raises(FeedsUnusable, match="damaged|is not a ZIP archive|empty|no JSON"):
        raw.read(name, data[: int(len(data) * share)])


def test_a_packing_that_is_unknown_is_refused(raw: RawFolder) -> None:
    data = bytearray(zipped({"a.csv": TEXT}))
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(mark) + place] = 98
    with pytest.raises(FeedsUnusable, match="is damaged"):
        raw.read("a.zip", bytes(data))


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb need not be large to be one."""
    for module in (archive, unpack):
        monkeypatch.setattr(module, "SMALL", 10_000)


@pytest.mark.usefixtures("small_limits")
def test_bombs_are_refused_by_what_they_say_and_by_what_they_do(raw: RawFolder) -> None:
    bomb = "a\n" + "0" * 3_000_000
    raw.write("a.zip", zipped({"a.csv": bomb}))
    with pytest.raises(FeedsUnusable, match="would unpack"):
        raw.files()
    (raw.folder / "a.zip").unlink()
    with pytest.raises(FeedsUnusable, match="unpacks to over"):
        raw.read("a.csv.gz", gzip.compress(bomb.encode()))
    assert not list((raw.root / ".lichen" / "tmp").iterdir())


def test_a_member_that_is_larger_than_it_says_is_damaged(raw: RawFolder) -> None:
    data = zipped({"a.csv": "a\n" + "0" * 3_000_000})
    lying = data.replace((3_000_002).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with pytest.raises(FeedsUnusable, match="is damaged"):
        raw.read("a.zip", lying)


def test_a_workbook_in_an_archive_is_read(raw: RawFolder) -> None:
    book = workbook({"One": [["id"], [7]], "Two": [["id"], [8]]})
    raw.write("a.zip", zipped({"crm/book.xlsx": book}))
    files = raw.files()
    assert [(file.table, file.name) for file in files] == [
        ("book_one", "a.zip/crm/book.xlsx[One]"),
        ("book_two", "a.zip/crm/book.xlsx[Two]"),
    ]
    reads = [read_raw(raw.session, raw.root, file, Hints()) for file in files]
    assert [raw.rows(read) for read in reads] == [[("7",)], [("8",)]]


def test_a_workbook_too_large_to_hold_is_refused(raw: RawFolder, monkeypatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_HELD", 1000)
    with pytest.raises(FeedsUnusable, match="is a workbook of .* bytes. Unpack it by hand"):
        raw.read("a.zip", zipped({"book.xlsx": workbook({"S": [["id"], [7]]})}))


def test_a_link_in_an_archive_is_refused(raw: RawFolder) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    with pytest.raises(FeedsUnusable, match="holds a link, 'a.csv'"):
        raw.read("a.zip", out.getvalue())
