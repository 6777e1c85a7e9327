"""A definition's hash follows its meaning, and nothing else of the file."""

from __future__ import annotations

import pytest

from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.load import check_text

FILE = """\
[workspace]
name = "Acme"

[revenue]
grace_days = 30

[[target]]
metric = "nrr"
value = 1.0
owner = "Ada"
"""


def read(text: str) -> Definitions:
    definitions = check_text(text).definitions
    assert definitions is not None
    return definitions


def test_a_comment_does_not_change_a_hash() -> None:
    commented = FILE.replace("grace_days = 30", "# a month\ngrace_days = 30  # days")
    assert read(commented).hashes() == read(FILE).hashes()
    assert read(commented).version == read(FILE).version


def test_the_order_of_tables_does_not_change_a_hash() -> None:
    workspace, revenue, target = FILE.split("\n\n")
    assert read(f"{revenue}\n\n{target}\n{workspace}").hashes() == read(FILE).hashes()


def test_spelling_out_a_default_does_not_change_a_hash() -> None:
    assert read(FILE + "\n[runs]\nkeep = 24\n").hashes() == read(FILE).hashes()
    assert read(FILE + "\n[feeds.account]\n").hashes() == read(FILE).hashes()


def test_a_whole_number_and_the_same_number_with_a_point_have_one_hash() -> None:
    assert read(FILE.replace("1.0", "1")).hashes() == read(FILE).hashes()


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("Acme", "Acme Inc", "workspace"),
        ("grace_days = 30", "grace_days = 31", "revenue"),
        ("value = 1.0", "value = 1.1", "target"),
    ],
)
def test_each_definition_has_its_own_hash(before: str, after: str, changed: str) -> None:
    old, new = read(FILE), read(FILE.replace(before, after))
    moved = {name for name in old.hashes() if old.hashes()[name] != new.hashes()[name]}
    assert moved == {changed}
    assert old.version != new.version


def test_no_two_default_definitions_share_a_hash_by_having_the_same_content() -> None:
    hashes = Definitions().hashes()
    filled = [name for name in hashes if name not in ("feeds", "sources", "target")]
    assert len({hashes[name] for name in filled}) == len(filled)
