"""`lichen run`: from facts to a published, explained scorecard."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lichen.cli.options import Folder, Format

if TYPE_CHECKING:
    from lichen.cli.scorecard import Written
    from lichen.runs import Run
    from lichen.workspace import Workspace


WITH_FEEDS = (
    "ibis",
    "lichen.engines.duckdb",
    "lichen.workspace.measuring",
    "lichen.revenue.publish",
)
"""What measuring needs, in the order in which it does: imported while feeds are read."""

WHILE_MEASURING = ("altair", "vl_convert")
"""What only drawing needs: imported while figures are measured."""


class EngineName(StrEnum):
    """What computes."""

    DUCKDB = "duckdb"
    SPARK = "spark"


class RunFormat(StrEnum):
    """How the result is printed."""

    TABLE = "table"
    JSON = "json"


Without = Annotated[
    list[str] | None,
    typer.Option("--without", help="Leave a part out: model, the comparisons. May be repeated."),
]


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
    without: Without = None,
) -> None:
    """From facts to a published, explained scorecard."""
    from lichen.cli.pages import check_page
    from lichen.cli.printing import print_json, say_warnings, tell
    from lichen.cli.progress_bar import watched
    from lichen.cli.scorecard import write_pages
    from lichen.kernel.ahead import imported_ahead
    from lichen.workspace import open_workspace

    workspace = open_workspace(folder)
    say_warnings(workspace.checked)
    plan = workspace.plan(as_of, windows=window or (), engine=engine.value, without=without or ())
    if explain:
        print_json(plan.as_dict()) if form is RunFormat.JSON else tell(plan.explain())
        return
    check_page(html)
    with watched() as progress, imported_ahead(WITH_FEEDS, WHILE_MEASURING):
        published = plan.apply(progress)
        progress("Writing the scorecard")
        written = write_pages(workspace, published, also=html)
    _show(workspace, published, written, form)
    if html is not None and html not in written.pages:
        raise typer.Exit(2)


def _show(workspace: Workspace, run: Run, written: Written, form: RunFormat) -> None:
    from lichen.cli.printing import print_figures, say
    from lichen.cli.scorecard import print_written

    if form is RunFormat.JSON:
        print_figures(workspace.figures(run=run.run_id), Format.JSON)
    else:
        print_written(written)
        pages = "".join(f"\nScorecard: {page}" for page in written.pages[:1])
        typer.echo(f"\nRun {run.run_id}, as of {run.as_of}.{pages}")
    if written.why_not:
        say(f"Published {run.run_id}; the page was not written: {written.told}")
    elif form is RunFormat.JSON:
        say(f"Published {run.run_id}. Scorecard: {written.pages[0]}")
