"""How far new accounts have come: started, each milestone, and lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from lichen.vocabulary.format import format_words

FUNNEL = "value_funnel"
ENDS = ("started", "lost")
"""The first and the last row of the table; milestones stand between them."""


@dataclass(frozen=True)
class Stage:
    """How many accounts came so far, their share of all that started, and mean days to it."""

    name: str
    accounts: int
    share: float
    days: float | None

    @property
    def title(self) -> str:
        """The stage in words."""
        words = format_words(self.name)
        return words[:1].upper() + words[1:]


@dataclass(frozen=True)
class Funnel:
    """Accounts that started, those that reached each milestone, and those lost."""

    started: Stage
    between: tuple[Stage, ...]
    lost: Stage

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All of them, in the order in which accounts come to them."""
        return (self.started, *self.between, self.lost)

    @property
    def title(self) -> str:
        """What the last milestone says, in one sentence."""
        last = self.between[-1]
        return (
            f"{last.share:.0%} of {self.started.accounts:,} new accounts have come to "
            f"{format_words(last.name)}; {self.lost.accounts:,} were lost"
        )


def funnel(tables: Mapping[str, pa.Table]) -> Funnel | None:
    """The run's funnel; None where it keeps none, or nobody started or reached anything."""
    table = tables.get(FUNNEL)
    rows = table.to_pylist() if table is not None else []
    if len(rows) <= len(ENDS) or not rows[0]["accounts"]:
        return None
    started, *between, lost = (
        Stage(row["stage"], row["accounts"], row["share"], row["days"]) for row in rows
    )
    return Funnel(started, tuple(between), lost)
