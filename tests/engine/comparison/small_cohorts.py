"""Rows of one comparison, and who is in it, in the shapes that tests show."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from facts_from_rows import Row, facts_from_rows

from lichen.engines import Engine
from lichen.kernel.periods import month_end
from lichen.ledger.facts import Facts
from lichen.value.comparison.cohort import cohorts
from lichen.value.comparison.exposure import Exposure
from lichen.value.comparison.members import Cohorts
from lichen.vocabulary.definitions import Definitions

AS_OF = date(2025, 12, 31)
"""With a horizon of 12 months the last quarter compared is (2024-09-30, 2024-12-31]."""

TWO_QUARTERS = {"comparison": {"landmarks": 2}}
ANY = Exposure("any")
IMPLEMENTED = Exposure("role", "implemented")


def involved(account: int, partner: int, role: str, starts: str, ends: str | None = None) -> Row:
    """One involvement of the partner with this key."""
    return {
        "involvement_id": f"i{account}-{partner}-{role}-{starts}",
        "account_key": account,
        "partner_key": partner,
        "role": role,
        "starts_on": date.fromisoformat(starts),
        "ends_on": date.fromisoformat(ends) if ends else None,
    }


def partners(**kinds: str) -> list[Row]:
    """Partners p1, p2, … by their kinds, joined by `|`."""
    return [
        {"partner_key": int(name[1:]), "partner_id": name, "name": name, "kinds": words}
        for name, words in kinds.items()
    ]


def compared(
    engine: Engine,
    exposures: Sequence[Exposure] = (ANY,),
    words: Mapping[str, Any] = TWO_QUARTERS,
    horizon: int | None = None,
    **entities: Any,
) -> Cohorts:
    """The cohorts of these rows as of AS_OF; `arms` and `design` are passed on."""
    chosen = {key: entities.pop(key) for key in ("arms", "design") if key in entities}
    facts: Facts = facts_from_rows(engine, entities.pop("as_of", AS_OF), **entities)
    definitions = Definitions.model_validate_json(json.dumps(words))
    return cohorts(facts, definitions, exposures, horizon, **chosen)


def rows_of(cohorts: Cohorts, number: int = 0) -> list[Row]:
    """The members of one exposure, in order."""
    rows = cohorts.asked.facts.engine.to_arrow(cohorts.members(number)).to_pylist()
    return sorted(rows, key=lambda row: (row["landmark"], row["account_key"]))


def exposed(cohorts: Cohorts, number: int = 0) -> list[tuple[int, str, int]]:
    """Account, quarter's end and partner of the exposed."""
    return [
        (row["account_key"], str(row["t0"]), row["partner_key"])
        for row in rows_of(cohorts, number)
        if row["exposed"]
    ]


def controls(cohorts: Cohorts, number: int = 0) -> list[tuple[int, str]]:
    """Account and quarter's end of the controls."""
    return [
        (row["account_key"], str(month_end(row["landmark"])))
        for row in rows_of(cohorts, number)
        if not row["exposed"]
    ]
