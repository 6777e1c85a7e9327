"""`lichen model`: what partners change, compared with similar accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lichen.cli.options import ExplainFlag, Folder, Format, RunId, ShownAs

if TYPE_CHECKING:
    from lichen.runs import Run
    from lichen.value.comparison.result import Compared
    from lichen.workspace.similar import Asked

QUESTIONS = ("compare", "pilots")


Question = Annotated[
    str, typer.Argument(metavar="[compare|pilots]", help="What to ask; default: compare.")
]
Exposed = Annotated[
    str | None,
    typer.Option(
        "--exposure",
        help="any, role=implemented, …; default: all that the run published, else any.",
    ),
]
Outcomes = Annotated[
    str | None,
    typer.Option("--outcome", "--metric", help="Only these outcomes, separated by commas."),
]
Horizon = Annotated[int | None, typer.Option("--horizon", help="Months after: 6, 12 or 24.")]
Between = Annotated[
    str | None,
    typer.Option(
        "--arms", help="starting: against no partner; adding: both with another one before."
    ),
]

Who = Annotated[
    bool, typer.Option("--who", help="With pilots: who is offered the play, and who is held out.")
]


def model(
    folder: Folder,
    question: Question = "compare",
    exposure: Exposed = None,
    outcome: Outcomes = None,
    horizon: Horizon = None,
    arms: Between = None,
    run: RunId = None,
    form: ShownAs = Format.TABLE,
    explain: ExplainFlag = False,
    who: Who = False,
) -> None:
    """What do partners change, compared with similar accounts without them?"""
    from lichen.cli.printing import say
    from lichen.cli.progress_bar import watched
    from lichen.workspace import open_workspace
    from lichen.workspace.naming import check_known
    from lichen.workspace.similar import asked, comparisons_of

    workspace = open_workspace(folder)
    check_known(("question", (question,), QUESTIONS))
    wanted = asked(exposure, outcome, horizon, arms)
    published = workspace.published(run)
    if question == "pilots":
        say(published.warning)
        _pilots(wanted, published, form, who)
        return
    with watched() as progress:
        found = comparisons_of(published, wanted, progress)
    say(published.warning)
    if explain:
        say(
            f"{len(found.comparisons)} comparisons of run {published.run_id}, as of "
            f"{published.as_of}: read as published, or computed from its ledger where it holds "
            "none of these."
        )
    _print(found, wanted, published, form)


def _pilots(wanted: Asked, run: Run, form: Format, who: bool) -> None:
    from lichen.cli.pilots import show_lots, show_pilots

    if who:
        show_lots(run, form)
    else:
        show_pilots(run, wanted.outcomes, wanted.horizon, form)


def _print(found: Compared, wanted: Asked, run: Run, form: Format) -> None:
    """One asked comparison is one JSON object; several, or all, are a list of them."""
    from lichen.cli.printing import print_json, print_rows
    from lichen.value.comparison.stored import COMPARISONS, comparison_tables
    from lichen.value.comparison.told import as_json

    if form is Format.TABLE:
        _show(found, run)
    elif form is Format.JSON:
        told = [as_json(each) for each in found.comparisons]
        is_one = wanted.exposure and len(wanted.outcomes) == 1 and len(told) == 1
        print_json(told[0] if is_one else told)
    else:
        table = comparison_tables(found.comparisons, ())[COMPARISONS]
        print_rows(table.to_pylist(), form, table.column_names)


def _show(found: Compared, run: Run) -> None:
    from lichen.reports.comparison_section import comparison_sections
    from lichen.reports.terminal import render_sections
    from lichen.scorecards.similar import similar_of

    partners = run.table("partners").to_pylist() if "partners" in run.table_names else []
    names = {row["partner_id"]: row["name"] for row in partners}
    held = similar_of(found.comparisons, found.ranks, names)
    render_sections(comparison_sections(held, run.currency, names))
