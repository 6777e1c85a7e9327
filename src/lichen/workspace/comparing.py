"""Two published runs compared: what moved, beyond noise or not, and which cause did how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lichen.kernel.progress import Progress, silent
from lichen.runs import Run
from lichen.scorecards.diff import FigureChange, Question, answers, exactly, measure_of
from lichen.scorecards.diff import split as parts_of
from lichen.scorecards.diff.pairing import Pair, Rank, appearances, pairs, ranking
from lichen.scorecards.diff.questions import LEVEL
from lichen.vocabulary.definitions import Target
from lichen.vocabulary.figure import Figure, parse_groups
from lichen.workspace.differences import RunDiff
from lichen.workspace.naming import WINDOWS, Names, check_known, names
from lichen.workspace.touching import named
from lichen.workspace.tracing import Trace, trace


@dataclass(frozen=True)
class Wanted:
    """Which figures are compared; empty = all, and `dimensions` None = by any."""

    metrics: tuple[str, ...] = ()
    dimensions: tuple[str, ...] | None = None
    windows: tuple[str, ...] = ()

    def takes(self, question: Question) -> bool:
        """Whether this question is asked for; levels close with every window."""
        if self.metrics and question.metric not in self.metrics:
            return False
        if self.windows and question.window not in (*self.windows, LEVEL):
            return False
        if self.dimensions is None:
            return True
        return sorted(parse_groups(question.groups)) == sorted(self.dimensions)


def wanted(metric: Names = None, by: Names = None, window: Names = None) -> Wanted:
    """Figures as a caller names them; `by=""` = of all accounts only.

    Raises:
        WrongKind, NothingNamed, UnknownName, UnknownNames: they cannot be used.
    """
    metrics, dimensions = named(metric, by or None)
    windows = names("window", window)
    check_known(("window", windows, WINDOWS))
    return Wanted(metrics, None if by is None else dimensions, windows)


def compare(
    before: Run,
    after: Run,
    asked: Wanted | None = None,
    *,
    split: bool = True,
    progress: Progress = silent,
) -> RunDiff:
    """What changed from one run to the other; see docs/algorithms/change_between_runs.md.

    `split=False` tells the changes without their causes, and opens no ledger.

    Raises:
        LedgerGone: a ledger that is needed is gone, or not as it was written.
        RunDamaged: a run's figures cannot be read.
    """
    every, later = (answers(run.figures(), run.windows) for run in (before, after))
    takes = (asked or Wanted()).takes
    earlier, later = ({q: each[q] for q in each if takes(q)} for each in (every, later))
    alike = before.currency == after.currency
    both = pairs(earlier, later, same_currency=alike)
    rank = ranking(_targets(after))
    traced = trace(before, after, both, progress) if split else Trace(whole="causes were not asked")
    changes = [_change(pair, traced, rank, every) for pair in both]
    return RunDiff(
        before=before,
        after=after,
        trace=traced,
        changes=tuple(sorted((c for c in changes if c.moved), key=lambda each: each.order)),
        appearances=appearances(earlier, later, rank, same_currency=alike),
        compared=len(changes),
    )


def _targets(run: Run) -> tuple[Target, ...]:
    return tuple(Target.model_validate(each) for each in run.manifest["targets"])


def _change(
    pair: Pair, traced: Trace, rank: Rank, every: Mapping[Question, Figure]
) -> FigureChange:
    question, whole = pair.question, traced.whole
    if question in traced.unlike:
        whole = "it cannot be made again as it was published"
    measure = measure_of(pair.before, pair.after)
    start, end = exactly(pair.before, measure), exactly(pair.after, measure)
    assert start is not None, "only figures with a value are paired"
    assert end is not None, "only figures with a value are paired"
    between = [exactly(values.get(question), measure) for values in traced.values]
    steps = list(zip(traced.causes, [*between, end], strict=False))
    parts = () if whole else parts_of(start, steps, end)
    everyone = every.get(replace(question, groups=""))
    total = everyone.value if everyone else None
    return FigureChange(question, pair.before, pair.after, parts, whole, rank(question), total)
