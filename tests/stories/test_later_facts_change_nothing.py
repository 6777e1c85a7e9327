"""Whatever happens after the as-of day, the figures as of that day stay as they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stories.harbor import (
    TOTAL,
    Rows,
    accounts,
    involvements,
    renewals,
    small_run,
    subscriptions,
    write_csv,
    write_workspace,
)

DAY = "2026-07-31"
LATER = st.dates(date(2026, 8, 1), date(2028, 12, 31)).map(str)
ACCOUNT = st.integers(1, TOTAL).map(lambda number: f"crm:{number}")
CHANGED, UNCHANGED = ("crm:1", "crm:2"), "enterprise"


def opportunities() -> Rows:
    """The deal that won account 7, and one still open."""
    won = {
        "opportunity_id": "o1",
        "account_id": "crm:7",
        "kind": "new",
        "amount": "1000.00",
        "currency": "USD",
        "created_on": "2024-12-01",
        "closed_on": "2025-02-01",
        "outcome": "won",
        "is_direct_involved": "true",
    }
    open_deal = {"opportunity_id": "o2", "account_id": "crm:8", "closed_on": "", "outcome": "open"}
    return [won, {**won, **open_deal}]


def attribute_changes() -> Rows:
    """Accounts 1 and 2 were known to be enterprises once; the others have no history."""
    return [_change(account, UNCHANGED, "2025-01-01") for account in CHANGED]


def rates() -> Rows:
    """A euro is worth 1.10 dollars, and has been for long."""
    return [
        {"currency": "EUR", "on": day, "rate": "1.1"}
        for day in (f"{year}-{month:02}-28" for year in (2025, 2026) for month in range(1, 13))
        if day <= DAY
    ]


def lines() -> Rows:
    """The lines of Harbor Cloud, and one in euros that stays."""
    euros = {"subscription_id": "euro", "currency": "EUR", "product": "euro"}
    return [*subscriptions(), {**subscriptions()[6], **euros}]


def _change(account: str, value: str, day: str) -> dict[str, object]:
    return {
        "entity": "account",
        "id": account,
        "attribute": "Segment",
        "value": value,
        "from_on": day,
    }


BASE = {
    "subscription": lines,
    "renewal": renewals,
    "involvement": involvements,
    "opportunity": opportunities,
    "attribute_change": attribute_changes,
    "fx_rate": rates,
}


def _unlike_its_row(change: tuple[str, str, str]) -> bool:
    """A first change to the very value of the row says that the row was not so before."""
    account, value, _ = change
    row = next(row for row in accounts() if row["account_id"] == account)
    return account in CHANGED or value != row["segment"]


@st.composite
def later_facts(draw: st.DrawFn) -> dict[str, Rows]:
    """Some more rows for each feed, none dated on or before the as-of day."""
    segment = st.sampled_from(["smb", "mid_market", "enterprise"])
    changes = draw(
        st.lists(
            st.tuples(ACCOUNT, segment, LATER).filter(_unlike_its_row),
            max_size=4,
            unique_by=lambda change: (change[0], change[2]),
        )
    )
    some = range(draw(st.integers(1, 3)))
    amount = st.integers(-2_000, 9_000).map(lambda whole: f"{whole}.00")
    currency = st.sampled_from(["USD", "EUR"])
    return {
        "subscription": [
            {
                **lines()[0],
                "subscription_id": f"later-{n}",
                "account_id": draw(ACCOUNT),
                "starts_on": draw(LATER),
                "arr_amount": draw(amount),
                "currency": draw(currency),
            }
            for n in some
        ],
        "renewal": [
            {
                **renewals()[0],
                "renewal_id": f"later-{n}",
                "account_id": draw(ACCOUNT),
                "due_on": (day := draw(LATER)),
                "decided_on": day,
                "outcome": draw(st.sampled_from(["renewed", "churned"])),
                "renewed_amount": "900.00",
            }
            for n in some
        ],
        "involvement": [
            {
                **involvements()[0],
                "involvement_id": f"later-{n}",
                "account_id": draw(ACCOUNT),
                "role": draw(st.sampled_from(["managed", "integrated", "referred", "resold"])),
                "starts_on": draw(LATER),
            }
            for n in some
        ],
        "opportunity": [
            {
                **opportunities()[0],
                "opportunity_id": f"later-{n}",
                "account_id": draw(ACCOUNT),
                "created_on": (day := draw(LATER)),
                "closed_on": day,
                "is_direct_involved": draw(st.sampled_from(["true", "false", ""])),
            }
            for n in some
        ],
        "attribute_change": [_change(*change) for change in changes],
        "fx_rate": [
            {"currency": "EUR", "on": day, "rate": draw(st.sampled_from(["0.5", "1.2", "3"]))}
            for day in draw(st.lists(LATER, max_size=3, unique=True))
        ],
    }


def figures(root: Path, extra: dict[str, Rows]) -> pa.Table:
    """All figures as of the day, where these rows are known beside Harbor Cloud's own."""
    write_workspace(root)
    for entity, rows in BASE.items():
        write_csv(root / "feeds" / f"{entity}.csv", rows() + extra.get(entity, []))
    also = ("acquired_via", "integration_stack")
    found = small_run(root, DAY, also).figures().drop_columns(["run_id"])
    # Renewals still to come are told ahead of their day, so these figures look ahead by meaning.
    return found.filter(pc.not_equal(found["metric"], "renewals_exposed"))


