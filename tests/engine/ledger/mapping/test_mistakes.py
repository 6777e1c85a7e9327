"""Every mistake of a mapping file is told at once, with its line and what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from raw_rows import Exports

from lichen.ledger.mapping import MappingUnusable, load_mapping, read_mapping

SOUND = """\
[[map]]
entity = "account"
from = "accounts"
[map.columns]
account_id = "id"
name = "account_name"
"""


def told(text: str) -> list[str]:
    """What is said of a text, one line a problem."""
    with pytest.raises(MappingUnusable) as refusal:
        read_mapping(text, "m.toml")
    return [problem.told("m.toml") for problem in refusal.value.problems]


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text(SOUND)
    mapping = load_mapping(path, "mappings/m.toml")
    assert mapping.maps[0].title == "accounts -> account"
    assert mapping.maps[0].columns["name"].column == "account_name"


def test_all_mistakes_are_told_at_once_each_with_its_line() -> None:
    text = """\
system = "raven stack"
tabels = 3

[tables.contract]
columns = { id = "txt" }
contract = { columns = "freez" }

[[map]]
entity = "acount"
from = "accounts"

[[map]]
entity = "account"
from = "accounts"
[map.columns]
account_id = { colum = "id" }
nam = "account_name"
segment = { column = "plan", values = { Basic = "smbb" } }
created_on = { column = "since", format = "DD-MM-YYY" }
"""
    assert told(text) == [
        (
            'm.toml:1: error: system: found "raven stack", expected letters, digits, "_", "-" and '
            '"." without spaces.'
        ),
        "m.toml:2: error: tabels: there is no table 'tabels' here. Did you mean 'tables'?",
        (
            'm.toml:5: error: tables.contract.columns.id: found "txt", expected one of text, '
            "integer, number, date, boolean. Did you mean 'text'?"
        ),
        (
            'm.toml:6: error: tables.contract.contract.columns: found "freez", expected one of '
            "evolve, freeze, discard_row. Did you mean 'freeze'?"
        ),
        (
            "m.toml:9: error: map[1].entity: there is no entity 'acount'. "
            "Did you mean 'account' or 'account_alias' or 'contact'?"
        ),
        (
            "m.toml:15: error: map[2].columns: account.name is required and not mapped. "
            'Add name = "its raw column", or name = { constant = "…" }.'
        ),
        (
            "m.toml:16: error: map[2].columns.account_id.colum: there is no key 'colum' here. "
            "Did you mean 'column' or 'columns'?"
        ),
        "m.toml:17: error: map[2].columns.nam: account has no column 'nam'. Did you mean 'name'?",
        (
            'm.toml:18: error: map[2].columns.segment.values.Basic: found "smbb", expected one of '
            "smb, mid_market, enterprise. Did you mean 'smb'?"
        ),
        (
            'm.toml:19: error: map[2].columns.created_on.format: "DD-MM-YYY" is not a format of a '
            "date. Did you mean 'DD-MM-YYYY' or 'DD-MM-YY' or 'MM-DD-YYYY'?"
        ),
    ]


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ("", 'map[1]: has neither `from` nor `sql`. Name its raw table: from = "accounts".'),
        (
            'from = "a"\nsql = "SELECT 1"',
            "map[1].from: stands beside `sql`. Keep one: a table or a SELECT over tables.",
        ),
        (
            'sql = "SELECT _row, id AS account_id, name FROM a"',
            "map[1].sql: has no `driving`. Name the table whose _row the SELECT returns.",
        ),
        ('from = "a"\ndriving = "a"', "map[1].driving: stands without `sql`. Remove it."),
    ],
)
def test_a_map_has_exactly_one_source(instead: str, said: str) -> None:
    found = told(SOUND.replace('from = "accounts"', instead))
    assert [line.split("error: ")[1] for line in found] == [said]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (
            "region = {}",
            (
                "map[1].columns.region: says neither `column`, `columns`, `constant` nor `sql`. "
                'Name its raw column: { column = "…" }.'
            ),
        ),
        (
            'region = { column = "a", constant = "b" }',
            "map[1].columns.region: says `column` and `constant`. Keep one of them.",
        ),
        (
            'region = { column = "a", join = " " }',
            "map[1].columns.region.join: stands without `columns`. Remove it.",
        ),
        (
            'region = { column = "a", other = "b" }',
            (
                "map[1].columns.region.other: stands without `values`. "
                "List the words it does not stand for, or use `constant`."
            ),
        ),
        (
            'region = { constant = "b", default = "c" }',
            "map[1].columns.region.default: has no effect on a constant. Remove it.",
        ),
        (
            'employees = { column = "a", system = "erp" }',
            "map[1].columns.employees.system: account.employees holds no id. Remove it.",
        ),
        (
            'region = { column = "a", format = "1,234.50" }',
            (
                'map[1].columns.region.format: The format "1,234.50" is declared for a column of '
                "kind text, which has no formats. Leave out the format of this column "
                "in the mapping."
            ),
        ),
        (
            "region = { column = 5 }",
            "map[1].columns.region.column: found 5, expected text in quotes.",
        ),
        (
            "region = { columns = [] }",
            "map[1].columns.region.columns: is an empty list. Name at least one raw column.",
        ),
        (
            '[map.where]\nselect = { column = "a", filled = true }',
            "map[1].where.select: 'select' is a name that Lichen gives. Choose another.",
        ),
        (
            '[map.where]\ntests = { column = "a", in = ["x"], filled = true }',
            (
                "map[1].where.tests: asks `in` and `filled`. "
                "Ask one thing: `in`, `not_in`, `filled` or `sql`."
            ),
        ),
        (
            "[map.where]\ntests = { filled = true }",
            "map[1].where.tests: names no `column`. Name the raw column it looks at.",
        ),
        (
            '[tables.a]\ncontract = { types = "freeze" }',
            (
                'tables.a.contract.types: is "freeze", but no `columns` are declared '
                "to hold it to. "
                'Declare them: columns = { id = "text" }.'
            ),
        ),
        (
            (
                '[[map]]\nentity = "account"\nfrom = "accounts"\n'
                '[map.columns]\naccount_id = "x"\nname = "y"'
            ),
            (
                "map[2]: is called 'accounts -> account', as map[1] is. "
                "Give one of them another `name`."
            ),
        ),
    ],
)
def test_options_that_contradict_each_other_are_refused(how: str, said: str) -> None:
    assert [line.split("error: ")[1] for line in told(SOUND + how)][-1] == said


def test_an_entity_without_an_end_day_has_no_last_day() -> None:
    text = SOUND.replace("[map.columns]", "inclusive_end = true\n[map.columns]")
    assert told(text) == [
        "m.toml:4: error: map[1].inclusive_end: account has no end day. Remove it."
    ]


def test_a_file_that_is_not_toml_names_the_line() -> None:
    assert told('system = "crm"\n[[map]\n') == [
        (
            "m.toml:2: error: is not valid TOML: Expected ']]' at the end of an array "
            "declaration (at line 2, column 6). What follows is not checked until "
            "this is corrected."
        )
    ]


def test_a_file_without_maps_says_so() -> None:
    assert told('system = "crm"') == [
        "m.toml: error: has no [[map]]. Begin one with [[map]] and name its `entity`."
    ]


def test_names_that_the_tables_lack_are_told_with_what_was_meant(exports: Exports) -> None:
    text = SOUND + 'region = "regoin"\ndomain = { sql = "lower(webiste)" }\n'
    text += '[map.where]\ntests = { column = "is_tset", not_in = ["true"] }\n'
    text += '[[map]]\nentity = "partner"\nfrom = "partnres"\n'
    text += '[map.columns]\npartner_id = "id"\nname = "name"\nkinds = { constant = "reseller" }\n'
    accounts = "id | account_name | region | website | is_test\n1 | A | EU | a.com | no"
    tables = (exports.table("accounts", accounts), exports.table("partners", "id | name\n1 | P"))
    _, bound = exports.bound(text, *tables)
    assert [problem.told("m.toml") for problem in bound.problems] == [
        (
            "m.toml:7: error: map[1].columns.region: accounts has no column 'regoin'. "
            "Did you mean 'region'?"
        ),
        (
            "m.toml:8: error: map[1].columns.domain: accounts has no column 'webiste'. "
            "Did you mean 'website'?"
        ),
        (
            "m.toml:10: error: map[1].where.tests: accounts has no column 'is_tset'. "
            "Did you mean 'is_test'?"
        ),
        (
            "m.toml:13: error: map[2].from: there is no raw table 'partnres'. "
            "Did you mean 'partners'?"
        ),
    ]


def test_an_expression_that_fails_on_a_row_is_told_by_its_column(exports: Exports) -> None:
    text = SOUND + 'employees = { sql = "CAST(size AS INTEGER)" }'
    table = exports.table("accounts", "id | account_name | size\n1 | A | 12\n2 | B | many")
    with pytest.raises(MappingUnusable) as refusal:
        exports.made(text, table)
    assert str(refusal.value) == (
        "The map 'accounts -> account' has 1 error:\n"
        "  The map 'accounts -> account': error: columns.employees.sql: fails: Conversion Error: "
        "Could not convert string 'many' to INT32 when casting from source column size. "
        "TRY_CAST and try_strptime give an empty cell where the text does not fit.\n"
        "Nothing was loaded; correct them and load again."
    )
