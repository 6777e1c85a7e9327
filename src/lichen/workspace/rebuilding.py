"""Rebuilding what stood behind a figure from the ledger that its run names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen import involvement, ledger
from lichen.engines import connect
from lichen.kernel.periods import Window, month_index
from lichen.ledger.errors import LedgerDamaged
from lichen.ledger.facts import Facts
from lichen.revenue.bridge import MOVES, changes, line_measures
from lichen.revenue.calendar import whole
from lichen.revenue.due import DueRenewals, renewals_due
from lichen.revenue.levels import Levels, levels_of
from lichen.revenue.outcomes.family import Asked
from lichen.revenue.outcomes.measure import outcomes_in, own_rows
from lichen.revenue.outcomes.population import served
from lichen.revenue.renewals import due_points
from lichen.revenue.retention import end_points_table
from lichen.revenue.spans import end_points
from lichen.revenue.tenure import followed, in_cells
from lichen.revenue.time_to_value import milestones_of, waits
from lichen.runs import Run
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure, parse_groups
from lichen.vocabulary.grouping import Grouping
from lichen.workspace.errors import NoAccountsBehind


@dataclass(frozen=True)
class Rebuilt:
    """The facts of a run, opened again as of its day and under its own definitions."""

    facts: Facts
    definitions: Definitions
    figure: Figure

    @property
    def levels(self) -> Levels:
        """ARR of these facts."""
        return levels_of(self.facts, self.definitions)

    @property
    def opens(self) -> int:
        """The month at whose end the figure's window opens."""
        return month_index(self.figure.window_from)

    @property
    def closes(self) -> int:
        """The month at whose end the figure's window closes."""
        return month_index(self.figure.window_to)

    def end_points(self) -> pa.Table:
        """The run's `end_points` table for this window, accounts in the groups at its opening."""
        points = end_points(self.levels, self.opens, self.closes)
        placed = self.inside(points.mutate(at=whole(self.opens)))
        return self.named(end_points_table(self.facts, placed.drop("at")))

    def levels_at_close(self) -> pa.Table:
        """ARR on the closing day of accounts in the groups on that day: arr_minor."""
        return self.named(self._standing(self.closes))

    def movements(self) -> pa.Table:
        """Per account, every line of the window's bridge in minor units.

        An account that enters or leaves the group while it has ARR does so in `regrouped`.
        """
        moves = self._moves()
        opening = self._standing(self.opens).select("account_key", opening=ibis._.arr_minor)
        closing = self._standing(self.closes).select("account_key", closing=ibis._.arr_minor)
        zero = whole(0)
        rows = ibis.union(
            moves.mutate(opening=zero, closing=zero),
            opening.mutate(**dict.fromkeys((*MOVES, "closing"), zero)).select(
                "account_key", *MOVES, "opening", "closing"
            ),
            closing.mutate(**dict.fromkeys((*MOVES, "opening"), zero)).select(
                "account_key", *MOVES, "opening", "closing"
            ),
        )
        lines = (*MOVES, "opening", "closing")
        summed = rows.group_by("account_key").aggregate(
            **{line: rows[line].sum().cast("int64") for line in lines}
        )
        moved = sum((summed[line] for line in MOVES), summed.opening)
        return self.named(summed.mutate(regrouped=summed.closing - moved))

    def renewals(self) -> pa.Table:
        """Renewals due in the window: renewal_id, due and renewed amounts, decided, is_renewed."""
        window = Window(self.figure.window_from, self.figure.window_to)
        rows = due_points(DueRenewals(self.levels, renewals_due(self.levels)), [window])
        placed = self.inside(rows.mutate(at=rows.group_month))
        return self.named(
            placed.select(
                "renewal_id",
                "account_key",
                "decided",
                "is_renewed",
                due_minor=placed.due,
                renewed_minor=placed.renewed,
            )
        )

    def outcomes(self) -> pa.Table:
        """Features of every family for accounts served in the window, one row an account.

        Where the facts name the figure's groups themselves, such as the partner that was rated,
        only theirs.
        """
        windows = (Window(self.figure.window_from, self.figure.window_to),)
        people = served(self.levels, windows)
        facts = involvement.believed(self.facts, self.definitions)
        asked = Asked(facts, self.definitions, self.levels, windows, people)
        told = own_rows(asked, self.figure.metric, self.figure.groups)
        if told is not None:
            return self.named(told.drop("month"))
        rows = self.facts.engine.materialise(outcomes_in(asked))
        placed = self.inside(rows.mutate(at=rows.group_month))
        return self.named(placed.drop("at", "month", "group_month"))

    def waits(self) -> pa.Table:
        """Per account that started in time, and kind of wait: days and cause, as `waits` has it."""
        words = self.definitions.time_to_value
        told = milestones_of(self.facts, words)
        assert told is not None, "a figure of waits was published, so a milestone was told"
        rows = waits(self.levels, told, self.closes, words.starts_months, 0)
        placed = self.inside(rows.mutate(at=rows.group_month))
        return self.named(placed.drop("at", "month", "group_month"))

    def lifetimes(self) -> pa.Table:
        """Per account that was lost in the group or is still in it: entry, left and ended.

        Ages in months, of the piece of its life in which that was; see `tenure.in_cells`.
        """
        rows = followed(self.levels, self.definitions)
        if self.figure.groups:
            parts = [in_cells(rows, each) for each in self._groupings()]
            rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
            rows = rows.filter(rows.final == 1)
        return self.named(rows.select("account_key", "entry", "left", "ended"))

    def _groupings(self) -> Iterator[Grouping]:
        """Groupings of nothing but the figure's own group."""
        wanted = tuple(sorted(parse_groups(self.figure.groups)))
        for made in involvement.groupings(self.facts, self.definitions, [wanted]):
            named = made.labels.filter(made.labels.groups == self.figure.groups).select("cell")
            yield replace(made, cells=made.cells.semi_join(named, "cell"), dated=True)

    def _moves(self) -> ir.Table:
        rows = changes(self.levels)
        rows = rows.filter(rows.month > self.opens, rows.month <= self.closes)
        placed = self.inside(rows.mutate(at=rows.group_month))
        amounts = line_measures(placed)
        return placed.select("account_key", **{line: amounts[line] for line in MOVES})

    def _standing(self, month: int) -> ir.Table:
        points = end_points(self.levels, month - 1, month)
        held = points.filter(points.booked > 0).select("account_key", arr_minor=points.booked)
        return self.inside(held.mutate(at=whole(month))).drop("at")

    def inside(self, rows: ir.Table) -> ir.Table:
        """The rows whose account is in the figure's groups at the end of month `at`."""
        wanted = tuple(sorted(parse_groups(self.figure.groups)))
        if not wanted:
            return rows
        made = involvement.groupings(self.facts, self.definitions, [wanted])
        parts = [
            rows.inner_join(
                spans,
                [
                    rows.account_key == spans.member,
                    spans.from_month <= rows.at,
                    rows.at < spans.to_month,
                ],
            ).select(*rows.columns)
            for spans in (_spans(grouping.cells, grouping.labels, self.figure) for grouping in made)
        ]
        return ibis.union(*parts) if len(parts) > 1 else parts[0]

    def named(self, rows: ir.Table) -> pa.Table:
        """The rows with the id and the name of their account in place of its key."""
        accounts = self.facts.table("account").select("account_key", "account_id", "name")
        bare = rows.drop("account_id") if "account_id" in rows.columns else rows
        return self.facts.engine.to_arrow(bare.inner_join(accounts, "account_key"))


