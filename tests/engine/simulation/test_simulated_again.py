"""The same settings give the same facts, however they are computed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from lichen.kernel.errors import LichenError, UnknownName
from lichen.simulation import FEEDS, Settings, simulate
from lichen.simulation.draws import GOLDEN, Draws, _mixed
from lichen.simulation.folder import FeedsOfSomeoneElse

SMALL = Settings(accounts=150, months=30, seed=11)


def everything(folder: Path) -> dict[str, pa.Table]:
    return {
        f"{path.parent.name}/{path.stem}": pq.read_table(path) for path in folder.rglob("*.parquet")
    }


def test_the_same_seed_gives_the_same_facts_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, settings in (("a", SMALL), ("b", SMALL), ("c", replace(SMALL, seed=12))):
        simulate(tmp_path / name, settings)
    first, again, other = (everything(tmp_path / name) for name in "abc")
    assert first.keys() == again.keys() == {f"feeds/{name}" for name in FEEDS}
    assert all(first[name].equals(again[name]) for name in first)
    assert not first["feeds/subscription"].equals(other["feeds/subscription"])


@pytest.mark.parametrize("chunk", [3, 16])
def test_the_size_of_a_chunk_changes_nothing(tmp_path: Path, chunk: int) -> None:
    settings = replace(SMALL, accounts=20, truth=True)
    simulate(tmp_path / "whole", settings)
    simulate(tmp_path / "chunks", replace(settings, chunk=chunk))
    whole, chunks = everything(tmp_path / "whole"), everything(tmp_path / "chunks")
    assert whole.keys() == chunks.keys()
    assert [name for name in whole if not whole[name].equals(chunks[name])] == []


def test_looking_into_the_future_for_the_truth_leaves_the_facts_alone(tmp_path: Path) -> None:
    simulate(tmp_path / "plain", SMALL)
    simulate(tmp_path / "truth", replace(SMALL, truth=True))
    plain, truth = everything(tmp_path / "plain"), everything(tmp_path / "truth")
    assert [name for name in plain if not plain[name].equals(truth[name])] == []


def test_writing_only_some_feeds_writes_the_same_rows(tmp_path: Path) -> None:
    simulate(tmp_path / "all", SMALL)
    rows = simulate(tmp_path / "some", replace(SMALL, entities=("renewal", "usage")))
    some, all_ = everything(tmp_path / "some"), everything(tmp_path / "all")
    assert set(rows) == {"renewal", "usage"}
    assert set(some) == {"feeds/renewal", "feeds/usage"}
    assert all(some[name].equals(all_[name]) for name in some)


def test_csv_holds_the_same_values_as_parquet(tmp_path: Path) -> None:
    simulate(tmp_path / "p", SMALL)
    simulate(tmp_path / "c", replace(SMALL, format="csv"))
    for name in FEEDS:
        expected = pq.read_table(tmp_path / "p" / "feeds" / f"{name}.parquet")
        options = pa_csv.ConvertOptions(
            column_types=expected.schema, strings_can_be_null=True, quoted_strings_can_be_null=False
        )
        found = pa_csv.read_csv(tmp_path / "c" / "feeds" / f"{name}.csv", convert_options=options)
        assert found.equals(expected), name


def test_a_second_simulation_replaces_the_first_and_nothing_else(tmp_path: Path) -> None:
    simulate(tmp_path, replace(SMALL, truth=True))
    (tmp_path / "lichen.toml").write_text("# mine\n")
    simulate(tmp_path, replace(SMALL, format="csv", history=False))
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {
        "simulation.json", "lichen.toml",
        *(f"{name}.csv" for name in FEEDS if name != "attribute_change"),
    }  # fmt: skip


def test_feeds_that_no_simulation_wrote_are_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "account.csv").write_text("account_id,name\n1,Mine\n")
    with pytest.raises(FeedsOfSomeoneElse, match=r"feeds/account\.csv"):
        simulate(tmp_path, SMALL)
    assert (tmp_path / "feeds" / "account.csv").read_text().endswith("Mine\n")


def test_an_entity_that_does_not_exist_or_is_not_simulated_is_named() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'renewal'"):
        replace(SMALL, entities=("renewals",))
    with pytest.raises(LichenError, match="--entities is 'signal'; expected one that is simulated"):
        replace(SMALL, entities=("signal",))


@pytest.mark.parametrize("accounts", [1, 2, 3])
def test_a_tiny_ecosystem_is_still_whole(tmp_path: Path, accounts: int) -> None:
    simulate(tmp_path, Settings(accounts=accounts, months=1, seed=1, truth=True))
    assert everything(tmp_path)["feeds/account"].num_rows == accounts


def test_the_bits_are_those_of_splitmix64() -> None:
    # First output of the published generator from state 0.
    assert int(_mixed(np.array([GOLDEN], dtype=np.uint64))[0]) == 0xE220A8397B1DCDAF


def test_draws_are_even_and_purposes_share_no_luck() -> None:
    index = np.arange(40_000)
    one = Draws(1).stream("renew", index).uniform(5)
    other = Draws(1).stream("expand", index).uniform(5)
    later = Draws(1).stream("renew", index).uniform(6)
    normal = Draws(1).stream("renew", index).normal(5)
    # Four standard errors: 1/sqrt(12 n) for a mean of uniforms, 1/sqrt(n) for the others.
    assert abs(one.mean() - 0.5) < 4 / np.sqrt(12 * 40_000)
    assert abs(normal.mean()) < 4 / 200
    assert abs(normal.std() - 1) < 4 / 200
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / 200
    assert abs(np.corrcoef(one, later)[0, 1]) < 4 / 200
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 4 / 200


def test_a_draw_for_some_accounts_is_the_draw_for_all_at_those_places() -> None:
    luck = Draws(1).stream("renew", np.arange(100))
    at = np.array([3, 50, 99])
    assert np.array_equal(luck.uniform(4, at), luck.uniform(4)[at])
    months = np.arange(6)[:, None]
    assert np.array_equal(luck.uniform(months)[4], luck.uniform(4))
