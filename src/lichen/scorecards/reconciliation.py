"""Why the two retention families differ: the run's own line-by-line table, arranged for reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from lichen.scorecards.published import Published
from lichen.vocabulary.figure import Figure
from lichen.vocabulary.format import format_words

_MONEY_COLUMNS = ("amount_minor", "amount", "arr_minor", "value_minor", "value")
_COUNT_COLUMNS = ("accounts", "n", "count", "renewals")


@dataclass(frozen=True)
class ReconciliationLine:
    """One step from one family to the other, in minor units of the workspace currency."""

    title: str
    amount_minor: float | None
    count: int | None


@dataclass(frozen=True)
class Reconciliation:
    """Both families for the whole base, and the lines between them where the run keeps them."""

    cohort: tuple[Figure, ...]
    renewals: tuple[Figure, ...]
    lines: tuple[ReconciliationLine, ...]
    sentence: str


def reconciliation(published: Published, tables: Mapping[str, pa.Table]) -> Reconciliation:
    """Both families of the newest window, reconciled by the run's `reconciliation` table."""
    cohort = _present(published, ("nrr", "grr", "logo_retention"))
    renewals = _present(published, ("renewal_net", "renewal_gross", "renewal_rate"))
    lines = _lines(tables.get("reconciliation"))
    return Reconciliation(cohort, renewals, lines, _sentence(cohort, renewals))


def _present(published: Published, metrics: tuple[str, ...]) -> tuple[Figure, ...]:
    figures = (published.figure(metric) for metric in metrics)
    return tuple(figure for figure in figures if figure is not None)


def _lines(table: pa.Table | None) -> tuple[ReconciliationLine, ...]:
    if table is None or "line" not in table.column_names:
        return ()
    money = next((name for name in _MONEY_COLUMNS if name in table.column_names), None)
    count = next((name for name in _COUNT_COLUMNS if name in table.column_names), None)
    return tuple(
        ReconciliationLine(
            format_words(str(row["line"])),
            row[money] if money else None,
            row[count] if count else None,
        )
        for row in table.to_pylist()
    )


def _sentence(cohort: tuple[Figure, ...], renewals: tuple[Figure, ...]) -> str:
    if not cohort or not renewals:
        return "This run publishes only one of the two retention families."
    return (
        "Two families answer two questions. Retention asks what all opening ARR became; renewal "
        "rates ask what became of the part that was due and decided. They differ by ARR that was "
        "not due, by changes between renewals, and by renewals still undecided."
    )
