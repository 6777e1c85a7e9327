"""What to simulate, checked before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from lichen.kernel.errors import LichenError, UnknownName
from lichen.kernel.periods import month_end, month_index
from lichen.simulation.calendar import Calendar
from lichen.simulation.confounding import CONFOUNDING
from lichen.simulation.effects import Effects
from lichen.vocabulary.entities import ENTITIES

FEEDS = (
    "account",
    "attribute_change",
    "partner",
    "opportunity",
    "subscription",
    "renewal",
    "adjustment",
    "involvement",
    "usage",
    "milestone",
    "outcome_goal",
    "survey",
    "advocacy",
    "ticket",
    "touchpoint",
    "participation",
    "certification",
    "cost",
    "fx_rate",
)
"""The entities that are simulated."""

TRUTH_MONTHS = 60
"""How long after the last fact the two worlds are followed."""


class BadSetting(LichenError):
    """A setting of the simulation that cannot be carried out."""

    def __init__(self, setting: str, found: object, expected: str) -> None:
        self.setting, self.found, self.expected = setting, found, expected
        super().__init__(
            f"--{setting} is {found!r}; expected {expected}.", "Change it and run again."
        )


def month_named(text: str) -> date:
    """The last day of a month written YYYY-MM.

    Raises:
        BadSetting: it is not such a month.
    """
    try:
        return month_end(month_index(date.fromisoformat(f"{text}-01")))
    except ValueError:
        raise BadSetting("end", text, "a month like 2026-10") from None


@dataclass(frozen=True)
class Settings:
    """Size, seed and shape of an ecosystem; the same settings give the same facts, always.

    `confounding` is why partners come where they come: `observed` (what feeds said when the quarter
    began: usage, tickets, tenure), `hidden` (the latent health of an account, of which feeds
    show traces) or `none`. `partners_after` is for how many months an account must have been a
    customer before any partner meets it. `chunk` (accounts held in memory at a time) changes
    neither rows nor their order.
    """

    accounts: int = 2000
    months: int = 36
    seed: int = 7
    end: date = date(2026, 10, 31)
    truth: bool = False
    history: bool = True
    format: str = "parquet"
    entities: tuple[str, ...] = FEEDS
    effects: Effects = field(default_factory=Effects)
    confounding: str = "observed"
    partners_after: int = 0
    chunk: int = 25_000

    def __post_init__(self) -> None:
        if not 1 <= self.accounts <= 9_999_999:
            raise BadSetting("accounts", self.accounts, "a number from 1 to 9,999,999")
        if not 1 <= self.months <= 240:
            raise BadSetting("months", self.months, "a number from 1 to 240")
        if self.chunk < 1:
            raise BadSetting("chunk", self.chunk, "a positive number of accounts")
        if self.confounding not in CONFOUNDING:
            raise BadSetting("confounding", self.confounding, ", ".join(CONFOUNDING))
        if self.partners_after < 0:
            raise BadSetting("partners-after", self.partners_after, "a number of months from 0 on")
        if self.format not in ("parquet", "csv"):
            raise BadSetting("format", self.format, "parquet or csv")
        for name in self.entities:
            if name in FEEDS:
                continue
            if name in ENTITIES:
                raise BadSetting("entities", name, "one that is simulated: " + ", ".join(FEEDS))
            raise UnknownName("entity", name, FEEDS)

    @property
    def calendar(self) -> Calendar:
        """The months of fact."""
        return Calendar.ending(self.end, self.months)

    @property
    def horizon(self) -> int:
        """Months to live through: those of fact, and with truth 60 more."""
        return self.months + (TRUTH_MONTHS if self.truth else 0)
