"""A key is found on the line where a person reads it."""

from __future__ import annotations

from lichen.vocabulary.lines import line_of, lines_of_keys

TEXT = '''\
top = 1
[workspace]
name = """
[not.a.table]
key = 'inside the text'
"""
fixed = [
    "segment",  # [also.no.table]
]
[feeds.subscription]
mode = "append"
[[target]]
groups = { segment = "smb" }
[[target]]
metric = "nrr"
[target.groups]
region = "EU"
'''


def test_keys_tables_and_rows_are_numbered_from_one() -> None:
    assert lines_of_keys(TEXT) == {
        ("top",): 1,
        ("workspace",): 2,
        ("workspace", "name"): 3,
        ("workspace", "fixed"): 7,
        ("feeds", "subscription"): 10,
        ("feeds", "subscription", "mode"): 11,
        ("target", 0): 12,
        ("target", 0, "groups"): 13,
        ("target", 0, "groups", "segment"): 13,
        ("target", 1): 14,
        ("target", 1, "metric"): 15,
        ("target", 1, "groups"): 16,
        ("target", 1, "groups", "region"): 17,
    }


def test_a_key_that_is_not_written_is_placed_at_its_table() -> None:
    lines = lines_of_keys(TEXT)
    assert line_of(("target", 1, "owner"), lines) == 14
    assert line_of(("workspace", "fixed", 0), lines) == 7
    assert line_of(("runs",), lines) is None
