"""docs/mapping.md names every key of a mapping file and every function that its SQL may call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel
from raw_rows import Exports

from lichen.ledger import load
from lichen.ledger.mapping import ColumnMap, Contract, EntityMap, Mapping, Rule, TableSpec
from lichen.ledger.mapping.functions import ROWS
from lichen.vocabulary.definitions import Definitions

PAGE = (Path(__file__).parents[4] / "docs" / "mapping.md").read_text()

SECTIONS: dict[type[BaseModel], str] = {
    Mapping: "# The mapping file",
    TableSpec: "## `[tables.<name>]`",
    Contract: "### Contracts",
    EntityMap: "## `[[map]]`",
    ColumnMap: "### `[map.columns]`",
    Rule: "### `[map.where]`",
}


def keys_in(section: str) -> set[str]:
    """The keys that the table of a section explains."""
    text = PAGE.split(f"{section}\n", maxsplit=1)[1]
    until = re.search(r"^#", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    body = re.sub(r"```.*?```", "", text, flags=re.DOTALL)[: until.start() if until else None]
    return set(re.findall(r"^\| `(\w+)`", body, re.MULTILINE))


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.__name__)
def test_every_key_is_explained_and_no_other(model: type[BaseModel]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert keys_in(SECTIONS[model]) == keys


def test_every_function_is_listed() -> None:
    listed = PAGE.split("These functions may be called:", maxsplit=1)[1]
    assert [name for name in sorted(ROWS) if f"`{name}`" not in listed] == []


def test_the_example_of_the_page_is_read_and_gives_its_account(exports: Exports) -> None:
    text = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    accounts = """
    id | name  | plan  | since      | is_test | currency
    A1 | Alder | Basic | 13-02-2024 | no      | USD
    A2 | Birch | Gold  | 29-02-2024 | no      | EUR
    A2 | Birch | Pro   | 01-03-2024 | yes     | EUR
    """
    subscriptions = """
    id | account | start_date | mrr
    S1 | A1      | 2024-01-01 | 100
    S2 | A2      | 2024-01-01 | 100
    S3 | A9      | 2024-01-01 | 100
    S4 | A1      | 2024-01-01 | 100
    """
    tables = (exports.table("accounts", accounts), exports.table("subscriptions", subscriptions))
    _, bound = exports.bound(text, *tables)
    assert bound.problems == ()
    first, second = (exports.carried_out(row, bound) for row in bound.maps)
    assert first.column("segment") == ["smb", "enterprise"]
    assert first.account.filtered == {"test accounts": 1}
    account = second.account
    assert (account.input, account.fanned_out, account.mapped) == (4, 1, 4)
    assert account.filtered == {"select": 1}
    assert "| 4 | 1 | 4 | 1 by `select` |" in PAGE
    assert [row[:3] for row in second.rows] == [(0, 1, 0), (0, 2, 0), (0, 2, 1), (0, 4, 0)]


def test_the_example_of_the_page_loads_as_its_contract_says(tmp_path: Path) -> None:
    (tmp_path / "raw" / "crm").mkdir(parents=True)
    (tmp_path / "mappings").mkdir()
    text = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    (tmp_path / "mappings" / "crm.toml").write_text(text)
    (tmp_path / "raw" / "crm" / "accounts.csv").write_text(
        "id,name,plan,since,is_test,currency\nA1,Alder,Basic,13-02-2024,no,USD\n"
    )
    (tmp_path / "raw" / "crm" / "subscriptions.csv").write_text(
        "id,account,start_date,mrr\nS1,A1,2024-01-31,100\n"
    )
    assert load(tmp_path, Definitions()).rows == {"account": 1, "subscription": 1}
