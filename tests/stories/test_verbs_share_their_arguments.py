"""Every verb takes the arguments that the verbs share, or says why one has no meaning there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.stories.conftest import Command

from lichen.vocabulary.dimensions import DIMENSIONS
from lichen.vocabulary.finding import Finding
from lichen.workspace.touching import touching

LATER = ("map", "attribute", "act")
SHARED = ("--metric", "nrr", "--by", "segment", "--window", "12m", "--format", "json")


@pytest.mark.parametrize("verb", LATER)
def test_a_verb_that_comes_later_takes_them_and_says_its_line(
    published: Path, command: Command, verb: str
) -> None:
    done = command(verb, published, *SHARED, "--run", "2026", "--explain")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert f"`lichen {verb}` comes later" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("verb", LATER)
def test_a_verb_that_comes_later_still_needs_a_workspace(
    tmp_path: Path, command: Command, verb: str
) -> None:
    for folder, why in ((tmp_path / "nowhere", "no such folder"), (tmp_path, "no lichen.toml")):
        done = command(verb, folder)
        assert done.returncode == 2
        assert why in done.stderr and "lichen init" in done.stderr


def test_instrument_keeps_the_findings_that_touch_a_dimension(
    published: Path, tmp_path: Path, command: Command
) -> None:
    root = shutil.copytree(published, tmp_path / "harbor")

    def about(*asked: str) -> set[tuple[str, ...]]:
        done = command("instrument", root, "--format", "json", *asked)
        assert done.returncode == 0, done.stderr
        return {tuple(each["dimensions"]) for each in json.loads(done.stdout)["findings"]}

    # No subscription says how its account was won, some accounts have no CSM, and some no partner.
    won, served = ("acquired_via",), ("served_via",)
    partners = tuple(name for name, each in DIMENSIONS.items() if each.partner_side)
    assert about() == {(), won, served, partners}
    assert about("--by", "segment,acquired_via") == {(), won, partners}
    assert about("--metric", "nrr") == {(), won, served, partners}
    assert about("--by", "segment", "--metric", "nrr") == {()}


@pytest.mark.parametrize(
    ("metrics", "dimensions", "kept"),
    [
        ((), (), ("late", "due", "where", "every")),
        (("nrr",), (), ("where", "every")),
        (("renewal_rate",), (), ("late", "due", "where", "every")),
        (("renewal_gross",), ("segment",), ("due", "every")),
        (("nrr",), ("region",), ("where", "every")),
        ((), ("region", "segment"), ("late", "due", "where", "every")),
    ],
)
def test_a_finding_touches_what_it_names_and_what_its_entity_is_read_for(
    metrics: tuple[str, ...], dimensions: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    findings = (
        Finding("late", "subscription", 1, "", metrics=("renewal_rate",)),
        Finding("due", "renewal", 1, ""),
        Finding("where", "account", 1, "", dimensions=("region",)),
        Finding("every", "ledger", 1, ""),
    )
    assert tuple(each.code for each in touching(findings, metrics, dimensions)) == kept


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--metric", "nnr", "--by", "segmnt"), ("'nrr'", "'segment'")),
        (("--metric", ","), ("empty name among the metrics",)),
        (("--window", "12m"), ("no window 12m", "every fact", "lichen measure")),
    ],
)
def test_instrument_refuses_what_has_no_meaning(
    published: Path, command: Command, asked: tuple[str, ...], words: tuple[str, ...]
) -> None:
    done = command("instrument", published, *asked)
    assert done.returncode == 2 and done.stdout == ""
    assert [word for word in words if word not in done.stderr] == []
