"""Comparisons as tables of a run and back, and one comparison as JSON.

`comparisons` has a row for each, `comparison_balance`, `comparison_overlap` and
`comparison_counts` the rows that hang on it by `comparison_id`, `comparison_partners` the ranked
partners. Rows stand in the order of the comparisons; columns are only ever added and are read by
name, so that a run of another version stays readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from lichen.kernel.ids import content_hash
from lichen.value.comparison.result import (
    BalanceRow,
    Comparison,
    Counts,
    Effect,
    EValue,
    Overlap,
    PartnerRank,
    Placebo,
)
from lichen.value.comparison.stored_columns import (
    BALANCE_COLUMNS,
    COMPARISON_COLUMNS,
    COUNT_COLUMNS,
    OVERLAP_COLUMNS,
    PARTNER_COLUMNS,
)
from lichen.vocabulary.figure import Verdict

COMPARISONS = "comparisons"
BALANCE = "comparison_balance"
OVERLAP = "comparison_overlap"
COUNTS = "comparison_counts"
PARTNERS = "comparison_partners"

TABLES = (COMPARISONS, BALANCE, OVERLAP, COUNTS, PARTNERS)
"""Names of the tables that comparisons are kept in."""

EFFECTS = ("naive", "matched", "weighted", "doubly_robust")
KEY = ("exposure", "outcome", "horizon", "estimand", "arms", "design")
"""What makes two comparisons different questions."""

_PLAIN = (*KEY, "unit", "direction", "primary", "exposed_mean", "control_mean", "low99", "high99")
_TEXT = ("p", "adjusted_p", "sentence")
_LISTS = ("landmarks", "disagree", "reasons", "findings")
_COUNTED = ("exposed", "matched", "unmatched", "controls", "pool", "ess", "prevalent")

Row = dict[str, Any]


def comparison_id(comparison: Comparison) -> str:
    """The id that the same question keeps from run to run; cited as `run_id/comparison_id`."""
    return content_hash([getattr(comparison, name) for name in KEY])


def comparison_tables(
    comparisons: Sequence[Comparison], ranks: Sequence[PartnerRank]
) -> dict[str, pa.Table]:
    """The tables of a run by name, empty ones too: a run without comparisons says that it has none.

    Two comparisons never ask the same question; see `KEY`.
    """
    return {
        COMPARISONS: _table(map(_row, comparisons), COMPARISON_COLUMNS),
        BALANCE: _table(_hanging(comparisons, _balance_rows), BALANCE_COLUMNS),
        OVERLAP: _table(_hanging(comparisons, _overlap_rows), OVERLAP_COLUMNS),
        COUNTS: _table(_hanging(comparisons, _count_rows), COUNT_COLUMNS),
        PARTNERS: _table((each._asdict() for each in ranks), PARTNER_COLUMNS),
    }


def stored_comparisons(tables: Mapping[str, pa.Table]) -> tuple[Comparison, ...]:
    """The comparisons of a run's tables, in the order in which they were published."""
    balance, overlap, counts = (_by_id(tables.get(name)) for name in (BALANCE, OVERLAP, COUNTS))
    return tuple(
        _comparison(
            row, *(held.get(row["comparison_id"], []) for held in (balance, overlap, counts))
        )
        for row in _rows(tables.get(COMPARISONS))
    )


def stored_ranks(tables: Mapping[str, pa.Table]) -> tuple[PartnerRank, ...]:
    """The ranked partners of a run's tables."""
    return tuple(
        PartnerRank(**{**_named(PartnerRank._fields, row), "verdict": Verdict(row["verdict"])})
        for row in _rows(tables.get(PARTNERS))
    )


def _row(comparison: Comparison) -> Row:
    row: Row = {"comparison_id": comparison_id(comparison), "verdict": comparison.verdict.value}
    row |= {name: getattr(comparison, name) for name in (*_PLAIN, *_TEXT)}
    row |= {name: list(getattr(comparison, name)) for name in _LISTS}
    for name in EFFECTS:
        row |= _prefixed(name, getattr(comparison, name))
    row |= {f"count_{name}": getattr(comparison.counts, name) for name in _COUNTED}
    if comparison.placebo:
        row |= _prefixed("placebo", comparison.placebo)
    if comparison.e_value:
        row |= _prefixed("e_value", comparison.e_value)
    return row


def _prefixed(prefix: str, held: Effect | Placebo | EValue) -> Row:
    return {f"{prefix}_{name}": value for name, value in held._asdict().items()}


def _balance_rows(comparison: Comparison) -> Iterable[Row]:
    return (row._asdict() for row in comparison.balance)


def _overlap_rows(comparison: Comparison) -> Iterable[Row]:
    held = comparison.overlap
    if held is None:
        return ()
    bins = zip(held.exposed, held.controls, held.matched, strict=True)
    return (
        {"bin": place, "exposed": exposed, "controls": controls, "matched": matched}
        for place, (exposed, controls, matched) in enumerate(bins)
    )


def _count_rows(comparison: Comparison) -> Iterable[Row]:
    return (
        {"reason": reason, "count": count} for reason, count in comparison.counts.reasons.items()
    )


def _hanging(
    comparisons: Sequence[Comparison], rows_of: Callable[[Comparison], Iterable[Row]]
) -> Iterable[Row]:
    for comparison in comparisons:
        identity = comparison_id(comparison)
        key = {name: getattr(comparison, name) for name in KEY}
        yield from ({"comparison_id": identity, **key, **row} for row in rows_of(comparison))


def _table(rows: Iterable[Row], columns: Mapping[str, pa.DataType]) -> pa.Table:
    held = list(rows)
    return pa.table(
        {name: [row.get(name) for row in held] for name in columns}, schema=pa.schema(columns)
    )


def _comparison(row: Row, balance: list[Row], overlap: list[Row], counts: list[Row]) -> Comparison:
    parts: Row = _named((*_PLAIN, *_TEXT), row)
    parts |= {name: tuple(row.get(name) or ()) for name in _LISTS}
    parts |= {name: Effect(**_under(name, Effect._fields, row)) for name in EFFECTS}
    reasons = {each["reason"]: each["count"] for each in counts}
    placebo = row.get("placebo_outcome") is not None
    e_value = row.get("e_value_value") is not None
    return Comparison(
        **parts,
        counts=Counts(**_under("count", _COUNTED, row), reasons=reasons),
        balance=tuple(BalanceRow(**_named(BalanceRow._fields, each)) for each in balance),
        overlap=_overlap(overlap),
        placebo=Placebo(**_under("placebo", Placebo._fields, row)) if placebo else None,
        e_value=EValue(**_under("e_value", EValue._fields, row)) if e_value else None,
        verdict=Verdict(row["verdict"]),
    )


def _overlap(rows: list[Row]) -> Overlap | None:
    if not rows:
        return None
    ordered = sorted(rows, key=lambda row: int(row["bin"]))
    return Overlap(*(tuple(row[name] for row in ordered) for name in Overlap._fields))


def _under(prefix: str, names: Iterable[str], row: Row) -> Row:
    return {name: row.get(f"{prefix}_{name}") for name in names}


def _named(names: Iterable[str], row: Row) -> Row:
    return {name: row.get(name) for name in names}


def _by_id(table: pa.Table | None) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in _rows(table):
        found.setdefault(row["comparison_id"], []).append(row)
    return found


def _rows(table: pa.Table | None) -> list[Row]:
    return [] if table is None else table.to_pylist()
