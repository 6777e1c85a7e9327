"""`lichen watch`: the nightly run, and what of it a person should see."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from lichen.cli.options import Folder
from lichen.cli.run import RunFormat

if TYPE_CHECKING:
    from lichen.runs import Run
    from lichen.vocabulary.finding import Finding
    from lichen.workspace import Workspace
    from lichen.workspace.nightly import Nightly

BROKEN = 1
"""The exit code where something that --fail-on names is there; 2 is a problem of the run itself."""

SHOWN = 10


class FailOn(StrEnum):
    """What ends the command with exit code 1."""

    MISSED_TARGETS = "missed-targets"
    UNMEASURED_TARGETS = "unmeasured-targets"
    ERRORS = "errors"


def watch(
    folder: Folder,
    no_run: Annotated[
        bool, typer.Option("--no-run", help="Read the latest run; make no new one.")
    ] = False,
    as_of: Annotated[
        str | None, typer.Option(help="YYYY-MM-DD; as for `lichen run`, default: the same.")
    ] = None,
    fail_on: Annotated[
        list[FailOn] | None,
        typer.Option(help="Exit with 1 if there are any; may be repeated."),
    ] = None,
    form: Annotated[RunFormat, typer.Option("--format", help="Text, or one JSON document.")] = (
        RunFormat.TABLE
    ),
) -> None:
    """Run, then say in a few lines where targets stand, what moved and why, and what is late."""
    from lichen.cli.printing import print_json, say, tell
    from lichen.cli.progress_bar import watched
    from lichen.workspace import open_workspace
    from lichen.workspace.nightly import nightly

    workspace = open_workspace(folder)
    with watched() as progress:
        run = workspace.published() if no_run else workspace.run(as_of, progress=progress)
        summary = nightly(run, progress)
    say(run.warning)
    if form is RunFormat.JSON:
        print_json(summary.as_dict())
    else:
        tell("\n".join(_lines(summary)))
    if not no_run:
        _write_page(workspace, run)
    if _is_broken(summary, fail_on or ()):
        raise typer.Exit(BROKEN)


def _is_broken(summary: Nightly, fail_on: list[FailOn] | tuple[()]) -> bool:
    broken = {
        FailOn.MISSED_TARGETS: summary.missed,
        FailOn.UNMEASURED_TARGETS: summary.unmeasured,
        FailOn.ERRORS: summary.errors,
    }
    return any(broken[each] for each in fail_on)


def _write_page(workspace: Workspace, run: Run) -> None:
    """The page of the new run, as `lichen run` writes it; a run stands without it."""
    from lichen.cli.printing import say
    from lichen.cli.scorecard import write_pages

    for reason in write_pages(workspace, run).why_not:
        say(f"Published {run.run_id}; the page was not written: {reason}")


def _lines(summary: Nightly) -> list[str]:
    """The summary as text, gravest first in every part; a part without news is one line."""
    return [
        f"Run {summary.run.run_id}, as of {summary.run.as_of}.",
        *summary.cautions,
        *_targets(summary),
        *_moves(summary),
        *_findings("New findings", summary.new),
        *_findings("Vanished findings", summary.vanished),
        *_findings("Feeds late", summary.late),
        *_findings("Findings of severity error", summary.errors),
    ]


def _targets(summary: Nightly) -> list[str]:
    from lichen.scorecards.targets import Standing
    from lichen.workspace.nightly import target_line

    if not summary.targets:
        return ["Targets: none set."]
    counts = ", ".join(f"{count} {name}" for name, count in summary.counts().items() if count)
    shown = [each for each in summary.targets if each.standing is not Standing.MET]
    return [f"Targets: {counts}.", *_indented(target_line(t, summary.run.currency) for t in shown)]


def _moves(summary: Nightly) -> list[str]:
    diff = summary.diff
    if diff is None:
        return []
    if diff.unchanged:
        return [f"Nothing changed since run {diff.before.run_id}."]
    beyond = diff.beyond_noise
    shown = [diff.sentence(each) for each in beyond[:SHOWN]]
    if len(beyond) > SHOWN:
        step = f"lichen diff {summary.run.root} {diff.before.run_id} {diff.after.run_id}"
        shown.append(f"{len(beyond) - SHOWN:,} more beyond noise: `{step}`.")
    return [
        f"Since run {diff.before.run_id}, as of {diff.before.as_of}:",
        *_indented(line for line in diff.why() if line not in summary.cautions),
        diff.count,
        *_indented(shown),
    ]


def _findings(title: str, findings: tuple[Finding, ...]) -> list[str]:
    if not findings:
        return [f"{title}: none."]
    told = (f"{each.severity}: {each.sentence}" for each in findings)
    return [f"{title}: {len(findings)}.", *_indented(told)]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]
