"""Which accounts are in which group of a dimension when, read from the groupings of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines import Engine
from lichen.ledger.facts import Facts
from lichen.vocabulary.figure import parse_groups
from lichen.vocabulary.grouping import Grouping


def group_spans(
    engine: Engine, groupings: Sequence[Grouping], dimension: str, codes: Mapping[str, int]
) -> ir.Table | None:
    """When accounts are in the groups of a dimension that `codes` names.

    account_key, code, from_month, to_month; None where no grouping speaks of the dimension.
    """
    held = [grouping for grouping in groupings if dimension in grouping.dimensions]
    parts = [
        _coded(grouping, engine.from_arrow(_codes(engine, grouping, dimension, codes)))
        for grouping in held
    ]
    if not parts:
        return None
    return engine.materialise(ibis.union(*parts) if len(parts) > 1 else parts[0])


def partner_spans(facts: Facts, groupings: Sequence[Grouping]) -> ir.Table | None:
    """When partners serve accounts: account_key, partner_key, from_month, to_month.

    A span holds at month ends from `from_month` up to, not including, `to_month`.
    """
    listed = facts.engine.to_arrow(facts.table("partner").select("partner_id", "partner_key"))
    keys = dict(
        zip(listed["partner_id"].to_pylist(), listed["partner_key"].to_pylist(), strict=True)
    )
    spans = group_spans(facts.engine, groupings, "partner", keys)
    return None if spans is None else spans.rename(partner_key="code")


def at_month(spans: ir.Table, month: int) -> ir.Table:
    """The spans that hold at a month end, without their months."""
    held = spans.filter(spans.from_month <= month, spans.to_month > month)
    return held.drop("from_month", "to_month")


def _codes(
    engine: Engine, grouping: Grouping, dimension: str, codes: Mapping[str, int]
) -> pa.Table:
    """label, code: the groups of this dimension alone."""
    texts = engine.to_arrow(grouping.labels.select("groups").distinct())["groups"].to_pylist()
    single = {text: parse_groups(text) for text in texts if text.startswith(f"{dimension}=")}
    named = {
        text: codes[groups[dimension]]
        for text, groups in single.items()
        if len(groups) == 1 and groups[dimension] in codes
    }
    return pa.table(
        {
            "label": pa.array(list(named), pa.string()),
            "code": pa.array(list(named.values()), pa.int64()),
        }
    )


def _coded(grouping: Grouping, codes: ir.Table) -> ir.Table:
    labelled = grouping.labels.inner_join(codes, grouping.labels.groups == codes.label)
    labelled = labelled.select("code", of_cell="cell")
    cells = grouping.cells
    met = cells.inner_join(labelled, cells.cell == labelled.of_cell)
    return met.select("account_key", "code", "from_month", "to_month")
