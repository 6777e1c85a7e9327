"""What can keep a workspace from opening, running or answering."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from lichen.kernel.errors import LichenError, UnknownName, did_you_mean


class NoWorkspace(LichenError):
    """The folder is missing, or is not a workspace."""

    def __init__(self, root: Path, what: str) -> None:
        self.root = root
        super().__init__(
            f"{root} is not a workspace: {what}.",
            f"Begin one with `lichen init {root}`, or name another folder.",
        )


class AsOfOutOfReach(LichenError):
    """Figures were asked as of a day that the facts do not reach."""

    def __init__(self, day: date, newest: date | None, last: date | None) -> None:
        self.day = day
        self.newest = newest
        self.last = last
        if newest is None:
            super().__init__(
                f"There is nothing to measure as of {day}: no fact has a date.",
                "Put feeds such as feeds/account.csv and feeds/subscription.csv in the workspace.",
            )
            return
        super().__init__(
            f"Figures as of {day} are out of reach of the facts: the newest one is of {newest}, "
            "and figures go up to five years beyond it.",
            f"Name a day from 1900-01-01 to {last}, or leave as-of out to end at the newest fact.",
        )


class WrongKind(LichenError):
    """An argument of the Python interface is of a kind that says nothing here."""

    def __init__(self, argument: str, found: object, expected: str, example: str) -> None:
        self.argument = argument
        self.found = found
        super().__init__(
            f"`{argument}` was given {found!r} ({type(found).__name__}), expected {expected}.",
            f"Write for example {example}.",
        )


class NothingNamed(LichenError):
    """A list of names that is empty, or has nothing between two commas."""

    def __init__(self, what: str, found: object) -> None:
        self.what = what
        self.found = found
        super().__init__(
            f"There is an empty name among the {what}s: found {found!r}.",
            f"Name each {what} once, with a comma between two, or leave the option out.",
        )


class UnknownNames(LichenError):
    """Several names that are not among the known ones: (what it should be, found, known) each."""

    def __init__(self, wrong: Sequence[tuple[str, str, Iterable[str]]]) -> None:
        self.found = tuple(found for _, found, _ in wrong)
        lines, unlike = [], {}
        for what, found, known in wrong:
            hint = did_you_mean(found, known)
            if hint.startswith("Known"):
                unlike[f"{what}s"] = hint.removeprefix("Known names: ").removesuffix(".")
                hint = ""
            lines.append(f"There is no {what} named '{found}'. {hint}".rstrip())
        listed = [f"Known {what}: {names}." for what, names in unlike.items()]
        super().__init__("\n".join([*lines, *listed]), "Correct them and ask again.")


class FeedsChanged(LichenError):
    """A feed was replaced between planning a run and reading it."""

    def __init__(self, planned: str, found: str) -> None:
        self.planned = planned
        self.found = found
        super().__init__(
            f"The feeds changed while the run began: it was planned for ledger {planned} and read "
            f"{found}. Nothing was published.",
            "Run again when the export has finished.",
        )


class NotADay(LichenError):
    """Text that should name a day does not."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(f"'{found}' is not a day.", "Write it as YYYY-MM-DD, such as 2026-09-30.")


NEEDED = ("account", "subscription")
"""Entities without which there is no figure at all."""


class NothingToMeasure(LichenError):
    """There are no facts, or every measure came back without a figure."""

    def __init__(self, day: date | None, missing: Iterable[str]) -> None:
        self.day = day
        names = sorted(missing)
        when = f" as of {day}" if day else ""
        if names:
            feeds = " and ".join(f"feeds/{name}.csv" for name in names)
            super().__init__(
                f"No figure can be made{when}: there are no facts of {' or '.join(names)}.",
                f"Add {feeds}, or see `lichen instrument` for what was quarantined.",
            )
            return
        super().__init__(
            f"No figure can be made{when}: no account had ARR by then.",
            "Name a later day with --as-of, or see `lichen instrument`.",
        )


