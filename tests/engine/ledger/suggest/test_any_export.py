"""Whatever an export holds, its proposal is a sound file and shows nothing that it should not."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from lichen.ledger.mapping import read_mapping
from lichen.ledger.suggest import ColumnSample, TableSample, suggest

ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
NAMES = st.one_of(
    ANYTHING,
    st.sampled_from(
        [
            "id",
            "account_id",
            "name",
            "type",
            "amount",
            "stage",
            "partner",
            "lead_source",
            "created_at",
        ]
    ),
)
VALUES = st.lists(
    st.one_of(ANYTHING, st.sampled_from(["2024-01-31", "12.5", "partner", "Closed Won", "true"])),
    max_size=4,
    unique=True,
)


@st.composite
def columns(draw: st.DrawFn) -> ColumnSample:
    values = tuple(draw(VALUES))
    filled = len(values) + draw(st.integers(0, 3)) if values else 0
    return ColumnSample(values, filled, len(values))


TABLES = st.lists(
    st.builds(
        TableSample,
        st.one_of(ANYTHING, st.sampled_from(["accounts", "deals", "partners", "usage"])),
        st.integers(0, 9),
        st.dictionaries(NAMES, columns(), max_size=6),
    ),
    max_size=3,
    unique_by=lambda table: table.table,
)


@given(TABLES, ANYTHING)
def test_a_proposal_is_always_toml_and_loads_when_a_map_is_complete(
    tables: list[TableSample], source: str
) -> None:
    suggestion = suggest(source, tables, currency="USD")
    text = suggestion.as_toml()
    active = [row for row in suggestion.maps if row.is_active]
    assert len(tomllib.loads(text).get("map", [])) == len(active)
    if active:
        assert len(read_mapping(text, "x.toml").maps) == len(active)


@given(TABLES)
def test_every_table_is_spoken_of_and_the_same_look_gives_the_same_words(
    tables: list[TableSample],
) -> None:
    first, again = suggest("crm", tables), suggest("crm", tables)
    spoken = {row.table for row in first.maps} | {each.table for each in first.unmapped}
    assert spoken == {table.table for table in tables}
    assert first.as_toml() == again.as_toml()


@given(st.emails(), st.sampled_from(["note", "x", "name", "domain", "kind"]))
def test_an_address_is_not_shown_whatever_its_column_is_called(address: str, column: str) -> None:
    seen = {"account_id": ColumnSample(("1",), 1, 1), column: ColumnSample((address,), 1, 1)}
    text = suggest("crm", [TableSample("accounts", 1, seen)]).as_toml()
    assert address not in text
