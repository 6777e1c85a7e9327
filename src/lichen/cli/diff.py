"""`lichen diff`: what moved from one run to another, beyond noise or not, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lichen.cli.options import By, Folder, Format, Metric, ShownAs

if TYPE_CHECKING:
    from lichen.workspace.differences import RunDiff

RunA = Annotated[
    str | None,
    typer.Argument(metavar="[RUN_A]", help="The earlier run; default: the one before RUN_B."),
]
RunB = Annotated[
    str | None, typer.Argument(metavar="[RUN_B]", help="The later run; default: the latest.")
]


def diff(
    folder: Folder,
    run_a: RunA = None,
    run_b: RunB = None,
    metric: Metric = None,
    by: By = None,
    window: Annotated[
        str | None, typer.Option("--window", help="12m, quarter or fiscal_year; default: all.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every change in the table, within noise too.")
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Without causes; needs no ledger and no time.")
    ] = False,
    form: ShownAs = Format.TABLE,
) -> None:
    """Which figures moved from one run to the next, beyond noise or not, and why."""
    from lichen.cli.printing import say
    from lichen.cli.progress_bar import watched
    from lichen.workspace import open_workspace

    workspace = open_workspace(folder)
    with watched() as progress:
        found = workspace.diff(
            run_a,
            run_b,
            metric=metric,
            by=by,
            window=window,
            split=not whole,
            progress=progress,
        )
    say(found.after.warning)
    _print(found, form, every)


def _print(found: RunDiff, form: Format, every: bool) -> None:
    from lichen.cli.diff_table import print_diff
    from lichen.cli.printing import print_json, print_rows, say
    from lichen.workspace.differences import ROW

    if form is Format.TABLE:
        print_diff(found, every=every)
        return
    if form is Format.JSON:
        print_json(found.as_dict())
        return
    rows = [{**row, "parts": [_part(each) for each in row["parts"]]} for row in found.rows()]
    print_rows(rows, form, ROW)
    for line in (found.title, *found.why()):
        say(line)


def _part(each: dict[str, object]) -> str:
    return f"{each['cause']}={each['exact']}"
