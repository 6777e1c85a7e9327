"""Several traces of one involvement: which counts, and what a reader is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.involvement.test_groups_page import PAGE, tables_of
from tests.engine.recording import WAREHOUSES, Recording

from lichen.involvement import findings, groups_at, marker_overlaps
from lichen.involvement.library import library_of
from lichen.involvement.marker_findings import marker_findings
from lichen.involvement.markers import read_markers
from lichen.involvement.routes import acquired_via
from lichen.ledger.facts import Facts
from lichen.vocabulary.definitions import Definitions, Involvement
from lichen.vocabulary.finding import Finding

ROW = ("row", "account", "opportunity", "role", "partner", "marker")
Row = tuple[str, ...]


def words(**changes: Sequence[str]) -> Definitions:
    return Definitions(involvement=Involvement.model_validate(changes))


def facts(build: Any, rows: Sequence[Row], **more: Any) -> Facts:
    """Involvements of these rows; accounts, deals and partners follow from them."""
    accounts = sorted({row[1] for row in rows})
    deals = sorted({(row[2], row[1]) for row in rows if row[2]})
    return build(
        account=[{"account_id": name, "name": name} for name in accounts],
        partner=[{"partner_id": p, "name": p, "kinds": "agency"} for p in ("p1", "p2", "p3")],
        opportunity=[
            {
                "opportunity_id": deal,
                "account_id": account,
                "kind": "new",
                "outcome": "won",
                "created_on": date(2024, 1, 1),
                "closed_on": date(2024, 2, 1),
                "is_direct_involved": False,
            }
            for deal, account in deals
        ],
        involvement=[
            {
                "involvement_id": identity,
                "account_id": account,
                "opportunity_id": deal or None,
                "role": role,
                "partner_id": partner,
                "marker": marker or None,
                "starts_on": date(2024, 1, 1),
            }
            for identity, account, deal, role, partner, marker in rows
        ],
        **more,
    )


def counted(some: Facts, definitions: Definitions) -> set[str]:
    """Ids of the involvements that make groups."""
    markers = read_markers(some, definitions)
    rows = (markers.facts if markers else some).table("involvement").select("involvement_id")
    return set(some.engine.to_arrow(rows)["involvement_id"].to_pylist())


def told(some: Facts, definitions: Definitions) -> dict[str, Finding]:
    found = marker_findings(read_markers(some, definitions), definitions)
    return {each.code: each for each in found}


def test_the_page_and_the_code_agree_on_what_counts(facts_of) -> None:
    *_, given_rows, pairs = tables_of(PAGE.read_text())
    some = facts(facts_of, [tuple(row[name] for name in ROW) for row in given_rows])
    for column, definitions in (
        ("counts", Definitions()),
        ("with registration complete", words(complete_markers=["registration"])),
    ):
        assert counted(some, definitions) == {r["row"] for r in given_rows if r[column] == "yes"}
    overlaps = marker_overlaps(some, Definitions()).to_pylist()
    assert [{name: str(value) for name, value in row.items()} for row in overlaps] == pairs


def test_a_finding_counts_places_and_names_the_rule(facts_of) -> None:
    *_, given_rows, _ = tables_of(PAGE.read_text())
    rows = [tuple(row[name] for name in ROW) for row in given_rows]
    lines = [
        {
            "subscription_id": account,
            "account_id": account,
            "starts_on": date(2024, 1, 1),
            "arr_minor": arr,
            "currency": "USD",
        }
        for account, arr in {"acme": 100, "birch": 200, "cedar": 300, "dune": 400}.items()
    ]
    found = findings(facts(facts_of, rows, subscription=lines), Definitions())
    finding = next(each for each in found if each.code == "markers_disagree")
    # o1 and o2 with role sourced; acme and birch hold 300 of 1,000.
    assert (finding.count, finding.examples, finding.arr_share) == (2, ("m2", "m6"), 0.3)
    assert "lead_source against partner_field 1, lead_source against registration 1" in (
        finding.sentence
    )
    assert "first of registration, partner_field, lead_source decides" in finding.sentence
    assert {"acquired_via", "role"} <= set(finding.dimensions)


def test_a_row_that_does_not_count_makes_no_group_and_no_origin(facts_of) -> None:
    rows = [("m1", "a", "o", "validated", "p1", "registration"),
            ("m2", "a", "o", "sourced", "p2", "lead_source"),
            ("m3", "a", "o", "sourced", "p1", "partner_field")]  # fmt: skip
    some = facts(facts_of, rows)
    groups = some.engine.to_arrow(groups_at(some, Definitions(), date(2024, 3, 31), ["partner"]))
    assert groups["value"].to_pylist() == ["p1"]
    # Complete registrations know of no `sourced` anywhere, so they do not overrule it.
    assert counted(some, words(complete_markers=["registration"])) == {"m1", "m3"}
    alone = facts(facts_of, [*rows[1:], ("m4", "b", "o2", "sourced", "p1", "registration")])
    definitions = words(complete_markers=["registration"])
    routes = acquired_via(library_of(alone, definitions).seen.facts)
    of = {row["account_key"]: row["route"] for row in alone.engine.to_arrow(routes).to_pylist()}
    # No registration on o: nobody had a part, so account a is won direct.
    assert of == {1: "direct", 2: "partner"}


def test_merged_opportunities_are_one_place(facts_of) -> None:
    rows = [("m1", "a", "o1", "sourced", "p1", "registration"),
            ("m2", "a", "o2", "sourced", "p2", "lead_source")]  # fmt: skip
    some = facts(facts_of, rows)
    assert counted(some, Definitions()) == {"m1", "m2"}
    deals = some.table("opportunity")
    into = ibis.ifelse(deals.opportunity_id == "o2", 1, ibis.null("int64"))
    some.tables["opportunity"] = deals.mutate(merged_into_key=into)  # type: ignore[index]
    assert counted(some, Definitions()) == {"m1"}


def test_markers_out_of_order_decide_last_and_are_named(facts_of) -> None:
    rows = [("m1", "a", "o", "sourced", "p1", "lead_sorce"),
            ("m2", "a", "o", "sourced", "p2", "lead_source"),
            ("m3", "a", "o", "sourced", "p3", "agency_list")]  # fmt: skip
    some = facts(facts_of, rows)
    assert counted(some, Definitions()) == {"m2"}
    finding = told(some, Definitions())["markers_unranked"]
    assert finding.examples == ("agency_list", "lead_sorce")
    assert "'lead_sorce' (Did you mean 'lead_source'?)" in finding.sentence
    # The order counts in any case of letters.
    assert counted(some, words(deciding_markers=["Agency_List"])) == {"m3"}


def test_without_markers_nothing_changes(facts_of) -> None:
    rows = [("m1", "a", "o", "sourced", "p1", ""), ("m2", "a", "o", "sourced", "p2", "")]
    some = facts(facts_of, rows)
    assert read_markers(some, Definitions()) is None
    assert told(some, Definitions()) == {}
    assert marker_overlaps(some, Definitions()).num_rows == 0


ORDER = Involvement().deciding_markers
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["", "o"]),
        st.sampled_from(["sourced", "resold"]),
        st.sampled_from(["p1", "p2"]),
        st.sampled_from(["", *ORDER[:3]]),
    ),
    min_size=1,
    max_size=8,
)


@given(ROWS, st.sets(st.sampled_from(ORDER[:3])), st.randoms(use_true_random=False))
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_rule_in_python_and_the_order_of_rows(facts_of, drawn, complete, random) -> None:
    # A deal belongs to one account.
    rows = [
        (f"m{n}", account, f"{deal}{account}" if deal else "", *rest)
        for n, (account, deal, *rest) in enumerate(drawn)
    ]
    definitions = words(complete_markers=sorted(complete))
    assert counted(facts(facts_of, rows), definitions) == _by_hand(rows, complete)
    shuffled = random.sample(rows, len(rows))
    assert told(facts(facts_of, shuffled), definitions) == told(facts(facts_of, rows), definitions)


def _by_hand(rows: Sequence[Row], complete: set[str]) -> set[str]:
    """Ids of the rows that count, place by place."""
    kept = set()
    for identity, *place, partner, marker in rows:
        named: dict[str, set[str]] = {}
        for _, *other_place, other_partner, other_marker in rows:
            if other_place == place and other_marker:
                named.setdefault(other_marker, set()).add(other_partner)
        _, deal, role = place
        speaks = {
            other[5] for other in rows if bool(other[2]) == bool(deal) and other[3] == role
        } & complete
        asked = [each for each in ORDER if each in named or each in speaks]
        if not marker or partner in named.get(asked[0], set()):
            kept.add(identity)
    return kept


@pytest.mark.parametrize("dialect", WAREHOUSES)
def test_deciding_compiles_for(facts_of, dialect: str) -> None:
    rows = [("m1", "a", "o", "sourced", "p1", "registration"),
            ("m2", "a", "o", "sourced", "p2", "lead_source")]  # fmt: skip
    with Recording() as engine:
        some = facts(lambda **entities: facts_of(engine=engine, **entities), rows)
        definitions = words(complete_markers=["registration"])
        marker_overlaps(some, definitions)
        told(some, definitions)
        for expression in engine.seen:
            assert ibis.to_sql(expression, dialect=dialect)
