"""Pilots of a published run: who is held out, and what the play changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lichen.kernel.errors import LichenError, UnknownName
from lichen.runs import Run
from lichen.workspace.similar import ledger_of

if TYPE_CHECKING:
    import pyarrow as pa

    from lichen.ledger.facts import Facts
    from lichen.value.pilots import PilotReading
    from lichen.vocabulary.definitions import Definitions, Pilot


class NoPilots(LichenError):
    """The definitions of the run declare no pilot."""

    def __init__(self, run: Run) -> None:
        self.run_id = run.run_id
        super().__init__(
            f"Run {run.run_id} knows no pilot: its lichen.toml had no [[pilot]].",
            f"Declare one (name, play, starts_on, held_out) and run `lichen run {run.root}`.",
        )


def readings_of(
    run: Run, pilot: str | None = None, outcomes: Sequence[str] = (), horizon: int | None = None
) -> tuple[PilotReading, ...]:
    """Each pilot (or the one named) read as the experiment it is, from the run's ledger.

    Raises:
        NoPilots: the run's definitions declare none.
        UnknownName: no such pilot or outcome.
        FactsGone: the ledger of the run cannot be read.
    """
    from lichen.value.pilots import analyse

    wanted = _declared(run, pilot)
    with _facts_of(run) as (facts, definitions):
        return tuple(analyse(facts, definitions, each, outcomes, horizon) for each in wanted)


def lots_of(run: Run, pilot: str | None = None) -> pa.Table:
    """Who is offered the play and who is held out: pilot, play, account_id, partner_id, held_out.

    Raises:
        NoPilots, UnknownName, FactsGone: as `readings_of`.
    """
    import pyarrow as pa

    from lichen.value.pilots import assign

    wanted = _declared(run, pilot)
    with _facts_of(run) as (facts, definitions):
        tables = []
        for each in wanted:
            drawn = assign(facts, definitions, each)
            rows = facts.engine.to_arrow(drawn.select("account_id", "partner_id", "held_out"))
            for place, (name, text) in enumerate((("pilot", each.name), ("play", each.play))):
                rows = rows.add_column(place, name, pa.array([text] * rows.num_rows, pa.string()))
            tables.append(rows.sort_by("account_id"))
    return pa.concat_tables(tables)


def _declared(run: Run, name: str | None) -> tuple[Pilot, ...]:
    pilots = _definitions(run).pilot
    if not pilots:
        raise NoPilots(run)
    found = tuple(each for each in pilots if name in (None, each.name))
    if not found:
        raise UnknownName("pilot", str(name), [each.name for each in pilots])
    return found


def _definitions(run: Run) -> Definitions:
    from lichen.vocabulary.definitions import Definitions

    return Definitions.model_validate(run.manifest["definitions"]["content"])


@contextmanager
def _facts_of(run: Run) -> Iterator[tuple[Facts, Definitions]]:
    from lichen.engines import connect

    held = ledger_of(run)
    with connect() as engine:
        yield held.as_of(run.as_of, engine), _definitions(run)
