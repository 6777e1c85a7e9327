"""Open a workspace: the folder that holds definitions, feeds and runs."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from lichen.kernel.periods import WindowKind
from lichen.kernel.progress import Progress, silent
from lichen.runs import Run, latest, open_run, previous
from lichen.workspace.errors import NotADay, NoWorkspace, WrongKind
from lichen.workspace.naming import WINDOWS, Names, check_known, names
from lichen.workspace.selecting import select

if TYPE_CHECKING:
    import pyarrow as pa

    from lichen.value.comparison.result import Compared
    from lichen.vocabulary.definitions import Definitions
    from lichen.vocabulary.load import Checked
    from lichen.workspace.differences import RunDiff
    from lichen.workspace.explaining import Explanation
    from lichen.workspace.figures import FigureTable
    from lichen.workspace.history import History
    from lichen.workspace.plan import RunPlan

DEFINITIONS = "lichen.toml"
RUN_EXAMPLE = "the id that `workspace.run().run_id` gives"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def open_workspace(path: str | PathLike[str]) -> Workspace:
    """The workspace in this folder.

    Raises:
        WrongKind: `path` is no path.
        NoWorkspace: the folder is missing or holds no lichen.toml.
    """
    if not isinstance(path, str | PathLike):
        raise WrongKind("path", path, "the workspace folder", 'lichen.open("acme")')
    root = Path(path)
    if not root.is_dir():
        raise NoWorkspace(root, "it is a file" if root.exists() else "there is no such folder")
    if not (root / DEFINITIONS).is_file():
        raise NoWorkspace(root, f"it has no {DEFINITIONS}")
    return Workspace(root)


class Workspace:
    """One folder of facts, the definitions they are read by, and the runs made of them.

    `run` writes; everything else reads the published run (the latest, or the one named), so that
    every door shows the same figure.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def __repr__(self) -> str:
        return f"Workspace({str(self.root)!r})"

    @cached_property
    def definitions(self) -> Definitions:
        """The content of lichen.toml, read once.

        Raises:
            DefinitionsError: lists every problem of the file.
        """
        from lichen.vocabulary.problems import DefinitionsError

        if self.checked.definitions is None:
            raise DefinitionsError(self.root / DEFINITIONS, self.checked.problems)
        return self.checked.definitions

    @cached_property
    def checked(self) -> Checked:
        """The content of lichen.toml with its errors, warnings and notes, read once."""
        from lichen.vocabulary.load import check_definitions

        return check_definitions(self.root / DEFINITIONS)

    def plan(
        self,
        as_of: date | str | None = None,
        *,
        windows: Names = (),
        engine: str = "duckdb",
        without: Names = (),
    ) -> RunPlan:
        """What a run would do: a value to explain or to apply.

        `without="model"` leaves the comparisons with similar accounts out, which take longest.

        Raises:
            NotADay, WrongKind, UnknownName: an argument cannot be used.
            LichenError: the definitions or feeds cannot.
        """
        # Imported here: planning needs the engine, and readers of a run do without it.
        from lichen.workspace.plan import make_plan

        left_out = names("without", without)
        return make_plan(
            self.root, self.definitions, _day(as_of), _kinds(windows), engine, left_out
        )

    def run(
        self,
        as_of: date | str | None = None,
        *,
        windows: Names = (),
        engine: str = "duckdb",
        without: Names = (),
        progress: Progress = silent,
    ) -> Run:
        """Read the feeds, measure, compare, publish, and return the new run."""
        plan = self.plan(as_of, windows=windows, engine=engine, without=without)
        return plan.apply(progress)

    def published(self, run: str | None = None) -> Run:
        """The run that readers see, or the one with this id."""
        if run is None:
            return latest(self.root)
        return open_run(self.root, _text("run", run, RUN_EXAMPLE))

    def figures(
        self,
        metric: Names = None,
        by: Names = None,
        window: str | None = None,
        run: str | None = None,
    ) -> FigureTable:
        """Published figures; see `selecting.select` for how the arguments narrow them."""
        return select(self.published(run), metric, by, window)

    def comparisons(
        self,
        exposure: str | None = None,
        outcome: Names = None,
        horizon: int | None = None,
        arms: str | None = None,
        run: str | None = None,
        progress: Progress = silent,
    ) -> Compared:
        """Comparisons with similar accounts: those of the run, or the one asked for.

        Without arguments every comparison that the run published, with its ranked partners. What
        the run does not hold is computed from its ledger, under its own definitions.

        Raises:
            UnknownName, UnknownNames: no such exposure, outcome, horizon or arms.
            NothingCompared: nothing was named and the run has none.
        """
        from lichen.workspace.similar import asked, comparisons_of

        wanted = asked(exposure, outcome, horizon, arms)
        return comparisons_of(self.published(run), wanted, progress)

    def explain(self, figure_id: str, run: str | None = None) -> Explanation:
        """How a figure came about. `figure_id` may be cited as `run_id/figure_id`."""
        from lichen.workspace.explaining import explain

        run_id, identity = _cited(figure_id, run)
        return explain(self.published(run_id), identity)

    def accounts(self, figure_id: str, run: str | None = None) -> pa.Table:
        """The accounts behind a figure; their parts add up to its numerator and denominator."""
        from lichen.workspace.accounts import accounts_behind

        run_id, identity = _cited(figure_id, run)
        return accounts_behind(self.published(run_id), identity)

    def history(self, figure_id: str, run: str | None = None) -> History:
        """What every kept run published for a figure, so that restatements show."""
        from lichen.workspace.history import history

        run_id, identity = _cited(figure_id, run)
        return history(self.published(run_id), identity)

    def diff(
        self,
        before: str | None = None,
        after: str | None = None,
        *,
        metric: Names = None,
        by: Names = None,
        window: Names = None,
        split: bool = True,
        progress: Progress = silent,
    ) -> RunDiff:
        """Which figures moved from one run to another, beyond noise or not, and why.

        Without `after` the latest run; without `before` the run before that. `split=False` leaves
        the causes out and opens no ledger.

        Raises:
            NoRunBefore: there is no run before.
            LedgerGone: the facts of a run are needed again and are gone.
        """
        from lichen.workspace.comparing import compare, wanted

        asked = wanted(metric, by, window)
        later = self.published(after)
        earlier = self.published(before) if before is not None else previous(later)
        return compare(earlier, later, asked, split=split, progress=progress)


def _cited(figure_id: str, run: str | None) -> tuple[str | None, str]:
    cited = _text("figure_id", figure_id, "workspace.explain(figure.figure_id)")
    run_id, slash, identity = cited.rpartition("/")
    return (run_id, identity) if slash else (run, figure_id)


def _text(argument: str, found: object, example: str) -> str:
    if not isinstance(found, str):
        raise WrongKind(argument, found, "text", example)
    return found


def _kinds(windows: Names) -> tuple[WindowKind, ...]:
    given = names("window", windows)
    check_known(("window", given, WINDOWS))
    return tuple(map(WindowKind, given)) or tuple(WindowKind)


def _day(day: date | str | None) -> date | None:
    if isinstance(day, datetime):
        return day.date()
    if day is None or isinstance(day, date):
        return day
    if not isinstance(day, str):
        raise NotADay(str(day))
    # fromisoformat alone also reads 20251231 and week dates, which nobody meant as a day here.
    if not DAY.fullmatch(day):
        raise NotADay(day)
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise NotADay(day) from None
