"""Random small ledgers, and the same definitions computed by loops over accounts and days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from facts_from_rows import Row, facts_from_rows, grouping
from hypothesis import strategies as st

from lichen.engines import Engine
from lichen.kernel.periods import FAR_MONTH, month_end, month_index
from lichen.ledger.facts import Facts
from lichen.vocabulary.grouping import Grouping

FIRST = date(2022, 1, 1)
AS_OF = date(2024, 6, 30)
DAYS = (AS_OF - FIRST).days
SEGMENTS = ("smb", "enterprise")

Membership = dict[tuple[int, int, int], dict[str, str]]


@dataclass(frozen=True)
class Book:
    """Lines, renewals, memberships and monthly rates of a few accounts."""

    lines: tuple[Row, ...]
    renewals: tuple[Row, ...]
    members: Membership
    rates: dict[int, Decimal]

    def facts(self, engine: Engine) -> Facts:
        quotes = [
            {"currency": "EUR", "on": month_end(month), "rate": rate}
            for month, rate in self.rates.items()
        ]
        return facts_from_rows(
            engine, AS_OF, subscription=self.lines, renewal=self.renewals, fx_rate=quotes
        )

    def grouping(self, engine: Engine) -> Grouping:
        return grouping(engine, ("segment",), self.members)

    @property
    def accounts(self) -> list[int]:
        return sorted({account for account, _, _ in self.members})

    def arr(self, account: int, day: date, rate_month: int) -> int:
        """ARR on a day, read line by line, converted by currency at a month's rate."""
        held: dict[str, int] = defaultdict(int)
        for row in self.lines:
            ends = row["ends_on"] or date.max
            if row["account_key"] == account and row["starts_on"] <= day < ends:
                held[row["currency"]] += row["arr_minor"]
        return sum(self.converted(minor, code, rate_month) for code, minor in held.items())

    def converted(self, minor: int, currency: str, rate_month: int) -> int:
        if currency == "USD":
            return minor
        exact = Decimal(minor) * self.rates[rate_month]
        return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))

    def group(self, account: int, month: int) -> str | None:
        """The segment that the account is in at a month end."""
        for (key, since, until), values in self.members.items():
            if key == account and since <= month < until:
                return values["segment"]
        return None

    def is_foreign(self, account: int) -> bool:
        return any(r["currency"] != "USD" for r in self.lines if r["account_key"] == account)

    def first_start(self, account: int) -> int:
        starts = [r["starts_on"] for r in self.lines if r["account_key"] == account]
        return month_index(min(starts)) if starts else 0


@st.composite
def books(draw: st.DrawFn, accounts: int = 9) -> Book:
    """Accounts with up to four lines in two currencies, and a segment that may change."""
    lines: list[Row] = []
    renewals: list[Row] = []
    members: Membership = {}
    for account in range(1, accounts + 1):
        lines += [_line(draw, account, number) for number in range(draw(st.integers(0, 4)))]
        renewals += [_renewal(draw, account, number) for number in range(draw(st.integers(0, 2)))]
        # Months in which a line starts are where a change of group is easiest to get wrong.
        starts = [month_index(row["starts_on"]) for row in lines if row["account_key"] == account]
        some_month = st.integers(month_index(FIRST), month_index(AS_OF) + 2)
        change = draw(st.none() | some_month | st.sampled_from(starts or [month_index(AS_OF)]))
        before, after = draw(st.sampled_from(SEGMENTS)), draw(st.sampled_from(SEGMENTS))
        if change is None or before == after:
            members[account, 0, FAR_MONTH] = {"segment": before}
        else:
            members[account, 0, change] = {"segment": before}
            members[account, change, FAR_MONTH] = {"segment": after}
    span = range(month_index(FIRST) - 24, month_index(AS_OF) + 1)
    cents = st.integers(90, 140).map(lambda value: Decimal(value) / 100)
    rates = {month: draw(cents) for month in span}
    return Book(tuple(lines), tuple(renewals), members, rates)


