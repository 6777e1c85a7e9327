"""Rows left out, each counted under the first rule that fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_rows import Exports

ACCOUNTS = """
id | name    | is_test | stage    | mrr
1  | Alder   | false   | customer | 100
2  | Birch   | TRUE    | customer | 100
3  | Cedar   | -       | lead     | 0
4  | Dogwood | true    | lead     | 50
5  | Elm     | no      | Customer | -
6  | -       | no      | customer | 7
"""

MAP = """
[[map]]
entity = "account"
from = "accounts"
[map.columns]
account_id = "id"
name = "name"
[map.where]
"""

RULES = {
    "test accounts": '{ column = "is_test", not_in = ["true", "yes"] }',
    "not customers": '{ column = "stage", in = ["customer"] }',
    "without a name": '{ column = "name", filled = true }',
    "no money": '{ sql = "TRY_CAST(mrr AS DOUBLE) > 10" }',
}


def where(*names: str) -> str:
    """The map with these rules."""
    return MAP + "\n".join(f'"{name}" = {RULES[name]}' for name in names)


def test_a_row_is_counted_under_the_first_rule_that_fails(exports: Exports) -> None:
    table = exports.table("accounts", ACCOUNTS)
    made = exports.made(where("test accounts", "not customers", "without a name"), table)
    assert made.column("account_id") == ["crm:1", "crm:5"]
    assert made.account.filtered == {"test accounts": 2, "not customers": 1, "without a name": 1}
    assert (made.account.input, made.account.mapped, made.account.fanned_out) == (6, 2, 0)


def test_the_order_of_the_rules_is_the_order_of_the_file(exports: Exports) -> None:
    table = exports.table("accounts", ACCOUNTS)
    made = exports.made(where("not customers", "test accounts"), table)
    assert made.account.filtered == {"not customers": 2, "test accounts": 1}


def test_a_condition_that_is_not_known_does_not_keep_a_row(exports: Exports) -> None:
    made = exports.made(where("no money"), exports.table("accounts", ACCOUNTS))
    assert made.column("account_id") == ["crm:1", "crm:2", "crm:4"]
    assert made.account.filtered == {"no money": 3}


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ('{ column = "is_test", in = ["", "no"] }', ["crm:3", "crm:5", "crm:6"]),
        ('{ column = "is_test", not_in = [""] }', ["crm:1", "crm:2", "crm:4", "crm:5", "crm:6"]),
        ('{ column = "mrr", filled = false }', ["crm:5"]),
        ('{ column = "mrr", in = [] }', []),
    ],
)
def test_empty_text_in_a_list_means_an_empty_cell(
    exports: Exports, rule: str, kept: list[str]
) -> None:
    made = exports.made(MAP + f'"rule" = {rule}', exports.table("accounts", ACCOUNTS))
    assert made.column("account_id") == kept


cells = st.sampled_from(["a", "A", "b", "c", "-"])


@given(
    st.lists(st.tuples(cells, cells), min_size=1, max_size=12),
    st.lists(
        st.tuples(st.sampled_from(["x", "y"]), st.sets(st.sampled_from(["a", "b", ""]))),
        max_size=4,
    ),
)
def test_every_record_is_mapped_or_left_out_by_its_first_failing_rule(
    exports: Exports, rows: list[tuple[str, str]], rules: list[tuple[str, set[str]]]
) -> None:
    lines = "\n".join(f"{place} | n | {x} | {y}" for place, (x, y) in enumerate(rows))
    table = exports.table("accounts", f"id | name | x | y\n{lines}")
    written = [
        f'"rule {place}" = {{ column = "{column}", not_in = {sorted(words)} }}'
        for place, (column, words) in enumerate(rules)
    ]
    made = exports.made(MAP + "\n".join(written), table)
    expected: dict[str, int] = {}
    kept = 0
    for x, y in rows:
        held = {"x": x.lower().replace("-", ""), "y": y.lower().replace("-", "")}
        failing = [place for place, (column, words) in enumerate(rules) if held[column] in words]
        if failing:
            expected[f"rule {failing[0]}"] = expected.get(f"rule {failing[0]}", 0) + 1
        kept += not failing
    assert made.account.filtered == expected
    assert made.account.mapped == len(made.rows) == kept


@given(st.permutations([1, 2, 3, 4, 5, 6]))
def test_the_order_of_records_changes_nothing_but_their_numbers(
    exports: Exports, order: list[int]
) -> None:
    lines = ACCOUNTS.strip().splitlines()
    shuffled = "\n".join([lines[0], *(lines[place] for place in order)])
    text = where("test accounts", "without a name")
    made = exports.made(text, exports.table("accounts", shuffled))
    again = exports.made(text, exports.table("accounts", ACCOUNTS))
    assert sorted(row[3:] for row in made.rows) == sorted(row[3:] for row in again.rows)
    assert made.account.filtered == again.account.filtered
