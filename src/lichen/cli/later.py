"""Verbs whose capability comes later take the arguments of all verbs and say so in one line."""

from __future__ import annotations

from collections.abc import Callable

import typer

from lichen.cli.options import (
    AskedWindow,
    By,
    ExplainFlag,
    Folder,
    Format,
    Metric,
    RunId,
    ShownAs,
)

TODAY = "Today there are run, define, instrument, measure, model, govern, diff, watch and explain."


def later(verb: str, question: str, what: str) -> Callable[..., None]:
    """The command of a verb that comes later; exits 0, since nothing went wrong.

    Its arguments are those that it will have, so that scripts may be written now.
    """

    def command(
        folder: Folder,
        metric: Metric = None,
        by: By = None,
        window: AskedWindow = None,
        run: RunId = None,
        form: ShownAs = Format.TABLE,
        explain: ExplainFlag = False,
    ) -> None:
        from lichen.workspace import open_workspace

        open_workspace(folder)
        typer.echo(f"`lichen {verb}` comes later: {what}. {TODAY}", err=True)

    command.__doc__ = f"{question} Comes later."
    return command
