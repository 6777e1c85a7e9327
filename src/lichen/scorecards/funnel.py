"""How far new accounts have come: started, each milestone, and lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from lichen.vocabulary.format import format_words

FUNNEL = "value_funnel"


@dataclass(frozen=True)
class Stage:
    """How many accounts came so far, and after how many days on average."""

    name: str
    accounts: int
    days: float | None

    @property
    def title(self) -> str:
        """The stage in words."""
        words = format_words(self.name)
        return words[:1].upper() + words[1:]


@dataclass(frozen=True)
class Funnel:
    """Accounts that started, those that reached each milestone, and those lost."""

    started: int
    stages: tuple[Stage, ...]
    lost: int

    @property
    def title(self) -> str:
        """What the last milestone says, in one sentence."""
        last = self.stages[-1]
        share = last.accounts / self.started
        return (
            f"{share:.0%} of {self.started:,} new accounts have come to "
            f"{format_words(last.name)}; {self.lost:,} were lost"
        )


def funnel(tables: Mapping[str, pa.Table]) -> Funnel | None:
    """The run's funnel; None where it keeps none, or nobody started or reached anything."""
    table = tables.get(FUNNEL)
    if table is None:
        return None
    rows = table.to_pylist()
    started, *between, lost = rows
    stages = tuple(Stage(row["stage"], row["accounts"], row["days"]) for row in between)
    if not stages or not started["accounts"]:
        return None
    return Funnel(started["accounts"], stages, lost["accounts"])
