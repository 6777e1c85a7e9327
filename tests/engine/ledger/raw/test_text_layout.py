"""Delimited text: how its delimiter, header, titles and notes are told from its records."""

from __future__ import annotations

import pytest
from raw_folder import RawFolder

from lichen.ledger.errors import FeedsUnusable
from lichen.ledger.raw import Hints, read_raw
from lichen.ledger.raw.heading import header_place
from lichen.ledger.raw.notes import is_note

TABLE = [("id", "name"), ("1", "Alder"), ("2", "Birch"), ("3", "Cedar")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_delimiter_and_line_end_gives_the_same_table(raw, delimiter, end) -> None:
    text = end.join(delimiter.join(row) for row in TABLE)
    assert raw.table("a.csv", text) == TABLE


def test_another_delimiter_may_be_declared(raw: RawFolder) -> None:
    assert raw.table("a.csv", "id^name\n1^Alder\n2^Birch\n3^Cedar\n", delimiter="^") == TABLE


@pytest.mark.parametrize("delimiter", ['"', "\n", "::"])
def test_a_delimiter_that_cannot_be_one_is_refused(raw: RawFolder, delimiter: str) -> None:
    with pytest.raises(FeedsUnusable, match="is declared to be delimited by"):
        raw.read("a.csv", "id,name\n1,Alder\n", delimiter=delimiter)


def test_quotes_hold_delimiters_line_ends_and_quotes(raw: RawFolder) -> None:
    text = 'id,"full, name"\n1,"Alder, ""A"" Ltd"\n2,"two\nlines"\n\n3,\n'
    assert raw.table("a.csv", text) == [
        ("id", "full, name"),
        ("1", 'Alder, "A" Ltd'),
        ("2", "two\nlines"),
        ("3", None),
    ]


def test_prose_of_many_lines_is_no_header(raw: RawFolder) -> None:
    prose = "\n".join(f"so, it says, in line, {place}" for place in range(30))
    read = raw.read("a.csv", f'id,body\n1,"{prose}"\n2,"{prose}"\n')
    assert read.columns == ("id", "body")
    assert raw.rows(read) == [("1", prose), ("2", prose)]


def test_titles_above_the_header_are_left_out_and_told(raw: RawFolder) -> None:
    read = raw.read("a.csv", "Account report\n\nAs of 2024-02-29\nid,name\n1,Alder\n2,Birch\n")
    assert [read.columns, *raw.rows(read)] == TABLE[:3]
    assert "2 title lines above the header" in read.notes


def test_titles_padded_to_the_width_of_the_table_are_titles(raw: RawFolder) -> None:
    text = "Account report,,\n,,\nid,name,size\n1,Alder,5\n2,Birch,\n"
    assert raw.table("a.csv", text) == [
        ("id", "name", "size"),
        ("1", "Alder", "5"),
        ("2", "Birch", None),
    ]


def test_a_full_line_above_is_the_header_until_header_line_says_otherwise(raw: RawFolder) -> None:
    text = "Account report,2024-02-29\nid,name\n1,Alder\n2,Birch\n3,Cedar\n"
    assert raw.read("a.csv", text).columns == ("Account report", "2024-02-29")
    assert raw.table("a.csv", text, header_line=2) == TABLE


@pytest.mark.parametrize("line", [0, 9])
def test_a_header_line_beyond_the_file_is_refused(raw: RawFolder, line: int) -> None:
    with pytest.raises(FeedsUnusable, match="header_line is declared as"):
        raw.read("a.csv", "id\n1\n", header_line=line)


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["id", "name", ""], ["1", "Alder", "x"], ["2", "Birch", "y"]], 0),
        ([["", "Report"], [], ["id", "name", "size"], ["1", "a", "2"]], 2),
        ([["Report"], ["account", "2024-01", "2024-02"], ["a1", "5", "6"]], 1),
        ([["id", "name", "size"], ["1", "a"], ["2", "b"], ["3", "c"]], 0),
        ([["a"], ["b"], ["c"]], 0),
        ([["a", "b"], ["1", "2", ""], ["3", "4", ""]], 0),
        ([], 0),
    ],
)
def test_the_header_is_the_first_row_as_wide_as_most_below_titles(rows, place) -> None:
    assert header_place(rows) == place


def test_notes_at_the_end_are_left_out_and_told(raw: RawFolder) -> None:
    end = "\nTotal,,11\nCopyright (c) 2024 crm.com\nConfidential Information - Internal\n\n"
    read = raw.read("a.csv", f"id,name,size\n1,Alder,5\n2,Birch,6\n{end}")
    assert raw.rows(read) == [("1", "Alder", "5"), ("2", "Birch", "6")]
    assert "3 lines of notes at the end" in read.notes


