"""Verbs whose capability comes later say so in one line."""

from __future__ import annotations

import typer


def announce(verb: str, what: str) -> None:
    """One line on stderr; exits 0, since nothing went wrong."""
    today = "run, define, instrument, measure, govern and explain"
    typer.echo(f"`lichen {verb}` comes later: {what}. Today there are {today}.", err=True)
