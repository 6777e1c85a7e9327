"""Reading runs: the one that the pointer names, a named one, or the last good one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lichen.kernel.errors import LichenError, UnknownName
from lichen.kernel.periods import Window
from lichen.runs.errors import NoRun, NoRunBefore, RunDamaged, RunFormatRefused, SeveralRuns
from lichen.runs.manifest import check_files, read_manifest
from lichen.runs.pointer import read_pointer, runs_folder
from lichen.vocabulary.finding import Finding

if TYPE_CHECKING:
    import pyarrow as pa

FIGURES = "figures.parquet"
TABLES = "tables"


@dataclass(frozen=True)
class Run:
    """One published run, checked against its manifest when it was opened.

    `warning` is set when this is not the run that the reader should have got; doors show it.
    """

    root: Path
    run_id: str
    manifest: Mapping[str, Any]
    warning: str | None = None

    @property
    def folder(self) -> Path:
        """Where the run's files are."""
        return runs_folder(self.root) / self.run_id

    @property
    def as_of(self) -> date:
        """The day that the figures see."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def currency(self) -> str:
        """The workspace currency that money figures are in."""
        return str(self.manifest["workspace"]["currency"])

    @property
    def windows(self) -> dict[str, Window]:
        """The windows that end at as-of, by kind (12m, quarter, fiscal_year)."""
        return {
            kind: Window(date.fromisoformat(span[0]), date.fromisoformat(span[1]))
            for kind, span in self.manifest["windows"].items()
        }

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader of the figures should know about the facts."""
        return tuple(Finding.from_stored(row) for row in self.manifest["findings"])

    @property
    def table_names(self) -> tuple[str, ...]:
        """Names of the run's tables."""
        prefix, suffix = f"{TABLES}/", ".parquet"
        return tuple(
            name.removeprefix(prefix).removesuffix(suffix)
            for name in sorted(self.manifest["files"])
            if name.startswith(prefix)
        )

    def figures(self) -> pa.Table:
        """Every figure of the run, in published order."""
        return self._read(FIGURES)

    def table(self, name: str) -> pa.Table:
        """One of the run's tables.

        Raises:
            UnknownName: the run has no such table.
        """
        if name not in self.table_names:
            raise UnknownName("table", name, self.table_names, f"run {self.run_id}")
        return self._read(f"{TABLES}/{name}.parquet")

    def _read(self, name: str) -> pa.Table:
        import pyarrow.parquet as pq

        try:
            return pq.read_table(self.folder / name)
        except OSError as error:
            raise RunDamaged(self.run_id, f"{name} cannot be read ({error})") from error


def list_runs(root: Path) -> list[str]:
    """Ids of the runs in the workspace, newest first, whether or not they are whole."""
    folder = runs_folder(root)
    if not folder.is_dir():
        return []
    return sorted(
        (path.name for path in folder.iterdir() if path.is_dir() and path.name[0] != "."),
        reverse=True,
    )


def open_run(root: Path, run_id: str) -> Run:
    """The run with this id, or with the only id that begins like this.

    Raises:
        NoRun: nothing has been published.
        UnknownName: no run has an id that begins like this.
        SeveralRuns: more than one has.
        RunDamaged, RunFormatRefused: it cannot be read.
    """
    known = list_runs(root)
    if not known:
        raise NoRun(root)
    matching = [name for name in known if name == run_id] or [
        name for name in known if run_id and name.startswith(run_id)
    ]
    if len(matching) > 1:
        raise SeveralRuns(run_id, matching)
    if not matching:
        raise UnknownName("run", run_id, known, str(runs_folder(root)))
    folder = runs_folder(root) / matching[0]
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    return Run(root, matching[0], manifest)


def latest(root: Path) -> Run:
    """The run that the pointer names; where that is missing or damaged, the last good one.

    In the second case `warning` says why and what to do.

    Raises:
        NoRun: there is no run to fall back on.
        RunFormatRefused: the run was written by a version of Lichen that this one cannot read;
            an older run is then not served in its place.
    """
    reason = _why_not_pointed(root)
    if isinstance(reason, Run):
        return reason
    reasons = [reason]
    for run_id in list_runs(root):
        try:
            run = open_run(root, run_id)
        except LichenError as error:
            reasons.append(error.sentence)
            continue
        return replace(
            run,
            warning=f"{reason} Showing run {run_id} instead, as of {run.as_of}. "
            f"Publish a new run with `lichen run {root}`.",
        )
    raise NoRun(root, tuple(dict.fromkeys(reasons)) if list_runs(root) else ())


def previous(run: Run) -> Run:
    """The run that was published before this one.

    Raises:
        NoRunBefore: this is the first of those kept.
        RunDamaged, RunFormatRefused: it cannot be read; an older one is not taken in its place.
    """
    older = [name for name in list_runs(run.root) if name < run.run_id]
    if not older:
        raise NoRunBefore(run.run_id, run.root)
    return open_run(run.root, older[0])


def _why_not_pointed(root: Path) -> Run | str:
    pointer = read_pointer(root)
    if pointer is None:
        return f"{runs_folder(root) / 'latest'} is missing or damaged."
    if pointer.run_id not in list_runs(root):
        return f"Run {pointer.run_id}, the latest, is no longer in {runs_folder(root)}."
    try:
        run = open_run(root, pointer.run_id)
    except RunFormatRefused:
        raise
    except RunDamaged as error:
        return error.sentence
    if run.manifest["seal"] != pointer.seal:
        return f"Run {pointer.run_id} is not the one that was published under this id."
    return run
