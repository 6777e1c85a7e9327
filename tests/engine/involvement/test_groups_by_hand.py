"""Groups at any month end equal a day-by-day count with loops."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.involvement.by_hand import groups_on

from lichen.involvement import groupings, groups_at
from lichen.kernel.periods import FAR_MONTH, month_end
from lichen.vocabulary.definitions import Definitions, Involvement
from lichen.vocabulary.figure import parse_groups
from lichen.vocabulary.roles import ROLES

ACCOUNTS = [
    {"account_id": "a", "name": "A", "segment": "smb", "csm_key": None},
    {"account_id": "b", "name": "B", "segment": None, "csm_key": "carol"},
    {"account_id": "c", "name": "C", "segment": "enterprise", "csm_key": "dan"},
]
PARTNERS = [
    {"partner_id": "p1", "name": "P1", "kinds": "services|technology"},
    {"partner_id": "p2", "name": "P2", "kinds": "technology"},
    {"partner_id": "p3", "name": "P3", "kinds": "data|technology"},
    {"partner_id": "p4", "name": "P4", "kinds": "reseller"},
]
FIRST, LAST = date(2023, 11, 15), date(2025, 3, 15)
DIMENSIONS = (
    "involved", "served_via", "integrations", "integration_stack", "services_pattern",
    "role", "partner", "partner_kind", "segment", "delivery",
)  # fmt: skip

days = st.dates(FIRST, LAST)


@st.composite
def involvements(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows = []
    for place in range(draw(st.integers(0, 14))):
        starts = draw(days)
        ends = draw(st.none() | st.integers(0, 300))
        rows.append(
            {
                "involvement_id": f"i{place}",
                "account_id": draw(st.sampled_from("abc")),
                "partner_id": draw(st.sampled_from(["p1", "p2", "p3", "p4"])),
                "role": draw(st.sampled_from(["integrated", *ROLES])),
                "starts_on": starts,
                "ends_on": None if ends is None else starts + timedelta(days=ends),
            }
        )
    return rows


@st.composite
def segment_changes(draw: st.DrawFn) -> list[dict[str, Any]]:
    dates = draw(st.lists(days, max_size=4, unique=True))
    return [
        {
            "entity": "account",
            "id": draw(st.sampled_from("ab")),
            "attribute": "segment",
            "value": draw(st.sampled_from(["smb", "mid_market", "enterprise"])),
            "from_on": day,
        }
        for day in dates
    ]


@st.composite
def certifications(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows = []
    for place in range(draw(st.integers(0, 5))):
        earned, held = draw(days), draw(st.none() | st.integers(0, 300))
        rows.append(
            {
                "partner_id": draw(st.sampled_from(["p1", "p2", "p3"])),
                "person_key": f"person {place}",
                "certification": "implementer",
                "earned_on": earned,
                "expires_on": None if held is None else earned + timedelta(days=held),
            }
        )
    return rows


month_ends = st.integers(2023 * 12 + 9, 2025 * 12 + 8).map(month_end)
a_few = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@a_few
@given(
    involvements(),
    segment_changes(),
    certifications(),
    month_ends,
    st.integers(0, 70),
    st.integers(0, 4),
)
def test_groups_at_a_month_end_are_those_a_loop_over_the_rows_finds(
    facts_of, rows, changed, certified, day, minimum_days, fresh_months
) -> None:
    facts = facts_of(
        account=ACCOUNTS,
        partner=PARTNERS,
        involvement=rows,
        attribute_change=changed,
        certification=certified,
    )
    words = Definitions(
        involvement=Involvement(minimum_days=minimum_days, fresh_months=fresh_months)
    )
    found: dict[tuple[int, str], set[str]] = defaultdict(set)
    table = facts.engine.to_arrow(groups_at(facts, words, day, DIMENSIONS)).to_pylist()
    for row in table:
        found[row["account_key"], row["dimension"]].add(row["value"])
    assert len(table) == sum(map(len, found.values())), "no group is repeated"
    for key, account in enumerate(ACCOUNTS, start=1):
        expected = groups_on(
            day, account, rows, PARTNERS, changed, minimum_days, fresh_months, certified
        )
        assert {name: found[key, name] for name in DIMENSIONS} == expected


@a_few
@given(involvements(), segment_changes())
def test_groups_that_do_not_overlap_hold_every_account_exactly_once_at_every_month(
    facts_of, rows, changed
) -> None:
    facts = facts_of(account=ACCOUNTS, partner=PARTNERS, involvement=rows, attribute_change=changed)
    asked = [("involved",), ("integration_stack",), ("segment", "served_via"), ("cohort_year",)]
    static, dated = groupings(facts, Definitions(), asked)
    for grouping in (static, dated):
        spans = defaultdict(list)
        for row in facts.engine.to_arrow(grouping.cells).to_pylist():
            spans[row["account_key"]].append((row["from_month"], row["to_month"]))
        assert set(spans) == {1, 2, 3}
        for found in map(sorted, spans.values()):
            assert [start for start, _ in found] == [0, *(end for _, end in found[:-1])]
            assert found[-1][1] == FAR_MONTH
            assert all(start < end for start, end in found)


@a_few
@given(involvements(), month_ends)
def test_a_pair_holds_the_accounts_that_are_in_both_groups(facts_of, rows, day) -> None:
    facts = facts_of(account=ACCOUNTS, partner=PARTNERS, involvement=rows)
    asked = [("role", "segment"), ("served_via", "partner_kind"), ("role", "partner")]
    found = groupings(facts, Definitions(), asked)[1:]
    month = day.year * 12 + day.month - 1
    for grouping, names in zip(found, asked, strict=True):
        pairs = set()
        cells = facts.engine.to_arrow(grouping.cells).to_pylist()
        labels = {
            row["cell"]: parse_groups(row["groups"])
            for row in facts.engine.to_arrow(grouping.labels).to_pylist()
        }
        for row in cells:
            if row["from_month"] <= month < row["to_month"]:
                groups = labels[row["cell"]]
                member = (row["account_key"], *(groups[name] for name in names))
                assert member not in pairs, "an account is in a group at most once at a time"
                pairs.add(member)
        expected = set()
        for key, account in enumerate(ACCOUNTS, start=1):
            groups = groups_on(day, account, rows, PARTNERS, [])
            expected |= {(key, x, y) for x in groups[names[0]] for y in groups[names[1]]}
        assert pairs == expected


def test_groups_are_refused_on_a_day_that_ends_no_month(facts_of) -> None:
    facts = facts_of(account=ACCOUNTS)
    with pytest.raises(Exception, match="Ask for 2024-01-31"):
        groups_at(facts, Definitions(), date(2024, 2, 14))


def test_a_misspelt_dimension_is_answered_with_the_nearest_one(facts_of) -> None:
    facts = facts_of(account=ACCOUNTS)
    with pytest.raises(Exception, match="Did you mean 'segment'"):
        groupings(facts, Definitions(), [("segmnt",)])
