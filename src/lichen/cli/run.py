"""`lichen run`: from facts to a published, explained scorecard."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lichen.cli.options import Folder, Format


class EngineName(StrEnum):
    """What computes."""

    DUCKDB = "duckdb"
    SPARK = "spark"


class RunFormat(StrEnum):
    """How the result is printed."""

    TABLE = "table"
    JSON = "json"


def run(
    folder: Folder,
    as_of: Annotated[
        str | None,
        typer.Option(help="YYYY-MM-DD; default: lichen.toml, else the last month the facts reach."),
    ] = None,
    window: Annotated[
        list[str] | None,
        typer.Option(help="12m, quarter or fiscal_year; may be repeated. Default: all."),
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="What computes.")] = EngineName.DUCKDB,
    explain: Annotated[bool, typer.Option("--explain", help="Print the plan and stop.")] = False,
    form: Annotated[RunFormat, typer.Option("--format", help="How figures are printed.")] = (
        RunFormat.TABLE
    ),
    html: Annotated[Path | None, typer.Option(help="Write the HTML scorecard here too.")] = None,
) -> None:
    """From facts to a published, explained scorecard."""
    from lichen.cli.printing import print_figures, print_json, say, say_warnings, tell
    from lichen.cli.scorecard import page_or_reason, print_scorecard
    from lichen.cli.watching import watched
    from lichen.workspace import open_workspace

    workspace = open_workspace(folder)
    say_warnings(workspace.checked)
    plan = workspace.plan(as_of, windows=window or (), engine=engine.value)
    if explain:
        print_json(plan.as_dict()) if form is RunFormat.JSON else tell(plan.explain())
        return
    with watched() as progress:
        published = plan.apply(progress)
        progress("Writing the scorecard")
        page = page_or_reason(workspace, published, also=html)
    if form is RunFormat.JSON:
        print_figures(workspace.figures(run=published.run_id), Format.JSON)
        say(f"Published {published.run_id}. Scorecard: {page}")
        return
    print_scorecard(workspace, published)
    typer.echo(f"\nRun {published.run_id}, as of {published.as_of}.\nScorecard: {page}")
