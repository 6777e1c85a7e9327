"""What stops a load: problems of whole files, told all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lichen.kernel.errors import LichenError

SHOWN = 12


@dataclass(frozen=True)
class FeedProblem:
    """One thing wrong with a file or folder, and what to do about it."""

    where: str
    found: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found} {self.next_step}".strip()


class FeedsUnusable(LichenError):
    """Files that cannot be read at all; `problems` holds every one of them."""

    def __init__(self, problems: Sequence[FeedProblem]) -> None:
        self.problems = tuple(problems)
        lines = [f"  {problem}" for problem in self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            lines.append(f"  and {len(self.problems) - SHOWN} more.")
        noun = "feed problem stops" if len(self.problems) == 1 else "feed problems stop"
        super().__init__(
            "\n".join([f"{len(self.problems)} {noun} the load:", *lines]),
            "\nNothing was loaded; correct these and load again.",
        )


class NoFeeds(LichenError):
    """The workspace has nothing to read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"There is no CSV or Parquet file in {folder}.",
            "Put one file per entity there, such as account.csv and subscription.csv.",
        )


class MissingRates(LichenError):
    """Flows in foreign currencies without a fresh enough exchange rate.

    `missing` maps a currency to the days that need a rate, in order.
    """

    def __init__(self, missing: dict[str, list[date]], into: str, max_age_days: int) -> None:
        self.missing = missing
        parts = []
        for currency, days in sorted(missing.items()):
            first = ", ".join(day.isoformat() for day in days[:3])
            more = f" and {len(days) - 3} more days" if len(days) > 3 else ""
            parts.append(f"{currency} on {first}{more}")
        age = "that day" if max_age_days == 0 else f"that day or the {max_age_days} days before it"
        super().__init__(
            f"Exchange rates into {into} are missing for " + "; ".join(parts) + ".",
            f"Add rows to feeds/fx_rate (currency, on, rate = {into} for one unit) for {age}.",
        )


class NoFacts(LichenError):
    """Nothing is dated, so there is no day to look at."""

    def __init__(self) -> None:
        super().__init__(
            "No fact in the ledger has a date, so there is no last month end to report.",
            "Set workspace.as_of in lichen.toml, or load a feed with dates.",
        )


class LedgerDamaged(LichenError):
    """A ledger folder that does not hold what it should."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        super().__init__(
            f"The ledger in {folder} cannot be used: {reason}.",
            "Load the workspace again; it is rebuilt from the feeds.",
        )


class FeedChanged(LichenError):
    """A feed file was written to while it was being read."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"{', '.join(names)} changed while being read.",
            "Wait until the export has finished and load again.",
        )