@pytest.mark.parametrize("line", ["Total,,11", "12 records", "Report Name: Accounts", "-- end --"])
def test_each_kind_of_note_is_one(raw: RawFolder, line: str) -> None:
    text = f"id,name,size\n1,Alder,5\n2,Birch,6\n{line}\n"
    assert raw.table("a.csv", text)[1:] == [("1", "Alder", "5"), ("2", "Birch", "6")]


@pytest.mark.parametrize(
    "name", ["Total Solutions Ltd", "Copyright Clearance Center", "Report Care", "As of Now GmbH"]
)
def test_a_company_in_the_last_row_is_no_note(raw: RawFolder, name: str) -> None:
    for cells in ([name, "Berlin", "5"], [name, "", ""]):
        rows = raw.table("a.csv", f"name,city,size\nAlder,Bonn,4\n{','.join(cells)}\n")
        assert rows[-1] == tuple(cell or None for cell in cells)


def test_one_column_has_no_notes(raw: RawFolder) -> None:
    names = ["name", "Alder", "Total", "Total Care"]
    assert raw.table("a.csv", "\n".join(names)) == [(name,) for name in names]
    assert not is_note(["Total"], 1)


def test_the_last_line_of_a_quoted_cell_is_no_note(raw: RawFolder) -> None:
    text = 'id,name,body\n1,Alder,"see\nGenerated by: Ann"\n'
    assert raw.table("a.csv", text)[1:] == [("1", "Alder", "see\nGenerated by: Ann")]


def test_declared_footer_lines_are_left_out(raw: RawFolder) -> None:
    text = "id,name\n1,Alder\n2,Birch\n3,Cedar\nsum,3\nchecked,yes\n"
    assert raw.table("a.csv", text, footer_lines=2) == TABLE
    with pytest.raises(FeedsUnusable, match="has no 6 lines after its header"):
        raw.read("a.csv", text, footer_lines=6)


def test_no_footer_lines_may_be_declared(raw: RawFolder) -> None:
    assert raw.table("a.csv", "id,name\n1,Alder\nTotal,\n", footer_lines=0)[-1] == ("Total", None)


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff\n", ",,\n"])
def test_a_file_without_a_header_is_refused(raw: RawFolder, text: str) -> None:
    with pytest.raises(FeedsUnusable, match="header"):
        raw.read("a.csv", text)


def test_a_header_alone_is_a_table_without_rows(raw: RawFolder) -> None:
    assert raw.table("a.csv", "id;name") == [("id", "name")]


def test_names_that_are_doubled_missing_or_ours_become_others(raw: RawFolder) -> None:
    text = "id, ID ,,_row,record,_copy,two\twords\n1,2,3,4,5,6,7\n"
    assert raw.table("a.csv", text) == [
        ("id", "ID_2", "column_3", "_row_2", "record_2", "_copy_2", "two words"),
        ("1", "2", "3", "4", "5", "6", "7"),
    ]


@pytest.mark.parametrize("text", ["a,b,\n1,2\n3,4\n", "a,b\n1,2,\n3,4,\n"])
def test_an_empty_field_more_or_less_throughout_costs_no_record(raw: RawFolder, text) -> None:
    read = raw.read("a.csv", text)
    assert read.rejects == ()
    assert [row[:2] for row in raw.rows(read)] == [("1", "2"), ("3", "4")]


