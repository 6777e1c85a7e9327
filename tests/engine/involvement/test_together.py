"""Groupings joined into one hold the same accounts in the same groups."""

from __future__ import annotations

import pyarrow as pa

from lichen.engines import Engine
from lichen.involvement import together
from lichen.kernel.periods import FAR_MONTH
from lichen.vocabulary.grouping import Grouping

Held = set[tuple[str, int, int, int]]


def grouping(
    engine: Engine, name: str, cells: list[tuple[int, int, int, int]], labels: dict[int, str]
) -> Grouping:
    """Cells as (account, cell, from, to) and the group of each cell."""
    columns = ("account_key", "cell", "from_month", "to_month")
    table = pa.table({c: [row[i] for row in cells] for i, c in enumerate(columns)})
    named = pa.table({"cell": list(labels), "groups": list(labels.values())})
    dated = any(to < FAR_MONTH for *_, to in cells)
    return Grouping(name, (name,), engine.from_arrow(table), engine.from_arrow(named), dated)


def held(engine: Engine, groupings: list[Grouping]) -> Held:
    found = []
    for one in groupings:
        rows = one.cells.inner_join(one.labels, "cell")
        found += engine.to_arrow(rows).to_pylist()
    members = [(r["groups"], r["account_key"], r["from_month"], r["to_month"]) for r in found]
    assert len(members) == len(set(members)), "nobody enters a group twice"
    return set(members)


def test_joined_groupings_hold_the_same_accounts_in_the_same_groups(duckdb: Engine) -> None:
    always = grouping(duckdb, "segment", [(1, 0, 0, FAR_MONTH)], {0: "segment=smb"})
    involved = grouping(
        duckdb,
        "involved",
        [(1, 0, 0, 24_300), (1, 1, 24_300, FAR_MONTH)],
        {0: "involved=no", 1: "involved=yes"},
    )
    role = grouping(duckdb, "role", [(1, 0, 24_300, 24_312)], {0: "role=managed"})
    partner = grouping(
        duckdb, "partner", [(1, 0, 24_300, 24_312), (2, 1, 5, 9)], {0: "partner=a", 1: "partner=b"}
    )
    apart = [always, involved, role, partner]
    joined = together(duckdb, apart)
    assert [each.dated for each in joined] == [False, True]
    assert joined[1].dimensions == ("involved", "role", "partner")
    assert (
        held(duckdb, joined)
        == held(duckdb, apart)
        == {
            ("segment=smb", 1, 0, FAR_MONTH),
            ("involved=no", 1, 0, 24_300),
            ("involved=yes", 1, 24_300, FAR_MONTH),
            ("role=managed", 1, 24_300, 24_312),
            ("partner=a", 1, 24_300, 24_312),
            ("partner=b", 2, 5, 9),
        }
    )