@pytest.fixture(scope="module")
def known_then(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    """The figures as of the day, when nothing had happened after it."""
    return figures(tmp_path_factory.mktemp("then"), {})


def test_the_base_has_figures_of_every_kind_that_later_facts_could_change(
    known_then: pa.Table,
) -> None:
    groups = set(known_then["groups"].to_pylist())
    assert {"segment=enterprise", "segment=smb", "involved=yes", "acquired_via=direct"} <= groups


@pytest.mark.slow
@settings(max_examples=6)
@given(extra=later_facts())
def test_facts_dated_later_never_change_a_figure(
    tmp_path_factory: pytest.TempPathFactory, known_then: pa.Table, extra: dict[str, Rows]
) -> None:
    assert figures(tmp_path_factory.mktemp("later"), extra).equals(known_then)


@pytest.mark.slow
def test_a_renewal_decided_later_was_undecided_then_whatever_came_of_it(tmp_path: Path) -> None:
    def decided(outcome: str, day: str) -> dict[str, Rows]:
        due = {"renewal_id": "due", "due_on": "2026-07-15", "outcome": outcome, "decided_on": day}
        return {"renewal": [{**renewals()[0], **due, "renewed_amount": ""}]}

    pending = figures(tmp_path / "pending", decided("pending", ""))
    for outcome in ("renewed", "churned"):
        later = figures(tmp_path / outcome, decided(outcome, "2026-08-02"))
        assert later.equals(pending)


@pytest.mark.slow
def test_the_value_an_account_took_later_is_in_no_figure(tmp_path: Path) -> None:
    def became(value: str) -> pa.Table:
        root = tmp_path / value
        rows = accounts()
        rows[8] = {**rows[8], "segment": value}
        write_workspace(root)
        write_csv(root / "feeds" / "account.csv", rows)
        write_csv(root / "feeds" / "attribute_change.csv", [_change("crm:9", value, "2026-08-01")])
        return small_run(root, DAY).figures().drop_columns(["run_id"])

    assert became("enterprise").equals(became("mid_market"))


@pytest.mark.slow
def test_lines_that_still_run_are_measured_years_after_the_newest_fact(tmp_path: Path) -> None:
    root = write_workspace(tmp_path)
    for entity in ("renewal", "involvement", "partner", "usage"):
        (root / "feeds" / f"{entity}.csv").unlink()
    run = small_run(root, "2029-06-30")
    nrr = {
        row["value"]
        for row in run.figures().to_pylist()
        if row["metric"] == "nrr" and not row["groups"] and row["window_to"] == date(2029, 6, 30)
    }
    # Ten accounts are left, and nothing is known to have changed in these windows.
    assert nrr == {1.0}
    assert "as_of_beyond_facts" in run.table("findings")["code"].to_pylist()