@contextmanager
def rebuilt(run: Run, figure: Figure) -> Iterator[Rebuilt]:
    """What stood behind a figure of this run.

    Raises:
        NoAccountsBehind: the ledger that the run names is gone, or not as it was written.
    """
    folder = run.root / run.manifest["ledger"]["folder"]
    if not folder.is_dir():
        raise NoAccountsBehind(
            figure.figure_id,
            f"the ledger {folder} that run {run.run_id} names is gone",
            f"Run again with `lichen run {run.root} --as-of {run.as_of}`.",
        )
    try:
        # Other accounts may add up to the same sums, so every byte is compared, not only sizes.
        held = ledger.open_ledger(folder, deep=True)
    except LedgerDamaged as damaged:
        raise NoAccountsBehind(
            figure.figure_id,
            f"the ledger {folder} that run {run.run_id} names is not as it was written",
            f"Build it again with `lichen instrument {run.root}`, from the feeds of that run.",
        ) from damaged
    definitions = Definitions.model_validate(run.manifest["definitions"]["content"])
    with connect() as engine:
        facts = held.as_of(run.as_of, engine)
        yield Rebuilt(facts, definitions, figure)


def _spans(cells: ir.Table, labels: ir.Table, figure: Figure) -> ir.Table:
    """When accounts are in the figure's groups: member, from_month, to_month."""
    named = labels.filter(labels.groups == figure.groups).select("cell")
    inside = cells.semi_join(named, "cell")
    return inside.select("from_month", "to_month", member=inside.account_key)
