"""Sources are folders with a mapping, a README and a sample, found as entry points."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from tests.architecture.source import REPOSITORY

from lichen.ledger.sources import GROUP, Source, SourceBroken, ready, registered

FOLDER = REPOSITORY / "src/lichen/ledger/sources"
SYSTEMS = sorted(path.parent.name for path in FOLDER.glob("*/mapping.toml"))


def registering(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """As if one plugin registered this under the name `acme`."""
    point = EntryPoint("acme", value, GROUP)
    monkeypatch.setattr(registered, "entry_points", lambda group: [point])


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    ready.cache_clear()
    yield
    ready.cache_clear()


def test_every_folder_of_a_system_is_registered_under_its_name() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert project["entry-points"][GROUP] == {
        name: f"lichen.ledger.sources.{name}:SOURCE" for name in SYSTEMS
    }


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_source_is_named_after_its_folder_and_all_its_files_are_there(system: str) -> None:
    source = import_module(f"lichen.ledger.sources.{system}").SOURCE
    assert source == Source(
        system,
        FOLDER / system / "mapping.toml",
        FOLDER / system / "README.md",
        FOLDER / system / "sample",
    )
    assert source.readme.is_file()
    assert any(source.sample.iterdir())


def test_a_plugin_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    registering(monkeypatch, "lichen.ledger.sources.csv_folder:SOURCE")
    assert list(ready()) == ["acme"]
    assert ready()["acme"].mapping == FOLDER / "csv_folder/mapping.toml"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("lichen.ledger.no_such_source:SOURCE", "No module named"),
        ("lichen.ledger.sources.csv_folder:NOTHING", "NOTHING"),
        ("lichen.ledger.sources:GROUP", "is no lichen Source"),
    ],
)
def test_a_source_that_cannot_be_used_names_its_provider(
    monkeypatch: pytest.MonkeyPatch, value: str, said: str
) -> None:
    registering(monkeypatch, value)
    with pytest.raises(SourceBroken, match="'acme'") as told:
        ready()
    assert said in str(told.value)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_sample_holds_few_rows_of_every_table_with_every_column_it_may_need(system: str) -> None:
    tables = tomllib.loads((FOLDER / system / "mapping.toml").read_text())["tables"]
    samples = [headed(path) for path in sorted((FOLDER / system / "sample").iterdir())]
    assert len(samples) == len(tables)
    assert all(4 <= rows <= 10 for _, rows in samples)
    for table in tables.values():
        spelled = [{plain(name), *map(plain, other)} for name, other in table["names"].items()]
        assert any(all(held & each for each in spelled) for held, _ in samples), table["called"]
        assert set(table["needs"]) <= set(table["names"])
        assert table["optional"], "an export of other tables alone has to load as well"


def headed(path: Path) -> tuple[set[str], int]:
    """The plain column names of a sample and how many rows it has."""
    text = path.read_text()
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    header, *rows = csv.reader(text.splitlines(), delimiter=delimiter)
    return {plain(name) for name in header}, len(rows)


def plain(name: str) -> str:
    """A name without case, spaces, dots and underscores."""
    return "".join(letter for letter in name.lower() if letter.isalnum())
