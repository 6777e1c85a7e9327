"""What is written keeps the contracts that the ledger will hold it to."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.engine.simulation.simulated_folder import Ecosystem

from lichen.kernel.money import currency_digits
from lichen.simulation import FEEDS
from lichen.vocabulary.entities import ENTITIES, Kind

FILE_TYPES = {
    Kind.TEXT: pa.string(), Kind.ENUM: pa.string(), Kind.ENUM_LIST: pa.string(),
    Kind.CURRENCY: pa.string(), Kind.INTEGER: pa.int64(), Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(), Kind.DATE: pa.date32(), Kind.MONTH: pa.date32(),
    Kind.INSTANT: pa.timestamp("us"), Kind.AMOUNT: pa.decimal128(18, 2),
    Kind.RATE: pa.decimal128(18, 8),
}  # fmt: skip


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_has_the_columns_and_types_of_its_contract(ecosystem: Ecosystem, name: str) -> None:
    contract, table = ENTITIES[name], ecosystem.feed(name)
    assert table.num_rows > 0
    assert set(contract.required) <= set(table.column_names)
    for field in table.schema:
        assert field.type == FILE_TYPES[contract.by_name[field.name].kind], field.name
    for required in contract.required:
        assert table[required].null_count == 0, required


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_uses_only_the_words_of_its_lists(ecosystem: Ecosystem, name: str) -> None:
    table = ecosystem.feed(name)
    for field in table.column_names:
        column = ENTITIES[name].by_name[field]
        if column.kind in (Kind.ENUM, Kind.ENUM_LIST):
            cells = [cell for cell in table[field].unique().to_pylist() if cell is not None]
            assert {word for cell in cells for word in cell.split("|")} <= set(column.values)


@pytest.mark.parametrize("name", FEEDS)
def test_no_two_rows_share_a_key(ecosystem: Ecosystem, name: str) -> None:
    table, key = ecosystem.feed(name), list(ENTITIES[name].key)
    assert table.group_by(key).aggregate([]).num_rows == table.num_rows


@pytest.mark.parametrize("name", FEEDS)
def test_every_reference_leads_somewhere(ecosystem: Ecosystem, name: str) -> None:
    table = ecosystem.feed(name)
    for field in table.column_names:
        target = ENTITIES[name].by_name[field].references
        if target is None:
            continue
        (key,) = ENTITIES[target].key
        known = ecosystem.feed(target)[key]
        found = pc.is_in(pc.drop_null(table[field]), value_set=known.combine_chunks())
        assert pc.all(found).as_py() in (True, None), field


@pytest.mark.parametrize("name", FEEDS)
def test_nothing_happens_after_the_last_day_or_ends_before_it_starts(
    ecosystem: Ecosystem, name: str
) -> None:
    contract, table = ENTITIES[name], ecosystem.feed(name)
    last = ecosystem.settings.end
    if contract.happened is not None:
        latest: Any = pc.max(table[contract.happened]).as_py()
        assert (latest.date() if isinstance(latest, datetime) else latest) <= last
    if contract.starts in table.column_names and contract.ends in table.column_names:
        backwards = pc.less(table[contract.ends], table[contract.starts])
        assert not pc.any(backwards).as_py()


def test_no_account_is_ever_below_zero(ecosystem: Ecosystem) -> None:
    balance: dict[str, dict[date, int]] = {}
    for row in ecosystem.feed("subscription").to_pylist():
        days = balance.setdefault(row["account_id"], {})
        days[row["starts_on"]] = days.get(row["starts_on"], 0) + row["arr_amount"]
        days[row["ends_on"]] = days.get(row["ends_on"], 0) - row["arr_amount"]
    for days in balance.values():
        assert min(np.cumsum([days[day] for day in sorted(days)])) >= 0


def test_there_are_credits_foreign_currencies_late_renewals_and_open_renewals(
    ecosystem: Ecosystem,
) -> None:
    lines = ecosystem.feed("subscription").to_pylist()
    ended = {row["subscription_id"]: row["ends_on"] for row in lines}
    late = [
        row["starts_on"] - ended[row["renewed_from_id"]] for row in lines if row["renewed_from_id"]
    ]
    assert {"USD", "EUR", "GBP"} == {row["currency"] for row in lines}
    assert any(row["arr_amount"] < 0 for row in lines)
    assert max(late) > timedelta(0)
    assert max(late) <= timedelta(days=30)
    renewals = ecosystem.feed("renewal").to_pylist()
    past = [row for row in renewals if row["due_on"] <= ecosystem.settings.end]
    assert {row["outcome"] for row in past} == {"renewed", "churned", "pending"}
    assert all(
        row["outcome"] == "pending" for row in renewals if row["due_on"] > ecosystem.settings.end
    )


def test_a_renewal_tells_the_same_story_as_its_lines(ecosystem: Ecosystem) -> None:
    lines = {row["subscription_id"]: row for row in ecosystem.feed("subscription").to_pylist()}
    for row in ecosystem.feed("renewal").to_pylist():
        old, new = lines[row["subscription_id"]], lines.get(row["new_subscription_id"])
        assert (row["due_on"], row["due_amount"]) == (old["ends_on"], old["arr_amount"])
        assert (new is not None) == (row["outcome"] == "renewed")
        if new is not None:
            assert new["renewed_from_id"] == row["subscription_id"]
            assert row["renewed_amount"] == new["arr_amount"]
        if row["outcome"] == "churned":
            assert row["renewed_amount"] == 0


def test_every_way_of_winning_a_customer_occurs(ecosystem: Ecosystem) -> None:
    roles: dict[str, set[str]] = {}
    for row in ecosystem.feed("involvement").to_pylist():
        if row["opportunity_id"]:
            roles.setdefault(row["opportunity_id"], set()).add(row["role"])
    seen = set()
    for row in ecosystem.feed("opportunity").to_pylist():
        if row["kind"] == "new" and row["outcome"] == "won":
            mine = roles.get(row["opportunity_id"], set())
            origin = bool(mine & {"sourced", "referred", "resold"})
            seen.add((bool(mine), origin, row["is_direct_involved"]))
    # (any partner role, partner origin, direct involved): direct, hybrid, partner, three unknowns.
    assert seen >= {
        (False, False, True), (True, True, True), (True, True, False), (True, False, True),
        (True, False, False), (True, True, None),
    }  # fmt: skip


def test_partners_of_every_kind_take_every_role(ecosystem: Ecosystem) -> None:
    kinds = ecosystem.feed("partner")["kinds"].to_pylist()
    by_name = ENTITIES["partner"].by_name["kinds"]
    assert {kind for cell in kinds for kind in cell.split("|")} == set(by_name.values)
    roles = set(ecosystem.feed("involvement")["role"].to_pylist())
    assert roles == set(ENTITIES["involvement"].by_name["role"].values)


def test_a_rate_is_never_older_than_a_week_on_the_day_of_a_flow(ecosystem: Ecosystem) -> None:
    rates = ecosystem.feed("fx_rate").to_pylist()
    days = sorted({row["on"] for row in rates})
    assert all(b - a == timedelta(days=7) for a, b in itertools.pairwise(days))
    opened = ecosystem.feed("opportunity")["created_on"]
    assert days[0] <= pc.min(opened).as_py()
    assert ecosystem.settings.end - days[-1] < timedelta(days=7)
    assert {currency_digits(row["currency"]) for row in rates} == {2}


def _features_in_use(ecosystem: Ecosystem) -> pa.Table:
    """account_id, month, rows and features of every month with a contract."""
    counted = ecosystem.feed("usage").group_by(["account_id", "month"])
    counted = counted.aggregate([("seats", "count"), ("feature", "count")])
    return counted.rename_columns(["account_id", "month", "rows", "features"])


def test_usage_has_one_total_and_one_to_four_features_per_month_with_a_contract(
    ecosystem: Ecosystem,
) -> None:
    months = _features_in_use(ecosystem)
    assert set(pc.subtract(months["rows"], months["features"]).to_pylist()) == {1}
    assert set(months["features"].to_pylist()) == {1, 2, 3, 4}
    usage = ecosystem.feed("usage")
    assert pc.all(pc.less_equal(usage["active_users"], usage["seats"])).as_py()


def test_accounts_come_to_use_more_features_and_never_one_twice(ecosystem: Ecosystem) -> None:
    months = _features_in_use(ecosystem).sort_by(
        [("account_id", "ascending"), ("month", "ascending")]
    )
    first, last = {}, {}
    for row in months.to_pylist():
        first.setdefault(row["account_id"], row["features"])
        last[row["account_id"]] = row["features"]
    assert sum(last.values()) > 1.1 * sum(first.values())
    assert sum(last[each] < first[each] for each in last) < 0.05 * len(last)


def test_goals_go_both_ways_and_are_reached_early_late_or_never(ecosystem: Ecosystem) -> None:
    goals = ecosystem.feed("outcome_goal").to_pylist()
    reached = [goal for goal in goals if goal["achieved_on"]]
    assert any(goal["achieved_on"] < goal["due_on"] for goal in reached)
    assert any(goal["achieved_on"] > goal["due_on"] for goal in reached)
    assert any(goal["achieved"] is not None and not goal["achieved_on"] for goal in goals)
    for goal in reached:
        way = 1 if goal["target"] > goal["baseline"] else -1
        assert way * goal["achieved"] >= way * goal["target"]
        assert (way == -1) == (goal["goal"] == "days to close the books")
        assert goal["agreed_on"] < goal["achieved_on"] <= ecosystem.settings.end


def test_an_account_that_moved_segment_now_has_the_one_it_moved_to(ecosystem: Ecosystem) -> None:
    now = dict(
        zip(*(ecosystem.feed("account")[c].to_pylist() for c in ("account_id", "segment")),
            strict=True)
    )  # fmt: skip
    latest: dict[str, tuple[date, str]] = {}
    for row in ecosystem.feed("attribute_change").to_pylist():
        change = (row["from_on"], row["value"])
        latest[row["id"]] = max(latest.get(row["id"], (date.min, "")), change)
    assert latest
    assert all(now[account] == value for account, (_, value) in latest.items())


def test_some_partners_certify_people_and_some_certify_nobody(ecosystem: Ecosystem) -> None:
    certified = set(ecosystem.feed("certification")["partner_id"].to_pylist())
    partners = set(ecosystem.feed("partner")["partner_id"].to_pylist())
    assert certified < partners
    assert 0.4 * len(partners) < len(certified) < 0.9 * len(partners)
