"""Why the two retention families differ: the run's own line-by-line table, arranged for reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from lichen.scorecards.published import Published
from lichen.vocabulary.figure import Figure
from lichen.vocabulary.format import format_words

_NEEDED = {"family", "groups", "line", "amount_minor", "accounts"}

_STEPS_TITLES = {
    "arr_to_renewals": "From opening ARR to what was due and decided",
    "loss_to_renewals": "From what the cohort lost to what renewals lost",
}

_LINE_TITLES = {
    "cohort_arr": "Opening ARR: the base of retention",
    "nothing_due": "of accounts with nothing due in the window",
    "not_in_cohort": "due from accounts that came after the opening",
    "due_above_arr": "due above opening ARR",
    "due_below_arr": "due below opening ARR",
    "due": "Due in the window",
    "undecided": "not yet decided",
    "renewals_base": "Due and decided: the base of renewals",
    "cohort_lost": "Lost by the cohort: behind GRR",
    "lost_with_nothing_due": "lost without a renewal due",
    "lost_outside_cohort": "lost by accounts that came after the opening",
    "lost_more_at_renewal": "lost at renewal, made up within the window",
    "lost_less_at_renewal": "lost between renewals",
    "renewals_lost": "Lost at renewal: behind the gross renewal rate",
}
_SUMS = frozenset(
    {
        "cohort_arr",
        "due",
        "renewals_base",
        "cohort_lost",
        "renewals_lost",
    }
)


@dataclass(frozen=True)
class ReconciliationLine:
    """One line in minor units of the workspace currency; sums are the levels steps lead between."""

    title: str
    amount_minor: int
    accounts: int
    is_sum: bool


@dataclass(frozen=True)
class Steps:
    """The lines that lead from one family's amount to the other's."""

    title: str
    lines: tuple[ReconciliationLine, ...]


@dataclass(frozen=True)
class Reconciliation:
    """Both families for the whole base, and the steps between them where the run keeps them."""

    cohort: tuple[Figure, ...]
    renewals: tuple[Figure, ...]
    steps: tuple[Steps, ...]
    sentence: str


def reconciliation(published: Published, tables: Mapping[str, pa.Table]) -> Reconciliation:
    """Both families of the newest window, reconciled by the run's `reconciliation` table."""
    cohort = _present(published, ("nrr", "grr", "logo_retention"))
    renewals = _present(published, ("renewal_net", "renewal_gross", "renewal_rate"))
    steps = _steps(tables.get("reconciliation"))
    return Reconciliation(cohort, renewals, steps, _sentence(cohort, renewals))


def _present(published: Published, metrics: tuple[str, ...]) -> tuple[Figure, ...]:
    figures = (published.figure(metric) for metric in metrics)
    return tuple(figure for figure in figures if figure is not None)


def _steps(table: pa.Table | None) -> tuple[Steps, ...]:
    if table is None or not set(table.column_names) >= _NEEDED:
        return ()
    families: dict[str, list[ReconciliationLine]] = {}
    for row in table.select(sorted(_NEEDED)).to_pylist():
        if row["groups"] == "" and row["family"] in _STEPS_TITLES:
            families.setdefault(row["family"], []).append(_line(row))
    return tuple(Steps(_STEPS_TITLES[name], tuple(lines)) for name, lines in families.items())


def _line(row: Mapping[str, object]) -> ReconciliationLine:
    name = str(row["line"])
    return ReconciliationLine(
        _LINE_TITLES.get(name, format_words(name)),
        int(str(row["amount_minor"])),
        int(str(row["accounts"])),
        name in _SUMS,
    )


def _sentence(cohort: tuple[Figure, ...], renewals: tuple[Figure, ...]) -> str:
    if not cohort or not renewals:
        return "This run publishes only one of the two retention families."
    return (
        "Two families answer two questions. Retention asks what all opening ARR became; renewal "
        "rates ask what became of the part that was due and decided. They differ by ARR that was "
        "not due, by changes between renewals, and by renewals still undecided."
    )