class UnpublishedGroups(LichenError):
    """The run holds no figures for this combination of dimensions."""

    def __init__(self, dimensions: tuple[str, ...], published: Iterable[tuple[str, ...]]) -> None:
        self.dimensions = dimensions
        asked = " and ".join(dimensions)
        known = ", ".join("+".join(each) for each in sorted(published) if each)
        if len(dimensions) == 2:
            pair = ", ".join(f'"{name}"' for name in dimensions)
            step = f"Add [{pair}] to pairs under [scorecard] in lichen.toml and run again."
        else:
            step = "Runs publish single dimensions and pairs."
        super().__init__(
            f"This run publishes no figures by {asked}.", f"{step} Published: {known or 'totals'}."
        )


class UnpublishedMetric(LichenError):
    """The catalogue knows the metric, but this run has no figure of it that fits."""

    def __init__(
        self, metric: str, run_id: str, why: str, made_from: Iterable[tuple[str, str]] = ()
    ) -> None:
        """`made_from` are the entities whose facts would give it, each with its algorithm page."""
        self.metric = metric
        self.made_from = tuple(made_from)
        step = (
            "See `lichen instrument` for feeds that are missing, or ask without --by and --window."
        )
        if self.made_from:
            feeds = " and ".join(dict.fromkeys(f"feeds/{name}.csv" for name, _ in self.made_from))
            pages = " and ".join(
                dict.fromkeys(f"docs/algorithms/{page}.md" for _, page in self.made_from)
            )
            step = (
                f"It is made from {feeds}: add what is missing or map it from an export, with the "
                f"columns that {pages} names. `lichen instrument` shows what arrived."
            )
        super().__init__(f"Run {run_id} has no figure of {metric} {why}.", step)


class NoWindowOfFacts(LichenError):
    """A window was asked of a load, which reads every fact whatever its day."""

    def __init__(self, window: str, root: Path) -> None:
        self.window = window
        super().__init__(
            f"`lichen instrument` has no window {window}: it checks every fact that arrived, and "
            "windows are cut when figures are measured.",
            f"Leave --window out, or see `lichen measure {root} --window 12m`.",
        )


class SourceAlone(LichenError):
    """A source was named where all of them are loaded together."""

    def __init__(self, source: str, root: Path) -> None:
        self.source = source
        super().__init__(
            f"`--source {source}` stands without --suggest, and a load reads every source.",
            f"Leave it out, or see `lichen instrument {root} --suggest --source {source}`.",
        )


class UnknownFigure(UnknownName):
    """No figure of the run has this id."""

    def __init__(self, figure_id: str, run_id: str, known: Iterable[str]) -> None:
        LichenError.__init__(
            self,
            f"Run {run_id} has no figure {figure_id}.",
            _nearest(figure_id, list(known)),
        )


class NoAccountsBehind(LichenError):
    """The accounts behind a figure cannot be listed from what the run kept."""

    def __init__(self, figure_id: str, why: str, next_step: str) -> None:
        self.figure_id = figure_id
        sentence = f"The accounts behind figure {figure_id} cannot be listed: {why}."
        super().__init__(sentence, next_step)


class LedgerGone(LichenError):
    """The facts of a run are needed again, and are not there."""

    def __init__(self, run_id: str, folder: Path, what: str, root: Path) -> None:
        self.run_id = run_id
        self.folder = folder
        super().__init__(
            f"The causes of a change cannot be told: the ledger {folder} that run {run_id} names "
            f"{what}.",
            "Restore it from a backup, compare runs whose ledgers are there, or read the change "
            f"without its causes with `lichen diff {root} --whole`.",
        )


def _nearest(figure_id: str, known: list[str]) -> str:
    hint = did_you_mean(figure_id, known) if len(known) <= 20_000 else ""
    if not hint.startswith("Did"):
        return "Figure ids stand in the last column of `lichen measure`."
    return hint
