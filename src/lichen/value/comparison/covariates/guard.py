"""The guard between facts and covariates: nothing later than the start of the quarter passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.kernel.errors import LichenError
from lichen.kernel.periods import month_end
from lichen.value.comparison.covariates.asked import KEYS, NEWEST, Asked


class CovariateAfterStart(LichenError):
    """A covariate rests on a fact of a day after the one up to which facts may be used."""

    def __init__(
        self, covariate: str, landmark: int, account_key: int, found: date, q0: date
    ) -> None:
        self.covariate = covariate
        self.landmark = landmark
        self.account_key = account_key
        self.found = found
        self.q0 = q0
        super().__init__(
            f"The covariate '{covariate}' of account key {account_key} at landmark "
            f"{month_end(landmark)} rests on a fact of {found}, later than {q0}.",
            "Take only facts that had happened and were recorded by that day: read them with "
            "`Asked.before`.",
        )


class CovariateUndated(LichenError):
    """A covariate does not say how new the facts are that it rests on."""

    def __init__(self, covariate: str) -> None:
        self.covariate = covariate
        super().__init__(
            f"The covariate '{covariate}' does not say the newest day of the facts it rests on.",
            f"Give its rows with `Asked.summed`, or with a date column `{NEWEST}`.",
        )


@dataclass(frozen=True)
class Number:
    """One covariate that is a number: which columns feeds must provide, and what to do without.

    `needs` are entities and columns; with all of `instead` mapped they may be absent. A point
    without any fact has no value, or 0 where `zero_without_rows`.
    """

    name: str
    needs: tuple[tuple[str, str], ...]
    lacking: str
    zero_without_rows: bool = False
    instead: tuple[tuple[str, str], ...] = ()

    def is_mapped(self, asked: Asked) -> bool:
        """Whether feeds provide what it needs."""
        return bool(self.reads(asked))

    def reads(self, asked: Asked) -> tuple[tuple[str, str], ...]:
        """The columns that it is read from: `needs`, else `instead`, else none."""
        for columns in filter(None, (self.needs, self.instead)):
            if all(asked.facts.is_mapped(*column) for column in columns):
                return columns
        return ()


@dataclass(frozen=True)
class Source:
    """Covariates that are read from the same facts.

    `read` gives account_key, landmark, a column for each of the numbers that are mapped and of the
    words, and `newest`: the newest day of a fact that the row rests on, null where it rests on
    none that is dated. At most one row a point.
    """

    name: str
    read: Callable[[Asked], ir.Table]
    numbers: tuple[Number, ...] = ()
    words: tuple[str, ...] = ()

    def present(self, asked: Asked) -> tuple[str, ...]:
        """Names of its numbers that feeds provide."""
        return tuple(each.name for each in self.numbers if each.is_mapped(asked))

    def is_mapped(self, asked: Asked) -> bool:
        """Whether it has anything to give."""
        return bool(self.present(asked) or self.words)


def guarded(asked: Asked, sources: Sequence[Source]) -> ir.Table:
    """The points with the covariates of every source, kept: account_key, landmark and the columns.

    The only way from a source to a table of covariates.

    Raises:
        CovariateUndated: a source does not say how new its facts are.
        CovariateAfterStart: a source used a fact of after Q0.
    """
    rows = asked.points
    for source in sources:
        found = source.read(asked)
        if NEWEST not in found.columns or not found[NEWEST].type().is_date():
            raise CovariateUndated(source.name)
        kept = found.select(*KEYS, *_typed(found, source, asked), _evidence(found, source))
        rows = left_join(rows, asked.facts.engine.materialise(kept), KEYS)
    rows = asked.facts.engine.materialise(_filled(rows, sources, asked))
    _refuse_later(asked, rows, sources)
    return rows.drop("q0", *(_newest(source) for source in sources))


def _newest(source: Source) -> str:
    return f"{NEWEST}_{source.name}"


def _evidence(found: ir.Table, source: Source) -> ir.Value:
    return found[NEWEST].name(_newest(source))


def _typed(found: ir.Table, source: Source, asked: Asked) -> list[ir.Value]:
    numbers = [found[name].cast("float64").name(name) for name in source.present(asked)]
    return [*numbers, *(found[name].cast("string").name(name) for name in source.words)]


def _filled(rows: ir.Table, sources: Sequence[Source], asked: Asked) -> ir.Table:
    none = ibis.literal(0.0, "float64")
    filled = {
        number.name: ibis.coalesce(rows[number.name], none)
        for source in sources
        for number in source.numbers
        if number.zero_without_rows and number.is_mapped(asked)
    }
    return rows.mutate(**filled) if filled else rows


def _refuse_later(asked: Asked, rows: ir.Table, sources: Sequence[Source]) -> None:
    """Raise for the first source, in their order, with a fact of after Q0."""
    if not sources:
        return
    late = {source.name: rows[_newest(source)] > rows.q0 for source in sources}
    counted = {name: there.sum() for name, there in late.items()}
    counts = asked.facts.engine.to_arrow(rows.aggregate(**counted)).to_pylist()[0]
    for source in sources:
        if counts[source.name]:
            first = rows.filter(late[source.name]).order_by([*reversed(KEYS)]).limit(1)
            row = asked.facts.engine.to_arrow(first).to_pylist()[0]
            raise CovariateAfterStart(
                ", ".join((*source.present(asked), *source.words)),
                row["landmark"],
                row["account_key"],
                row[_newest(source)],
                row["q0"],
            )
