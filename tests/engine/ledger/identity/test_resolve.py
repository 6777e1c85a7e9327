"""One id per company: what joins ids, what keeps them apart, and the id that stays."""

from __future__ import annotations

import itertools
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROWS = [("crm:1", 0, "acme.com"), ("billing:9", 1, "https://www.acme.com/"), ("crm:2", 0, None)]


def codes(resolution) -> dict[str, int]:
    return {finding.code: finding.count for finding in resolution.findings}


def test_an_equal_domain_of_two_systems_is_one_company(resolved) -> None:
    found = resolved(ROWS)
    assert found.renamed == {"billing:9": "crm:1"}
    assert found.registered == {"crm:1": "crm:1", "billing:9": "crm:1"}
    assert codes(found) == {"same_account": 1}


def test_domains_join_nothing_where_the_definition_says_so(resolved) -> None:
    assert resolved(ROWS, match_domains=False).renamed == {}


def test_a_domain_of_several_rows_of_one_system_is_ambiguous(resolved) -> None:
    rows = [*ROWS, ("crm:3", 0, "acme.com"), ("support:5", 2, "acme.com")]
    found = resolved(rows)
    # Billing and support have it once each; which of the two in CRM they are nobody knows.
    assert found.renamed == {"support:5": "billing:9"}
    assert codes(found) == {"same_account": 1, "ambiguous_domain": 1}
    [finding] = [one for one in found.findings if one.code == "ambiguous_domain"]
    assert finding.examples == ("acme.com",)


def test_domains_never_join_two_rows_of_one_system_in_a_roundabout_way(resolved) -> None:
    rows = [("crm:1", 0, "acme.com"), ("crm:2", 0, "acme.de"),
            ("billing:8", 1, "acme.com"), ("billing:9", 1, "acme.de")]  # fmt: skip
    found = resolved(rows, decisions=[("billing:8", "billing:9", True)])
    assert found.renamed == {"billing:9": "billing:8"}
    assert codes(found)["match_refused"] == 1


def test_an_alias_says_what_another_system_calls_it(resolved) -> None:
    found = resolved([("a1", 0, None), ("a2", 0, None)], [("crm:77", "a1")])
    # crm:77 has no row of its own, but other rows refer to it.
    assert found.renamed == {"crm:77": "a1"}
    assert found.registered == {}


def test_an_alias_of_an_id_that_no_row_has_leads_nowhere(resolved) -> None:
    found = resolved([("a1", 0, None)], [("crm:77", "a9")])
    assert found.renamed == {}
    assert codes(found) == {"alias_leads_nowhere": 1}


def test_a_decision_joins_and_a_decision_keeps_apart(resolved) -> None:
    assert resolved(ROWS, decisions=[("crm:2", "billing:9", True)]).renamed == {
        "billing:9": "crm:2"
    }
    kept_apart = resolved(ROWS, decisions=[("crm:1", "billing:9", False)])
    assert kept_apart.renamed == {}
    assert codes(kept_apart) == {}


def test_a_decision_outweighs_an_alias(resolved) -> None:
    aliases = [("billing:9", "crm:1"), ("zendesk:5", "crm:1")]
    found = resolved(ROWS, aliases, [("billing:9", "crm:1", False)])
    assert found.renamed == {"zendesk:5": "crm:1"}
    assert codes(found) == {"alias_against_decision": 1, "same_account": 1}


def test_no_way_around_leads_to_what_was_called_different(resolved) -> None:
    rows = [("crm:1", 0, "acme.com"), ("billing:9", 1, "acme.com"), ("support:5", 2, "acme.com")]
    found = resolved(rows, decisions=[("crm:1", "support:5", False)])
    assert found.renamed == {}
    assert codes(found) == {"match_refused": 1}


def test_a_decision_about_an_id_that_no_row_has_waits(resolved) -> None:
    found = resolved(ROWS[:1], decisions=[("crm:1", "billing:404", True)])
    assert found.renamed == {"billing:404": "crm:1"}
    assert codes(resolved(ROWS[:1], decisions=[("x", "y", True)])) == {"decision_waits": 1}


def test_a_registered_id_stays_when_a_system_that_is_believed_more_joins(resolved) -> None:
    rows = [("erp:7", 0, "acme.com"), ("crm:1", 1, "acme.com"), ("billing:9", 2, "acme.com")]
    first = resolved(rows[1:])
    assert resolved(rows).renamed == {"crm:1": "erp:7", "billing:9": "erp:7"}
    assert resolved(rows, registered=first.registered).renamed == {
        "erp:7": "crm:1",
        "billing:9": "crm:1",
    }


def test_an_undone_decision_gives_each_its_own_id_again(resolved) -> None:
    rows = [("crm:1", 0, None), ("billing:9", 1, None)]
    first = resolved(rows, decisions=[("crm:1", "billing:9", True)])
    assert first.renamed == {"billing:9": "crm:1"}
    undone = resolved(rows, registered=first.registered)
    assert undone.renamed == {}
    assert undone.registered == {}


def test_an_id_stays_while_the_row_that_it_came_from_is_missing(resolved) -> None:
    first = resolved(ROWS)
    without = resolved([ROWS[1]], registered=first.registered)
    assert without.renamed == {"billing:9": "crm:1"}
    assert resolved(ROWS, registered=without.registered).renamed == first.renamed


def test_the_same_id_in_two_systems_is_one_company_already(resolved) -> None:
    found = resolved([("crm:1", 0, "acme.com"), ("crm:1", 1, "acme.com")])
    assert (found.renamed, found.registered, codes(found)) == ({}, {}, {})


IDS = [f"{system}:{number}" for system in "abc" for number in range(4)]
RANK = {"a": 0, "b": 1, "c": 2}
DOMAINS = st.sampled_from([None, "acme.com", "www.acme.com", "birch.org", "cedar.co.uk"])
PAIRS = st.lists(st.sampled_from(list(itertools.combinations(IDS, 2))), max_size=4)


@st.composite
def worlds(draw):
    rows = [(one, RANK[one[0]], draw(DOMAINS)) for one in draw(st.sets(st.sampled_from(IDS)))]
    aliases = draw(PAIRS)
    # Decisions of one kind only, so that none contradicts another.
    same = draw(st.booleans())
    decisions = [(left, right, same) for left, right in draw(PAIRS)]
    registered = dict(draw(st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)))))
    return rows, aliases, decisions, registered


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=worlds(), seed=st.integers(0, 99))
def test_whatever_the_rows_say(resolved, world, seed: int) -> None:
    rows, aliases, decisions, registered = world
    found = resolved(rows, aliases, decisions, registered)
    # Order does not matter.
    rng = random.Random(seed)
    shuffled = [rng.sample(part, len(part)) for part in (rows, aliases, decisions)]
    again = resolved(*shuffled, dict(rng.sample(list(registered.items()), len(registered))))
    assert (again.renamed, again.registered) == (found.renamed, found.registered)
    # What was registered gives the same ids once more.
    once_more = resolved(rows, aliases, decisions, dict(found.registered))
    assert once_more.renamed == found.renamed
    assert once_more.registered == found.registered
    # No canonical id is renamed itself, and what is different stays so.
    assert not set(found.renamed) & set(found.renamed.values())
    for left, right, same in decisions:
        present = {row[0] for row in rows}
        if not same and left in present and right in present:
            assert found.renamed.get(left, left) != found.renamed.get(right, right)