def test_records_of_another_width_are_rejected_by_number(raw: RawFolder) -> None:
    read = raw.read("a.csv", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n")
    assert raw.rows(read) == [("1", "2", "3"), ("10", "11", "12")]
    assert [(one.record, one.reason) for one in read.rejects] == [
        (2, "has 2 fields"),
        (3, "has 4 fields"),
    ]


def test_cells_that_begin_like_formulas_stay_text(raw: RawFolder) -> None:
    text = 'a,b\n=1+1,@x\n+1,-1\n"=HYPERLINK(""x"")",\'5\n'
    assert raw.table("a.csv", text)[1:] == [
        ("=1+1", "@x"),
        ("+1", "-1"),
        ('=HYPERLINK("x")', "'5"),
    ]


def test_a_name_with_marks_of_patterns_reads_its_own_file_only(raw: RawFolder) -> None:
    raw.write("a1.csv", "id,name\n8,Wrong\n")
    raw.write("a[1].csv", "id,name\n1,Alder\n")
    reads = [read_raw(raw.session, raw.root, file, Hints()) for file in raw.files()]
    assert {read.file.name: raw.rows(read) for read in reads} == {
        "a1.csv": [("8", "Wrong")],
        "a[1].csv": [("1", "Alder")],
    }


def test_more_columns_than_any_export_has_are_refused(raw: RawFolder) -> None:
    with pytest.raises(FeedsUnusable, match="has 5,000 columns"):
        raw.read("a.csv", ",".join(f"c{place}" for place in range(5000)))


def test_a_line_that_names_the_delimiter_is_obeyed(raw: RawFolder) -> None:
    read = raw.read("a.csv", "sep=;\r\nid;name\r\n1;Al,der\r\n")
    assert raw.rows(read) == [("1", "Al,der")]
    assert "1 title line above the header" in read.notes


def test_commas_in_texts_and_amounts_are_no_delimiters(raw: RawFolder) -> None:
    text = "name;value\nAlder;1,50\nBirch;2,75\nCedar;1.000,00\n"
    assert raw.table("a.csv", text)[3] == ("Cedar", "1.000,00")
    text = "note;text\na;hello, world\nb;yes, indeed\n"
    assert raw.table("a.csv", text)[1] == ("a", "hello, world")


REPORT = (
    '"Account Name","Amount","Owner"\n"Acme, Inc","100","Ann"\n"Beta","7","Bob"\n\n\n'
    '"Pipeline by partner"\n"Copyright (c) 2000-2024 salesforce.com, inc."\n'
    '"Confidential Information - Do Not Distribute"\n"Generated By: Ann"\n"Acme Group"\n'
)


def test_the_notes_below_a_report_may_hold_other_lines_of_one_field(raw: RawFolder) -> None:
    read = raw.read("a.csv", REPORT)
    assert raw.rows(read) == [("Acme, Inc", "100", "Ann"), ("Beta", "7", "Bob")]
    assert read.notes == ("UTF-8", "commas", "5 lines of notes at the end")


def test_a_last_line_that_says_nothing_of_the_report_is_a_rejected_record(raw: RawFolder) -> None:
    read = raw.read("a.csv", "id,name\n1,Alder\nlast export of the day\n")
    assert [(one.record, one.reason) for one in read.rejects] == [(2, "has 1 field")]


def test_a_sum_whose_cells_are_all_filled_is_kept_and_told(raw: RawFolder) -> None:
    read = raw.read("a.csv", "name,value\nAlder,1\nGrand Total,1\n")
    assert read.records == 2
    assert "the last record begins with 'Total'; it is kept as a record" in read.notes


def test_a_small_table_is_found_among_more_titles_and_notes(raw: RawFolder) -> None:
    text = "Pipeline\n\nAll partners\n\nid,name,size\n1,Alder,5\n\nTotal of 1\nConfidential\n"
    assert raw.table("a.csv", text) == [("id", "name", "size"), ("1", "Alder", "5")]


def test_quotation_marks_that_quote_nothing_are_text(raw: RawFolder) -> None:
    read = raw.read("a.tsv", 'id\tname\n1\t"Big" Corp\n2\t5" pipe\n')
    assert raw.rows(read) == [("1", '"Big" Corp'), ("2", '5" pipe')]
    assert "quotation marks are text" in read.notes


@pytest.mark.parametrize("end", ["", '3,"Cedar, Ltd"\n'])
def test_a_stray_quote_among_quoted_text_costs_its_record_only(raw: RawFolder, end: str) -> None:
    read = raw.read("a.csv", f'id,name\n1,"Alder"\n2,"Bi"rch\n{end}')
    assert [(one.record, one.reason) for one in read.rejects] == [
        (2, "has a quote in the wrong place")
    ]


def test_quotes_with_a_backslash_before_them_are_read(raw: RawFolder) -> None:
    text = 'id,name\n1,"say \\"hi\\", twice"\n2,"plain, as it is"\n'
    assert raw.table("a.csv", text)[1:] == [("1", 'say "hi", twice'), ("2", "plain, as it is")]


def test_single_quotes_around_fields_are_taken_off(raw: RawFolder) -> None:
    text = "'id','name'\n'1','Alder, Inc'\n'2','Birch'\n"
    assert raw.table("a.csv", text)[1:] == [("1", "Alder, Inc"), ("2", "Birch")]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PAR1\x15\x04", "Parquet"),
        (b"PK\x03\x04\x14", "an Excel workbook"),
        (b"\x1f\x8b\x08\x00", "compressed by gzip"),
        (b"\xd0\xcf\x11\xe0\xa1", "an old or locked Office file"),
        (b"%PDF-1.7", "a PDF document"),
        (b"<html><table>", "a page of HTML or XML"),
    ],
)
def test_a_name_that_lies_about_the_content_is_told(raw: RawFolder, content: bytes, what) -> None:
    with pytest.raises(FeedsUnusable, match=f"is named as text and is .*{what}"):
        raw.read("a.csv", content)
