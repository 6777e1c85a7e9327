"""The sample of each system, through its mapping, gives the rows that were written by hand.

The tables stand in `expected/<system>.txt`, with the reason for each row that is missing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from sample_tables import MapDone, Row, bound_folder, maps_done, written

from lichen.engines.embedded import Embedded
from lichen.ledger.sources import Source
from lichen.vocabulary.entities import ENTITIES

EXPECTED = Path(__file__).parent / "expected"
SYSTEMS = sorted(path.stem for path in EXPECTED.glob("*.txt"))


def source(system: str) -> Source:
    """The source of a system, whether it is installed or not."""
    found = import_module(f"lichen.ledger.sources.{system}").SOURCE
    assert isinstance(found, Source)
    return found


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with Embedded(tmp_path_factory.mktemp("scratch")) as opened:
        yield opened


@pytest.fixture(scope="module")
def done(session: Embedded) -> dict[str, list[MapDone]]:
    """Every map of every system."""
    return {
        system: list(maps_done(session, source(system).mapping, source(system).sample))
        for system in SYSTEMS
    }


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_sample_gives_the_rows_that_were_written_by_hand(done, system: str) -> None:
    expected = written(EXPECTED / f"{system}.txt")
    assert {(each.entity, each.title) for each in done[system]} == set(expected)
    for each in done[system]:
        assert each.rows == expected[each.entity, each.title], each.title


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_row_of_a_sample_is_accounted_for(done, system: str) -> None:
    for each in done[system]:
        told = each.accounted
        assert told.fanned_out == 0, each.title
        assert told.input == told.mapped + sum(told.filtered.values()), each.title
        assert told.mapped == len(each.rows), each.title


@pytest.mark.parametrize("system", SYSTEMS)
def test_ids_of_rows_and_of_references_carry_the_system(done, system: str) -> None:
    for each in done[system]:
        entity = ENTITIES[each.entity]
        ids = {*entity.key} if len(entity.key) == 1 else set()
        ids |= {column.name for column in entity.columns if column.references}
        for row in each.rows:
            for name in ids & set(row):
                assert row[name].startswith(f"{system}:"), (each.title, name)


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
def test_each_table_of_a_sample_can_be_absent(
    session: Embedded, tmp_path: Path, system: str
) -> None:
    """An organisation exports what it has: maps of absent tables are left out, others stay."""
    files = sorted(source(system).sample.glob("*.csv"))
    for gone in files:
        folder = tmp_path / gone.stem
        folder.mkdir()
        for path in files:
            if path != gone:
                shutil.copy(path, folder)
        assert list(maps_done(session, source(system).mapping, folder)), gone.name


def test_a_table_without_the_columns_that_it_needs_is_refused(
    session: Embedded, tmp_path: Path
) -> None:
    (tmp_path / "Opportunity.csv").write_text("Id,Name,StageName\n1,A,Open\n")
    _, bound = bound_folder(session, source("salesforce").mapping, tmp_path)
    told = "\n".join(str(each) for each in bound.problems)
    assert "account_id" in told
    assert "created_date" in told


def test_spellings_of_a_report_and_of_a_connector_give_the_same_rows(
    session: Embedded, tmp_path: Path
) -> None:
    """One account three times: API names, labels of a report, names of a connector."""
    written_as = {
        "Account.csv": "Id,Name,ParentId,NumberOfEmployees,IsDeleted",
        "accounts.csv": "Account ID,Account Name,Parent Account ID,Employees,Deleted",
        "sf_account_data.csv": "id,name,parent_id,number_of_employees,is_deleted",
    }
    found: list[list[Row]] = []
    for name, header in written_as.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_text(f"{header}\n001,Harbour Mills,002,420,false\n")
        found.append(next(maps_done(session, source("salesforce").mapping, folder)).rows)
    assert found[0] == found[1] == found[2] != []
