"""Markers: several traces of one involvement in raw systems, and which of them is believed.

A *place* is an opportunity, or an account where a row names none, with one role. Where the markers
of a place disagree about the partner, the first in the order of the definition decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.involvement.merges import on_surviving, survivors
from lichen.ledger.facts import Facts
from lichen.vocabulary.definitions import Definitions, Involvement

PLACE = ["is_deal", "place_key", "role"]
Kind = tuple[bool, str]
"""Whether a place is an opportunity, and the role."""

OVERLAPS = pa.schema(
    [
        ("first", pa.string()),
        ("second", pa.string()),
        ("both", pa.int64()),
        ("other_partner", pa.int64()),
        ("only_first", pa.int64()),
        ("only_second", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Markers:
    """What the markers of some facts say, and what of it counts.

    `order` are the markers found, the one that decides first in front, and `ranked` those of them
    that the definition names. `says` has PLACE, rank, partner_key; `overruled` the rows that do not
    count, with PLACE; `facts` are the same facts without those.
    """

    facts: Facts
    order: tuple[str, ...]
    ranked: frozenset[str]
    says: ir.Table
    overruled: ir.Table


def read_markers(facts: Facts, definitions: Definitions) -> Markers | None:
    """The markers of the involvement rows; None where no row has one."""
    if not facts.is_mapped("involvement", "marker"):
        return None
    rows, engine = facts.table("involvement"), facts.engine
    found = engine.to_arrow(rows.filter(rows.marker.notnull()).select("marker").distinct())
    if not found.num_rows:
        return None
    words = definitions.involvement
    order, listed = _in_order(found["marker"].to_pylist(), words)
    ranks = {"ranked_marker": pa.array(order), "rank": pa.array(range(len(order)), pa.int64())}
    placed = engine.materialise(_placed(facts, engine.from_arrow(pa.table(ranks))))
    says = engine.materialise(placed.select(*PLACE, "rank", "partner_key").distinct())
    believed = _believed(says, _complete(order, words))
    overruled = engine.materialise(placed.anti_join(believed, [*PLACE, "partner_key"]))
    counted = engine.materialise(rows.anti_join(overruled, "involvement_id"))
    decided = replace(facts, tables={**facts.tables, "involvement": counted})
    return Markers(decided, order, listed, says, overruled)


def overlaps(markers: Markers) -> pa.Table:
    """One row per pair of markers, in the shape of OVERLAPS: places by what the two say of them.

    Only places of a kind and role that both markers speak of anywhere are looked at. `both` counts
    those where the second names no partner but the first's, `other_partner` those where it does.
    """
    spoken, met = _spoken(markers), _met(markers)
    together = {pair for pair, _ in met}
    ranks = range(len(markers.order))
    # Two words that nobody ranked and that never meet are spellings, not sources.
    known = [rank for rank in ranks if markers.order[rank] in markers.ranked]
    pairs = together | {(a, b) for a in known for b in known if a < b}
    rows = []
    for a, b in sorted(pairs):
        kinds = spoken[a].keys() & spoken[b].keys()
        held = [met.get(((a, b), kind), (0, 0)) for kind in kinds]
        all_met, other = sum(each for each, _ in held), sum(each for _, each in held)
        alone = (sum(spoken[rank][kind] for kind in kinds) - all_met for rank in (a, b))
        rows.append((markers.order[a], markers.order[b], all_met - other, other, *alone))
    columns = zip(*rows, strict=True) if rows else [()] * len(OVERLAPS)
    return pa.table([pa.array(column) for column in columns], schema=OVERLAPS)


def _in_order(found: Iterable[str], words: Involvement) -> tuple[tuple[str, ...], frozenset[str]]:
    """The markers found in the order that decides, and those of them that have a declared place."""
    declared = list(dict.fromkeys(name.lower() for name in words.deciding_markers))
    present = set(found)
    listed = [name for name in declared if name in present]
    return (*listed, *sorted(present - set(listed))), frozenset(listed)


def _complete(order: tuple[str, ...], words: Involvement) -> list[int]:
    silent = {name.lower() for name in words.complete_markers}
    return [rank for rank, name in enumerate(order) if name in silent]


def _placed(facts: Facts, ranks: ir.Table) -> ir.Table:
    """Rows with a marker: id, account_key, PLACE, partner_key, rank."""
    rows = facts.table("involvement")
    rows = rows.filter(rows.marker.notnull()).select(
        "involvement_id", "account_key", "opportunity_key", "partner_key", "role", "marker"
    )
    rows = on_surviving(rows, survivors(facts))
    return rows.join(ranks, [("marker", "ranked_marker")]).select(
        "involvement_id",
        "account_key",
        "partner_key",
        "role",
        "rank",
        is_deal=rows.opportunity_key.notnull(),
        place_key=rows.opportunity_key.fill_null(rows.account_key),
    )


def _believed(says: ir.Table, complete: list[int]) -> ir.Table:
    """PLACE, partner_key: what the first marker of each place names, unless silence came before."""
    first = says.group_by(PLACE).aggregate(deciding=says["rank"].min())
    for rank in complete:
        first = _unless_silent(says, first, rank)
    named = says.join(first.rename({f"{name}_of_first": name for name in PLACE}), [
        *((name, f"{name}_of_first") for name in PLACE), ("rank", "deciding"),
    ])  # fmt: skip
    return named.select(*PLACE, "partner_key").distinct()


def _unless_silent(says: ir.Table, first: ir.Table, rank: int) -> ir.Table:
    """The places without those of which a complete marker of a higher rank says nothing.

    It would say something only of roles and of a kind of place that it speaks of elsewhere.
    """
    own = says.filter(says["rank"] == rank)
    spoken_of = own.select("is_deal", "role").distinct()
    outranked = first.filter(first.deciding > rank)
    silent = outranked.semi_join(spoken_of, ["is_deal", "role"]).anti_join(own, PLACE)
    return first.anti_join(silent, PLACE)


def _spoken(markers: Markers) -> list[dict[Kind, int]]:
    """By rank: how many places a marker speaks of, by kind of place and role."""
    places = markers.says.select(*PLACE, "rank").distinct()
    counted = places.group_by("rank", "is_deal", "role").aggregate(places=places.count())
    spoken: list[dict[Kind, int]] = [{} for _ in markers.order]
    for row in markers.facts.engine.to_arrow(counted).to_pylist():
        spoken[row["rank"]][row["is_deal"], row["role"]] = row["places"]
    return spoken


def _met(markers: Markers) -> dict[tuple[tuple[int, int], Kind], tuple[int, int]]:
    """By pair of ranks and kind: places both speak of, and those where the second differs."""
    says = markers.says
    firsts = says.select(*PLACE, "rank").distinct()
    second = says.rename({f"{name}_2": name for name in (*PLACE, "rank")})
    met = firsts.join(
        second,
        [*((name, f"{name}_2") for name in PLACE), firsts["rank"] < second["rank_2"]],
    ).select(*PLACE, "rank", "rank_2", "partner_key")
    named = says.select(*PLACE, "rank", "partner_key", agrees=ibis.literal(1, "int64"))
    renamed = {f"{name}_n": name for name in (*PLACE, "rank", "partner_key")}
    joined = met.left_join(
        named.rename(renamed), [(name, f"{name}_n") for name in (*PLACE, "rank", "partner_key")]
    )
    pairs = joined.group_by(*PLACE, "rank", "rank_2").aggregate(
        differs=joined.agrees.isnull().cast("int64").max()
    )
    counted = pairs.group_by("rank", "rank_2", "is_deal", "role").aggregate(
        places=pairs.count(), other=pairs.differs.sum().cast("int64")
    )
    return {
        ((row["rank"], row["rank_2"]), (row["is_deal"], row["role"])): (row["places"], row["other"])
        for row in markers.facts.engine.to_arrow(counted).to_pylist()
    }
