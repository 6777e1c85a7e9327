"""`lichen model DIR pilots`: plays held out by lot, read as the experiments they are."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lichen.cli.options import Format
from lichen.cli.printing import print_json, print_rows, say, tell

if TYPE_CHECKING:
    from lichen.runs import Run
    from lichen.value.pilots import PilotReading

COLUMNS = (
    "pilot",
    "outcome",
    "offered",
    "held_out",
    "offered_mean",
    "held_out_mean",
    "value",
    "low",
    "high",
    "adjusted_p",
    "verdict",
)


def show_pilots(run: Run, outcomes: tuple[str, ...], horizon: int | None, form: Format) -> None:
    """What each pilot of the run changed."""
    from lichen.workspace.piloting import readings_of

    found = readings_of(run, outcomes=outcomes, horizon=horizon)
    if form is Format.JSON:
        print_json([asdict(reading) for reading in found])
    elif form is Format.CSV:
        print_rows([row for reading in found for row in _rows(reading)], form, COLUMNS)
    else:
        tell("\n\n".join(_told(reading) for reading in found))


def show_lots(run: Run, form: Format) -> None:
    """Who is offered the play of each pilot, and who is held out."""
    from lichen.workspace.piloting import lots_of

    lots = lots_of(run)
    print_rows(lots.to_pylist(), form, lots.column_names)
    held = sum(lots["held_out"].to_pylist())
    say(f"{held:,} of {lots.num_rows:,} accounts are held out: do not offer them the play.")


def _rows(reading: PilotReading) -> list[dict[str, Any]]:
    return [
        {**asdict(each), "pilot": reading.pilot, **each.effect._asdict()}
        for each in reading.outcomes
    ]


def _told(reading: PilotReading) -> str:
    who = reading.compliance
    head = (
        f"{reading.pilot}: the play '{reading.play}' from {reading.starts_on}, "
        f"{who.offered:,} accounts offered and {who.held_out:,} held out by lot, read after "
        f"{reading.horizon} months"
    )
    lines = [f"  {each.verdict.replace('_', ' ')}: {each.sentence}" for each in reading.outcomes]
    return "\n".join([head, *lines, *(f"  Note: {told}" for told in reading.findings)])
