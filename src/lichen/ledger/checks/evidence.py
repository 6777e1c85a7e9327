"""What every check reads: the written tables, the newest day, and whose ARR is whose that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from lichen.engines.embedded import Embedded
from lichen.engines.text import literal, read_rows
from lichen.kernel.money import currency_digits
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.metrics import METRICS, Base

EXAMPLES = 5
LINES = "checked_line"
"""account_key, subscription_id, product, starts_on, until (far ahead where open), value."""
ACCOUNTS = "checked_account"
"""account_key, last_start, open, arr: accounts with lines, and what these are on the newest day."""
ARR = "checked_arr"
"""account_key, arr: what the lines of an account say on the newest day, where it is above zero."""

RETENTION = tuple(name for name, metric in METRICS.items() if metric.base is Base.COHORT)
RENEWALS = tuple(name for name, metric in METRICS.items() if metric.base is Base.RENEWALS_DUE)
LEVELS = ("arr", "accounts", "arr_movement")


@dataclass(frozen=True)
class Evidence:
    """The tables of a load, by entity in `folder`; `mapped` are the columns that are provided.

    `day` is the newest fact: shares of ARR are of that day.
    """

    session: Embedded
    folder: Path
    mapped: Mapping[str, frozenset[str]]
    definitions: Definitions
    day: date

    def has(self, entity: str, *columns: str) -> bool:
        """Whether something provides the entity, and all these columns of it."""
        return entity in self.mapped and self.mapped[entity].issuperset(columns)

    def rows(self, entity: str) -> str:
        """SQL of the entity's rows in the ledger."""
        return read_rows(self.folder / f"{entity}.parquet")

    @property
    def today(self) -> str:
        """SQL of the newest day."""
        return f"DATE {literal(self.day.isoformat())}"

    def prepare(self) -> None:
        """Make the tables `LINES`, `ACCOUNTS` and `ARR`; all empty where there are no lines."""
        self.session.table(LINES, self._lines())
        there = f"FILTER (WHERE {open_on(self.today)})"
        begun = f"FILTER (WHERE starts_on <= {self.today})"
        self.session.table(
            ACCOUNTS,
            f"SELECT account_key, max(starts_on) {begun} AS last_start, count(*) {there} AS open, "
            f"sum(value) {there} AS arr FROM {LINES} GROUP BY account_key",
        )
        self.session.view(ARR, f"SELECT account_key, arr FROM {ACCOUNTS} WHERE arr > 0")

    def arr_share(self, accounts: str) -> float | None:
        """The share of ARR on the newest day that lies on the account_keys of a query.

        None where there is no ARR, or where a currency has no rate to compare it by.
        """
        held, total = self.session.row(
            f"SELECT sum(arr) FILTER (WHERE account_key IN ({accounts})), sum(arr) FROM {ARR}"
        )
        return self.share(held, total)

    def share(self, part: int | None, whole: int | None) -> float | None:
        """part / whole of ARR, within 0 to 1; None as for `arr_share`."""
        if not whole or whole < 0 or not self._comparable:
            return None
        return min(max((part or 0) / whole, 0.0), 1.0)

    @cached_property
    def _comparable(self) -> bool:
        return not self.session.count(f"{LINES} WHERE value IS NULL")

    def account_ids(self, accounts: str) -> str:
        """SQL of account_key and id of the account_keys of a query."""
        return (
            f"SELECT account_key, account_id AS id FROM {self.rows('account')} "
            f"WHERE account_key IN ({accounts})"
        )

    def counted(self, named: str) -> tuple[int, tuple[str, ...]]:
        """How many rows a query of `id` has, and the first few ids."""
        count, ids = self.session.row(f"SELECT count(*), min(id, {EXAMPLES}) FROM ({named})")
        return int(count), tuple(ids or ())

    def _lines(self) -> str:
        if "subscription" not in self.mapped:
            return (
                "SELECT 0::BIGINT AS account_key, '' AS subscription_id, '' AS product, "
                "NULL::DATE AS starts_on, NULL::DATE AS until, 0::BIGINT AS value WHERE false"
            )
        return (
            "SELECT account_key, subscription_id, coalesce(product, '') AS product, starts_on, "
            "coalesce(ends_on, DATE '9999-12-31') AS until, "
            f"{self.value} AS value FROM {self.rows('subscription')}"
        )

    @property
    def value(self) -> str:
        """SQL of a line's ARR in minor units of the workspace's currency; null without a rate.

        Whole, because sums of fractions would depend on the order of rows.
        """
        own = self.definitions.workspace.currency
        cases = " ".join(
            f"WHEN {literal(code)} THEN {rate!r}" for code, rate in self._rates(own).items()
        )
        foreign = (
            f"try_cast(round(arr_minor * CAST(CASE currency {cases} END AS DOUBLE)) AS BIGINT)"
        )
        other = f" ELSE {foreign}" if cases else ""
        return f"(CASE WHEN currency = {literal(own)} THEN arr_minor{other} END)"

    def _rates(self, own: str) -> dict[str, float]:
        if "fx_rate" not in self.mapped:
            return {}
        found = self.session.rows(
            f'SELECT currency, CAST(max_by(rate, "on") AS DOUBLE) FROM {self.rows("fx_rate")} '
            f'WHERE "on" <= {self.today} GROUP BY currency'
        )
        digits = currency_digits(own)
        return {
            code: rate * 10.0 ** (digits - currency_digits(code))
            for code, rate in found
            if code != own
        }


def open_on(day: str) -> str:
    """SQL of whether a line of `LINES` is open on a day."""
    return f"(starts_on <= {day} AND until > {day})"


def named_columns(columns: Iterable[str]) -> str:
    """Columns in words: `a`, `a and b`, `a, b and c`."""
    *first, last = columns
    return f"{', '.join(first)} and {last}" if first else last


def counted_noun(count: int, one: str, many: str) -> str:
    """`1 line is`, `2,104 lines are`: the count with the words for one or many."""
    return f"{count:,} {one if count == 1 else many}"
