"""Whether those who were held out were left alone, and those who were not got the play."""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.ledger.facts import Facts
from lichen.value.pilots.assign import eve_of
from lichen.value.pilots.result import Compliance
from lichen.vocabulary.definitions import Pilot
from lichen.vocabulary.format import format_count


def compliance_of(facts: Facts, pilot: Pilot, arms: ir.Table, horizon: int) -> Compliance:
    """Accounts and what was drawn by arm, and who had a run of the play within the horizon."""
    rows = arms.mutate(unit=arms[f"{pilot.unit}_key"], got=ibis.null("boolean"))
    told = facts.is_mapped("play_run", "play")
    if told:
        runs = facts.table("play_run")
        until = ibis.date(eve_of(facts, pilot)) + ibis.interval(months=horizon)
        mine = runs.filter(
            runs.play == pilot.play,
            runs.starts_on >= ibis.date(pilot.starts_on),
            runs.starts_on <= until.cast("date"),
        )
        mine = mine.select("account_key").distinct().mutate(had=ibis.literal(True))
        rows = left_join(rows.drop("got"), mine, "account_key")
        rows = rows.mutate(got=rows.had.fill_null(ibis.literal(False)))
    counted = rows.group_by("held_out").agg(
        n=rows.count(), units=rows.unit.nunique(), got=rows.got.sum()
    )
    found = {row["held_out"]: row for row in facts.engine.to_arrow(counted).to_pylist()}
    empty = {"n": 0, "units": 0, "got": 0}
    offered, held = found.get(False, empty), found.get(True, empty)
    return Compliance(
        offered=offered["n"],
        offered_got=int(offered["got"]) if told else None,
        held_out=held["n"],
        held_out_got=int(held["got"]) if told else None,
        offered_units=offered["units"],
        held_out_units=held["units"],
    )


def compliance_findings(found: Compliance, pilot: Pilot) -> Iterator[str]:
    """What a reader must know of who got the play."""
    if found.offered_got is None or found.held_out_got is None:
        yield "No feed says who got the play. Map play_run."
        return
    if found.held_out_got:
        yield (
            f"{format_count(found.held_out_got)} of {format_count(found.held_out)} accounts that "
            f"were held out got {pilot.play} anyway. They count as held out, which makes the "
            "difference smaller than the play is worth."
        )
    missed = found.offered - found.offered_got
    if missed:
        yield (
            f"{format_count(missed)} of {format_count(found.offered)} accounts that were offered "
            f"{pilot.play} did not get it. They count as offered: the difference is that of the "
            "offer, not of the play."
        )
