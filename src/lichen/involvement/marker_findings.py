"""What markers that disagree mean for groups, in counts and in the rule that decided."""

from __future__ import annotations

import pyarrow as pa

from lichen.involvement.markers import PLACE, Markers, overlaps
from lichen.kernel.errors import did_you_mean
from lichen.ledger.valued import arr_share
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.dimensions import DIMENSIONS
from lichen.vocabulary.finding import Finding, Severity

EXAMPLES = 5
PAIRS = 3
"""Pairs of markers named in the sentence; the run's table has every one."""

PARTNER_SIDE = tuple(name for name, each in DIMENSIONS.items() if each.partner_side)


def marker_findings(markers: Markers | None, definitions: Definitions) -> list[Finding]:
    """Places whose markers disagree, and markers that have no place in the order."""
    if markers is None:
        return []
    return [*_disagreeing(markers, definitions), *_unranked(markers, definitions)]


def _disagreeing(markers: Markers, definitions: Definitions) -> list[Finding]:
    engine, overruled = markers.facts.engine, markers.overruled
    rows = engine.to_arrow(overruled.select("involvement_id").order_by("involvement_id"))
    if not rows.num_rows:
        return []
    different = overruled.select(*PLACE).distinct()
    places = engine.to_arrow(different.aggregate(n=different.count()))["n"][0].as_py()
    where = "In 1 place" if places == 1 else f"In {places:,} places"
    left_out = "1 involvement was" if rows.num_rows == 1 else f"{rows.num_rows:,} involvements were"
    accounts = overruled.select("account_key").distinct()
    return [
        Finding(
            "markers_disagree",
            "involvement",
            places,
            f"{where} (an opportunity or account, and a role) markers disagree about the partner"
            f"{_pairs(overlaps(markers))}. {left_out} left out of groups and origins: the first of "
            f"{', '.join(markers.order)} decides. Correct the others at the source, or change "
            "involvement.deciding_markers.",
            Severity.WARNING,
            tuple(rows["involvement_id"].to_pylist()[:EXAMPLES]),
            dimensions=PARTNER_SIDE,
            arr_share=arr_share(markers.facts, accounts, definitions.workspace.currency),
        )
    ]


def _pairs(table: pa.Table) -> str:
    """The pairs that name other partners most often, in words."""
    rows = sorted(table.to_pylist(), key=lambda row: (-row["other_partner"], row["first"]))
    told = [
        f"{row['second']} against {row['first']} {row['other_partner']:,}"
        for row in rows
        if row["other_partner"]
    ]
    return f": {', '.join(told[:PAIRS])}" if told else ""


def _unranked(markers: Markers, definitions: Definitions) -> list[Finding]:
    unknown = [name for name in markers.order if name not in markers.ranked]
    if not unknown:
        return []
    order = definitions.involvement.deciding_markers
    named = ", ".join(
        f"'{name}'" + (f" ({near.rstrip('.')})" if (near := did_you_mean(name, order)) else "")
        for name in unknown[:EXAMPLES]
    )
    more = f" and {len(unknown) - EXAMPLES} more" if len(unknown) > EXAMPLES else ""
    return [
        Finding(
            "markers_unranked",
            "involvement",
            len(unknown),
            f"Involvement carries markers without a place in the order: {named}{more}. They decide "
            "after all others, by name. Give them a place in involvement.deciding_markers.",
            Severity.NOTE,
            tuple(unknown[:EXAMPLES]),
            dimensions=PARTNER_SIDE,
        )
    ]
