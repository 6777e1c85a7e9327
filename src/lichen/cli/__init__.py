"""The command line: a table of verbs, each in a module that is imported when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

PLUGINS = "lichen.commands"
ASKED_FOR_TRACEBACK = "LICHEN_DEBUG"
INTERRUPTED = 130
STOPPED = (
    "lichen: stopped. A run that had not ended published nothing; readers keep the one before."
)


@dataclass(frozen=True)
class Verb:
    """Where a command lives, and the line that help shows without importing it."""

    module: str
    help: str


VERBS: dict[str, Verb] = {
    "init": Verb("lichen.cli.init", "Begin a workspace: a folder with a commented lichen.toml."),
    "simulate": Verb("lichen.cli.simulate", "Make an example ecosystem with known true effects."),
    "run": Verb("lichen.cli.run", "From facts to a published, explained scorecard."),
    "define": Verb("lichen.cli.define", "What do our words and metrics mean?"),
    "map": Verb("lichen.cli.map", "Where in the customer journey can a partner help?"),
    "instrument": Verb("lichen.cli.instrument", "Which facts arrived, and can we trust them?"),
    "measure": Verb("lichen.cli.measure", "What did revenue do, before asking why?"),
    "attribute": Verb("lichen.cli.attribute", "Who took part, and what share is theirs? (later)"),
    "model": Verb("lichen.cli.model", "What do partners change, against similar accounts?"),
    "act": Verb("lichen.cli.act", "Where should the next hour or dollar go? (later)"),
    "govern": Verb("lichen.cli.govern", "What do CS, partners, revenue and finance all look at?"),
    "diff": Verb("lichen.cli.diff", "What moved from one run to the next, and why?"),
    "watch": Verb("lichen.cli.watch", "A nightly run in a few lines: targets, moves, findings."),
    "explain": Verb("lichen.cli.explain", "How one figure came about, down to its accounts."),
}


class LazyCommand(TyperCommand):
    """A command that knows its help line and imports the rest when it is called."""

    def __init__(self, name: str, help: str, load: Callable[[], Any]) -> None:
        super().__init__(name=name, help=help, callback=None)
        self._load = load

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        return self._load().make_context(info_name, args, parent=parent, **extra)


class Verbs(TyperGroup):
    """The built-in verbs in playbook order, then what plugins add."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, verb in VERBS.items():
            self.add_command(LazyCommand(name, verb.help, partial(_built_in, name, verb)))

    def list_commands(self, ctx: Any) -> list[str]:
        return [*VERBS, *sorted(set(_plugins()) - set(VERBS))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        plugin = None if cmd_name in VERBS else _plugins().get(cmd_name)
        if plugin is None:
            return super().get_command(ctx, cmd_name)
        help = f"Added by {plugin.dist.name if plugin.dist else plugin.value}."
        return LazyCommand(cmd_name, help, lambda: _as_command(cmd_name, plugin.load()))


def main(arguments: list[str] | None = None) -> None:
    """The `lichen` command. Exits 0, 2 for a problem that the message explains, 130 on Ctrl-C."""
    root = typer.main.get_command(_application())
    _write_anything()
    try:
        root.main(args=arguments, prog_name="lichen")
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            typer.echo(STOPPED, err=True)
        raise
    except Exception as error:
        if os.environ.get(ASKED_FOR_TRACEBACK):
            raise
        typer.echo(_told(error), err=True)
        sys.exit(2)


def _write_anything() -> None:
    """A letter that the terminal's encoding lacks is written as an escape, and stops nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _told(error: Exception) -> str:
    from lichen.kernel.errors import LichenError
    from lichen.kernel.visible import visible

    if isinstance(error, LichenError):
        return visible(f"lichen: {error}", keep="\n")
    debug = f"Set {ASKED_FOR_TRACEBACK}=1 and run the same command again for the traceback"
    if isinstance(error, OSError):
        named = error.filename2 or error.filename
        where = f"{named}: " if named else ""
        return visible(
            f"lichen: {where}{error.strerror or error}. Check that the path is right, that you may "
            f"write there and that its disk has room. {debug}.",
        )
    return visible(
        f"lichen: unexpected {type(error).__name__}: {error}\n"
        f"This is a fault of Lichen or of its surroundings. {debug} to report.",
        keep="\n",
    )


def _built_in(name: str, verb: Verb) -> Any:
    from importlib import import_module

    return _as_command(name, getattr(import_module(verb.module), name))


def _as_command(name: str, target: Any) -> Any:
    """A click command from a function or a Typer application."""
    if not isinstance(target, typer.Typer):
        application = typer.Typer(add_completion=False, rich_markup_mode=None)
        application.command(name)(target)
        target = application
    return typer.main.get_command(target)


def _plugins() -> dict[str, Any]:
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=PLUGINS)}


def _application() -> typer.Typer:
    application = typer.Typer(
        cls=Verbs,
        help="What partners do for the customers you keep, in figures that finance accepts.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
    )
    application.callback()(_root)
    return application


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"lichen {version('lichen')}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_show_version, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """The options that stand before the verb."""