def _line(draw: st.DrawFn, account: int, number: int) -> Row:
    starts = FIRST + timedelta(days=draw(st.integers(0, DAYS)))
    length = draw(st.none() | st.integers(1, 800))
    ends = None if length is None else starts + timedelta(days=length)
    return {
        "subscription_id": f"s{account}-{number}",
        "account_key": account,
        "starts_on": starts,
        "ends_on": ends,
        "arr_minor": draw(st.integers(1, 999)),
        "currency": draw(st.sampled_from(("USD", "USD", "USD", "EUR"))),
    }


def _renewal(draw: st.DrawFn, account: int, number: int) -> Row:
    outcome = draw(st.sampled_from(("renewed", "renewed", "churned", "pending")))
    return {
        "renewal_id": f"r{account}-{number}",
        "account_key": account,
        "due_on": FIRST + timedelta(days=draw(st.integers(0, DAYS))),
        "due_minor": draw(st.integers(1, 999)),
        "renewed_minor": draw(st.integers(0, 999)) if outcome == "renewed" else None,
        "outcome": outcome,
        "currency": draw(st.sampled_from(("USD", "USD", "EUR"))),
    }


def cohort_by_hand(book: Book, opens: int, closes: int) -> dict[str, dict[str, int]]:
    """Sums of one window by group, in the letters of the algorithm page."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for account in book.accounts:
        x = book.arr(account, month_end(opens), opens)
        if x <= 0:
            continue
        y = book.arr(account, month_end(closes), opens)
        b = book.arr(account, month_end(closes), closes)
        kept = min(x, y)
        values = {
            "n": 1,
            "retained": int(y > 0),
            "x": x,
            "y": y,
            "b": b,
            "kept": kept,
            "z": y - kept,
            "churned": 0 if y else x,
            "contracted": x - y if 0 < y < x else 0,
            "xx": x * x,
            "xy": x * y,
            "yy": y * y,
            "xb": x * b,
            "bb": b * b,
            "xz": x * (y - kept),
            "zz": (y - kept) ** 2,
        }
        for group in ("", f"segment={book.group(account, opens)}"):
            for name, value in values.items():
                found[group][name] += value
    return found


def movements_by_hand(book: Book, month: int) -> dict[str, dict[str, int]]:
    """Every line of one month's bridge by group."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for account in book.accounts:
        x = book.arr(account, month_end(month - 1), month - 1)
        b = book.arr(account, month_end(month), month)
        y = book.arr(account, month_end(month), month - 1) if x else b
        was, now = book.group(account, month - 1), book.group(account, month)
        is_new = not x and not _had_arr_before(book, account, month)
        lines = _lines(x, y, b, is_new)
        home = now if is_new else was
        for group in ("", f"segment={was}"):
            found[group]["opening"] += x
        for group in ("", f"segment={now}"):
            found[group]["closing"] += b
        for group in ("", f"segment={home}"):
            for name, value in lines.items():
                found[group][name] += value
        if home != now:
            found[f"segment={home}"]["regrouped"] -= b
            found[f"segment={now}"]["regrouped"] += b
    return found


def _had_arr_before(book: Book, account: int, month: int) -> bool:
    return any(
        book.arr(account, month_end(earlier), earlier)
        for earlier in range(month_index(FIRST), month)
    )


def _lines(x: int, y: int, b: int, is_new: bool) -> dict[str, int]:
    if not x:
        return {"new" if is_new else "reactivation": b}
    name = "churn" if not y else "contraction" if y < x else "expansion"
    return {name: y - x, "fx": b - y}


def renewals_by_hand(book: Book, opens: int, closes: int) -> dict[str, dict[str, int]]:
    """Sums of the renewals due in one window by group."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in book.renewals:
        if not month_end(opens) < row["due_on"] <= month_end(closes):
            continue
        account = row["account_key"]
        due = book.converted(row["due_minor"], row["currency"], opens)
        renewed = book.converted(row["renewed_minor"] or 0, row["currency"], opens)
        decided = row["outcome"] != "pending"
        values: dict[str, Any] = {
            "n": int(decided),
            "renewed": int(row["outcome"] == "renewed"),
            "undecided": int(not decided),
            "x": due if decided else 0,
            "y": renewed,
            "kept": min(due, renewed) if decided else 0,
            "open": 0 if decided else due,
        }
        start = max(opens, book.first_start(account))
        for group in ("", f"segment={book.group(account, start)}"):
            for name, value in values.items():
                found[group][name] += value
    return found
