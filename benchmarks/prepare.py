"""What every contender starts from: the same lines and the same groups, in Parquet."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from benchmarks.measuring import LICHEN
from lichen import involvement
from lichen.engines import Engine, connect
from lichen.ledger import load
from lichen.ledger.facts import Facts
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.grouping import Grouping

ENTITIES = (
    "account", "partner", "opportunity", "subscription", "renewal", "involvement",
    "attribute_change", "fx_rate", "usage",
)  # fmt: skip
STATIC = ("acquired_via", "segment", "industry", "region", "cohort_year")
DATED = ("segment", "served_via", "involved", "integrations", "services_pattern")
HOME = "USD"


def simulate(folder: Path, accounts: int, months: int = 36) -> None:
    """A workspace of this size from `lichen simulate`, unless it is already there."""
    if (folder / "lichen.toml").exists():
        return
    command = [LICHEN, "simulate", str(folder)]
    options = ["--accounts", str(accounts), "--months", str(months), "--seed", "1"]
    subprocess.run(
        [*command, *options, "--entities", ",".join(ENTITIES)], check=True, capture_output=True
    )
    words = folder / "lichen.toml"
    if not words.exists():
        words.write_text('[workspace]\nname = "Benchmark"\n', encoding="utf-8")


def prepare(folder: Path) -> Path:
    """Lines and groups of the workspace as plain Parquet in `folder/bench`.

    All lines are taken as in one currency: the comparison is about the shape of the work, and the
    other contenders do not convert.
    """
    out = folder / "bench"
    if (out / "done").exists():
        return out
    out.mkdir(exist_ok=True)
    definitions = Definitions()
    ledger = load(folder, definitions)
    with connect("duckdb") as engine:
        facts = ledger.as_of(ledger.default_as_of(definitions), engine)
        write_lines(facts, out)
        tables = {name: t for name, t in facts.tables.items() if name != "attribute_change"}
        still = dataclasses.replace(
            facts,
            tables=tables,
            mapped={
                name: columns
                for name, columns in facts.mapped.items()
                if name != "attribute_change"
            },
        )
        write_grouping(engine, one_grouping(still, definitions, STATIC), out / "static")
        write_grouping(engine, one_grouping(facts, definitions, DATED), out / "dated")
        write_wide(engine, still, definitions, out)
    (out / "done").write_text(facts.as_of.isoformat())
    return out


def one_grouping(facts: Facts, definitions: Definitions, names: tuple[str, ...]) -> Grouping:
    """The last grouping of these dimensions, with the total among its labels."""
    found = involvement.groupings(facts, definitions, [(name,) for name in names])[-1]
    cells = found.labels.select("cell").distinct().mutate(groups=ibis.literal(""))
    labels = found.labels.filter(found.labels.groups != "")
    return dataclasses.replace(found, labels=labels.union(cells.select("cell", "groups")))


def write_lines(facts: Facts, out: Path) -> None:
    """account_key, starts_on, ends_on, arr_minor, currency of every subscription."""
    rows = facts.table("subscription")
    lines = rows.select(
        "account_key", "starts_on", "ends_on", "arr_minor", currency=ibis.literal(HOME)
    )
    facts.engine.write_parquet(lines, out / "lines.parquet")


def write_grouping(engine: Engine, grouping: Grouping, stem: Path) -> None:
    """Cells and labels of a grouping."""
    engine.write_parquet(grouping.cells, stem.with_name(f"{stem.name}_cells.parquet"))
    engine.write_parquet(grouping.labels, stem.with_name(f"{stem.name}_labels.parquet"))


def write_wide(engine: Engine, facts: Facts, definitions: Definitions, out: Path) -> None:
    """One row per account with its five static groups as text, as others would have them."""
    day = facts.as_of
    long = engine.materialise(involvement.groups_at(facts, definitions, day, STATIC))
    wide: ir.Table = long.group_by("account_key").aggregate(
        **{name: long.value.max(where=long.dimension == name) for name in STATIC}
    )
    pq.write_table(engine.to_arrow(wide), out / "wide.parquet", compression="zstd")
