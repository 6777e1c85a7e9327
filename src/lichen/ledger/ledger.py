"""A ledger that was built: its tables by content, what it accounts for, and its as-of view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lichen.kernel.periods import last_month_end
from lichen.ledger import store
from lichen.ledger.checks import CONTRADICTIONS, CONTRADICTIONS_SCHEMA
from lichen.ledger.drift import Difference
from lichen.ledger.errors import LedgerDamaged, NoFacts
from lichen.ledger.facts import Facts
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.finding import Finding

if TYPE_CHECKING:
    from lichen.engines import Engine

Drift = dict[str, tuple[Difference, ...]]
"""What changed in the exports of each source since its last load."""

LEDGER_FORMAT = 3


@dataclass(frozen=True)
class Ledger:
    """Facts read, checked and accounted for; a pure function of feeds and definitions.

    `folder` holds one Parquet file per provided entity in the shape of `ledger_schema`, with the
    accounting and quarantine of the load beside them. `key` names the content: the same files
    under the same definitions have the same key, whatever they are called. `drift` and `not_read`
    are no part of it: they tell what changed in the exports since the load before, once, and which
    files beside them were not looked at.
    """

    key: str
    folder: Path
    mapped: Mapping[str, frozenset[str]]
    rows: Mapping[str, int]
    findings: tuple[Finding, ...]
    newest_fact: date | None
    grace_days: int
    files: Mapping[str, tuple[str, ...]]
    drift: Drift = field(default_factory=dict, compare=False)
    not_read: tuple[str, ...] = field(default=(), compare=False)
    currency: str = "USD"
    overlap_share: float = 1.0

    @cached_property
    def accounting(self) -> pa.Table:
        """Levels file, mapping and entity with their counts; the identities hold."""
        return pq.read_table(self.folder / "accounting.parquet")

    @cached_property
    def quarantine(self) -> pa.Table:
        """One row per reason: entity, file, record, column, value, reason, expected, next_step."""
        return pq.read_table(self.folder / "quarantine.parquet")

    @cached_property
    def contradictions(self) -> pa.Table:
        """Pairs of records of churn, and the accounts that both or only one of them calls lost."""
        path = self.table_path(CONTRADICTIONS)
        return pq.read_table(path) if path.exists() else CONTRADICTIONS_SCHEMA.empty_table()

    def table_path(self, entity: str) -> Path:
        """The Parquet file of a provided entity."""
        return self.folder / "tables" / f"{entity}.parquet"

    def as_of(self, day: date, engine: Engine) -> Facts:
        """The facts as known (where recorded_at is mapped) or as effective on `day`."""
        # Asking an engine needs Ibis, which loading does not, and which takes long to import.
        from lichen.ledger.as_of import facts_as_of

        return facts_as_of(self, day, engine)

    def newest_by(self, day: date) -> date | None:
        """The newest fact, or the latest end of a subscription on or before `day` if that is later.

        An end ahead is only planned, so it is no newest fact; by `day` it has come.
        """
        if self.newest_fact is None or "ends_on" not in self.mapped.get("subscription", ()):
            return self.newest_fact
        ends = pq.read_table(self.table_path("subscription"), columns=["ends_on"])["ends_on"]
        come = pc.max(ends.filter(pc.less_equal(ends, pa.scalar(day)))).as_py()
        return max(self.newest_fact, come or self.newest_fact)

    def default_as_of(self, definitions: Definitions) -> date:
        """`workspace.as_of`, or the last month end on or before the newest fact; never today.

        Raises:
            NoFacts: neither is there.
        """
        if definitions.workspace.as_of is not None:
            return definitions.workspace.as_of
        if self.newest_fact is None:
            raise NoFacts
        return last_month_end(self.newest_fact)


def open_ledger(folder: Path, *, deep: bool = False) -> Ledger:
    """A ledger by its folder, as a published run names it; `deep` reads all of it to be sure.

    Raises:
        LedgerDamaged: the folder is gone, cut short or of another format.
    """
    info = store.read_info(folder, deep=deep)
    if info is None:
        raise LedgerDamaged(folder, "it is absent or not as it was written")
    if info["format"] != LEDGER_FORMAT:
        raise LedgerDamaged(folder, f"its format is {info['format']}, not {LEDGER_FORMAT}")
    return from_info(folder, info)


def from_info(folder: Path, info: Mapping[str, Any]) -> Ledger:
    """The ledger that a committed folder describes."""
    newest = info["newest_fact"]
    return Ledger(
        key=info["key"],
        folder=folder,
        mapped={name: frozenset(columns) for name, columns in info["mapped"].items()},
        rows=info["rows"],
        findings=tuple(Finding.from_stored(stored) for stored in info["findings"]),
        newest_fact=date.fromisoformat(newest) if newest else None,
        grace_days=info["grace_days"],
        # Ledgers of before these were kept say nothing of stacked lines.
        currency=info.get("currency", "USD"),
        overlap_share=info.get("overlap_share", 1.0),
        files={name: tuple(files) for name, files in info["files"].items()},
    )


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """A finding as it is stored."""
    spans = [[day.isoformat() for day in span] for span in finding.month_ends]
    return {**asdict(finding), "month_ends": spans}
