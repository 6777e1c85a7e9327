"""JSON: objects a line, in an array, or wrapped; what is no object is a rejected record."""

from __future__ import annotations

import json

import pytest
from raw_folder import RawFolder

from lichen.ledger.errors import FeedsUnusable

OBJECTS = [
    {"id": 1, "owner": {"name": "Ann", "team": {"id": 7}}, "tags": ["a", "b"], "paid": True},
    {"id": 2, "owner": {}, "tags": [], "paid": False, "note": " x "},
    {"id": 3, "owner": None, "paid": None, "note": ""},
]
COLUMNS = ("id", "owner.name", "owner.team.id", "tags", "paid", "owner", "note")
ROWS = [
    COLUMNS,
    ("1", "Ann", "7", '["a", "b"]', "true", None, None),
    ("2", None, None, None, "false", None, "x"),
    ("3", None, None, None, None, None, None),
]
LINES = "\n".join(map(json.dumps, OBJECTS))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", LINES),
        ("a.ndjson", "\ufeff" + LINES.replace("\n", "\r\n\r\n") + "\n"),
        ("a.json", LINES),
        ("a.json", json.dumps(OBJECTS)),
        ("a.jsonl", json.dumps(OBJECTS, indent=2)),
        ("a.json", json.dumps({"results": OBJECTS, "paging": {"next": 1}})),
        ("a.json", json.dumps({"done": True, "records": OBJECTS}, indent=1)),
    ],
)
def test_the_same_objects_in_any_form_are_the_same_table(raw: RawFolder, name, text) -> None:
    assert raw.table(name, text) == ROWS


def test_a_single_object_is_one_record(raw: RawFolder) -> None:
    assert raw.table("a.json", '{\n "a": 1,\n "b": {"c": 2}\n}') == [("a", "b.c"), ("1", "2")]


def test_a_line_with_items_in_it_stays_one_record(raw: RawFolder) -> None:
    text = '{"order": 1, "items": [{"sku": "x"}, {"sku": "y"}]}\n'
    assert raw.table("a.jsonl", text)[1] == ("1", '[{"sku": "x"}, {"sku": "y"}]')


def test_numbers_are_kept_as_they_are_written(raw: RawFolder) -> None:
    text = '{"a": 12345678901234567.89, "b": 1.50, "c": 1.5e3, "d": 1e999999999, "e": -7}'
    assert raw.table("a.jsonl", text)[1] == (
        "12345678901234567.89",
        "1.50",
        "1500",
        "1e999999999",
        "-7",
    )


def test_what_is_no_object_is_rejected_with_its_beginning(raw: RawFolder) -> None:
    lines = [
        '{"a": "Øre, €"}'.encode(),
        b"[1, 2]",
        b"{broken",
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'{"a": "x\\u0000"}',
        b"[" * 20_000,
        b'{"a": ',
    ]
    read = raw.read("a.jsonl", b"\n".join(lines))
    assert raw.rows(read) == [("Øre, €",)]
    assert [(one.record, one.reason) for one in read.rejects] == [
        (2, "is no object"),
        (3, "is not JSON"),
        (4, "is not UTF-8"),
        (5, "holds half of a character"),
        (6, "holds a NUL character"),
        (7, "is not JSON"),
        (8, "is not JSON"),
    ]
    assert [one.excerpt for one in read.rejects[:2]] == ["[1, 2]", "{broken"]
    assert read.rejects[-1].excerpt == '{"a":'


def test_what_is_no_object_in_an_array_is_rejected(raw: RawFolder) -> None:
    read = raw.read("a.json", '[{"a": 1}, 5, {"a": 2}, [3]]')
    assert raw.rows(read) == [("1",), ("2",)]
    assert [(one.record, one.excerpt) for one in read.rejects] == [(2, "5"), (4, "[3]")]


def test_names_nested_beyond_any_export_are_refused(raw: RawFolder) -> None:
    with pytest.raises(FeedsUnusable, match="a name of over 1,000 characters"):
        raw.read("a.json", '[{"a": 1}, ' + '{"abc":' * 300 + "1" + "}" * 300 + "]")


@pytest.mark.parametrize("text", ["", "[]", "{}", "5", "[1, 2]", '[{"a": 1}, {"a"'])
def test_without_an_object_the_file_is_refused(raw: RawFolder, text: str) -> None:
    with pytest.raises(FeedsUnusable, match="holds no JSON object"):
        raw.read("a.json", text)


def test_more_names_than_any_export_has_are_refused(raw: RawFolder) -> None:
    lines = "\n".join(f'{{"k{place}": 1}}' for place in range(5000))
    with pytest.raises(FeedsUnusable, match="has 5,000 columns"):
        raw.read("a.jsonl", lines)


def test_names_of_ours_become_others(raw: RawFolder) -> None:
    assert raw.table("a.jsonl", '{"record": 1, "_row": 2}') == [("record_2", "_row_2"), ("1", "2")]


def test_two_values_of_one_name_cost_their_record(raw: RawFolder) -> None:
    read = raw.read("a.jsonl", '{"a.b": 1}\n{"a": {"b": 1}, "a.b": 2}\n{"a.b": NaN, "c": 1}\n')
    assert raw.rows(read) == [("1", None), (None, "1")]
    assert [(one.record, one.reason) for one in read.rejects] == [(2, "has two values named a.b")]
