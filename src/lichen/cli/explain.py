"""`lichen explain`: one figure, down to its accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lichen.cli.options import Folder, Format, RunId, ShownAs

if TYPE_CHECKING:
    from lichen.workspace.history import History


def explain(
    folder: Folder,
    figure_id: Annotated[
        str, typer.Argument(metavar="FIGURE_ID", help="As cited, with or without its run.")
    ],
    run: RunId = None,
    accounts: Annotated[
        bool, typer.Option("--accounts", help="List the accounts behind the figure.")
    ] = False,
    history: Annotated[
        bool, typer.Option("--history", help="What every kept run published for the figure.")
    ] = False,
    form: ShownAs = Format.TABLE,
) -> None:
    """How one figure came about: definition, parts, inputs, findings, and with --accounts who."""
    from lichen.cli.printing import print_json, print_rows, say, tell
    from lichen.workspace import open_workspace

    workspace = open_workspace(folder)
    explanation = workspace.explain(figure_id, run)
    say(explanation.run.warning)
    if history:
        _print_history(workspace.history(figure_id, run), str(explanation), form)
        return
    if not accounts:
        if form is Format.TABLE:
            tell(str(explanation))
        elif form is Format.JSON:
            print_json(explanation.as_dict())
        else:
            row = explanation.figure.as_row()
            print_rows([row], form, list(row))
        return
    behind = workspace.accounts(figure_id, run)
    if form is Format.TABLE:
        tell(f"{explanation}\n")
    print_rows(behind.to_pylist(), form, behind.column_names)


def _print_history(found: History, explanation: str, form: Format) -> None:
    """A row a run, oldest first; the first line of the explanation says of what."""
    from lichen.cli.printing import print_rows, say, tell
    from lichen.workspace.history import COLUMNS

    if form is Format.TABLE:
        tell(f"{explanation.splitlines()[0]}\n")
    print_rows(found.shown() if form is Format.TABLE else found.rows(), form, COLUMNS)
    for line in found.unread:
        say(line)
