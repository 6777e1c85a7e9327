"""Two loads of one source: what came, what went, what is no longer what it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.engines.embedded import Embedded
from lichen.ledger.drift import (
    ColumnSeen,
    Schema,
    as_rows,
    compare,
    finding_of,
    keep,
    read_last,
    table_seen,
)
from lichen.vocabulary.finding import Severity

BEFORE = Schema(
    {
        "accounts": {
            "id": ColumnSeen("integer", 1.0),
            "partner": ColumnSeen("text", 0.4),
            "signup": ColumnSeen("date", 1.0),
        },
        "notes": {"id": ColumnSeen("integer", 1.0)},
    }
)
AFTER = Schema(
    {
        "accounts": {
            "id": ColumnSeen("text", 1.0),
            "partner_id": ColumnSeen("text", 0.4),
            "signup": ColumnSeen("date", 0.45),
        },
        "deals": {"id": ColumnSeen("text", 1.0), "amount": ColumnSeen("number", 0.5)},
    }
)


def test_each_difference_is_a_line_of_a_diff() -> None:
    assert [difference.line for difference in compare(BEFORE, AFTER)] == [
        "~ accounts.id: integer -> text",
        "- accounts.partner: text, 40% filled  renamed to partner_id?",
        "~ accounts.signup: 100% filled -> 45% filled",
        "+ accounts.partner_id: text, 40% filled",
        "+ deals: table of 2 columns",
        "- notes: table of 1 column",
    ]


def test_a_column_that_lost_exactly_half_of_its_cells_is_no_difference() -> None:
    old = Schema({"a": {"x": ColumnSeen("text", 0.8)}})
    new = Schema({"a": {"x": ColumnSeen("text", 0.4)}})
    assert compare(old, new) == ()


def test_a_column_that_is_empty_now_has_not_changed_its_type() -> None:
    old = Schema({"a": {"x": ColumnSeen("date", 0.8)}})
    new = Schema({"a": {"x": ColumnSeen("text", 0.0)}})
    assert [each.change for each in compare(old, new)] == ["less_filled"]


def test_what_is_gone_is_a_warning_and_what_is_new_a_note() -> None:
    gone = finding_of("crm", compare(BEFORE, AFTER))
    new = finding_of("crm", compare(Schema(), BEFORE))
    assert gone is not None and new is not None
    assert (gone.code, gone.count, gone.severity) == ("schema_drift", 6, Severity.WARNING)
    assert (new.count, new.severity) == (2, Severity.NOTE)
    assert gone.sentence.endswith("Check that the mapping of crm still means what it says.")
    assert finding_of("crm", compare(AFTER, AFTER)) is None


def test_rows_for_programs_name_the_source() -> None:
    (first, *_) = as_rows("crm", compare(BEFORE, AFTER))
    assert first == {
        "source": "crm",
        "line": "~ accounts.id: integer -> text",
        "change": "type_changed",
        "table": "accounts",
        "column": "id",
        "before": "integer",
        "after": "text",
        "renamed_to": None,
    }


ROWS = """
SELECT * FROM (VALUES
    (1, 'A-1', '12', '2024-01-31', 'true', NULL),
    (2, 'A-2', '7',  '2024-02-29', 'no',   NULL),
    (3, 'A-3', NULL, '2024-03-31', 'yes',  '  '),
    (4, 'A-4', '9',  NULL,         'false','1.5')
) AS rows(_row, id, seats, since, live, score)
"""


def test_a_table_is_seen_by_type_and_fill(tmp_path: Path) -> None:
    with Embedded(tmp_path) as session:
        seen = table_seen(session, ROWS, ["id", "seats", "since", "live", "score"])
    assert seen == {
        "id": ColumnSeen("text", 1.0),
        "seats": ColumnSeen("integer", 0.75),
        "since": ColumnSeen("date", 0.75),
        "live": ColumnSeen("boolean", 1.0),
        "score": ColumnSeen("number", 0.25),
    }


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    assert read_last(tmp_path, "crm") is None
    keep(tmp_path, "crm", BEFORE)
    keep(tmp_path, "crm", AFTER)
    assert read_last(tmp_path, "crm") == AFTER


@pytest.mark.parametrize("source", ["../outside", "a/b", "", "Ä b", ".hidden"])
def test_a_source_of_any_name_stays_in_its_folder(tmp_path: Path, source: str) -> None:
    keep(tmp_path, source, BEFORE)
    assert read_last(tmp_path, source) == BEFORE
    assert {path.parent.name for path in tmp_path.rglob("*.json")} == {"schemas"}


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "[]",
        '{"source": "crm", "tables": []}',
        '{"source": 1}',
        '{"tables": {"a": {"b": 1}}}',
    ],
)
def test_a_damaged_note_is_no_note(tmp_path: Path, damage: str) -> None:
    keep(tmp_path, "crm", BEFORE)
    (tmp_path / ".lichen" / "schemas" / "crm.json").write_text(damage)
    assert read_last(tmp_path, "crm") is None


COLUMNS = st.dictionaries(
    st.text(min_size=1, max_size=5),
    st.builds(
        ColumnSeen,
        st.sampled_from(["text", "integer", "date"]),
        st.floats(0, 1).map(lambda share: round(share, 4)),
    ),
    max_size=4,
)
SCHEMAS = st.builds(Schema, st.dictionaries(st.text(max_size=5), COLUMNS, max_size=4))


@given(SCHEMAS, SCHEMAS)
def test_what_came_one_way_went_the_other_way(one: Schema, other: Schema) -> None:
    there = {each.name for each in compare(one, other) if each.change.startswith("new")}
    back = {each.name for each in compare(other, one) if each.change.startswith("gone")}
    assert there == back
    assert compare(one, one) == ()


@given(schema=SCHEMAS)
def test_a_schema_survives_being_kept(
    tmp_path_factory: pytest.TempPathFactory, schema: Schema
) -> None:
    root = tmp_path_factory.mktemp("kept")
    keep(root, "crm", schema)
    assert read_last(root, "crm") == schema
