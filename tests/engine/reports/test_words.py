"""What the scorecard says in words about targets, findings, thin groups and accounts."""

from __future__ import annotations

import pyarrow as pa
from tests.engine.reports.published_run import MANIFEST, PublishedRun

from lichen.reports.cells import figure_cell
from lichen.reports.finding_notes import findings_block
from lichen.reports.scorecard import scorecard_document
from lichen.revenue.dominant import Dominance, dominant_finding
from lichen.scorecards.accounts import AccountLine, AccountsBehind
from lichen.scorecards.board import build
from lichen.scorecards.run_facts import run_facts
from lichen.vocabulary.definitions import Scorecard, Target

RULES = Scorecard.model_validate({})


def test_a_group_of_enough_but_uneven_accounts_is_called_uneven_and_says_why() -> None:
    run = PublishedRun()
    facts = run_facts(MANIFEST)
    few = figure_cell(run.add("nrr", None, 12), facts)
    uneven = figure_cell(run.add("nrr", None, 41), facts)
    assert few.text == "n = 12"
    assert uneven.text == "uneven"
    assert "n = 41" in uneven.note
    assert "count as fewer than 30" in uneven.note


def test_a_dominant_account_touches_its_groups_and_claims_no_share_of_arr() -> None:
    stack = "integration_stack=prm:P1+prm:P2"
    held = {stack: Dominance(1.0, 500), "segment=smb": Dominance(0.3, 900)}
    finding = dominant_finding(held, RULES)
    assert (finding.count, finding.arr_share) == (2, None)
    assert set(finding.dimensions) == {"integration_stack", "segment"}
    names = pa.table({"partner_id": ["prm:P1", "prm:P2"], "name": ["Acorn", "Bay"]})
    shown = build(PublishedRun().table, MANIFEST, [finding], tables={"partners": names})
    (note,) = findings_block(shown).items
    assert note.concerns == "groups by integration stack, segment"
    assert note.examples == ("Segment: SMB", "Integration stack: Acorn + Bay")


def test_a_dominant_account_of_the_whole_base_touches_all_figures() -> None:
    held = {"": Dominance(0.5, 900), "segment=smb": Dominance(0.5, 900)}
    assert dominant_finding(held, RULES).dimensions == ()


def test_a_card_says_at_most_and_names_a_window_that_is_not_twelve_months() -> None:
    run = PublishedRun()
    run.add("churn_rate", 0.08, 400, spread=0.03)
    run.add("renewal_gross", 0.96, 109, months=3)
    targets = [
        Target(metric="churn_rate", value=0.1, direction="at_most", owner="CCO"),
        Target(metric="renewal_gross", value=0.9, period="quarter", owner="CCO"),
    ]
    document = scorecard_document(build(run.table, MANIFEST, targets=targets))
    cards = {card.title: card for card in document.sections[0].blocks[1].cards}  # type: ignore[union-attr]
    assert cards["Churn rate"].target == "target at most 10.0%"
    assert "months to" not in cards["Churn rate"].interval
    quarter = cards["Gross renewal rate by value"]
    assert quarter.interval.endswith("109 renewals · 3 months to 31 Oct 2026")
    assert quarter.trend is None
    assert document.lead == (
        "Of 2 targets: 2 met. In 1 of them the interval holds the target, so chance may decide."
    )


def test_renewal_rates_list_the_accounts_with_most_due_and_decided() -> None:
    due = pa.table(
        {
            "account_id": ["a", "a", "b", "c"],
            "outcome": ["renewed", "churned", "renewed", "pending"],
            "due_minor": [100, 50, 120, 900],
            "renewed_minor": [110, 0, 90, 0],
        }
    )
    behind = AccountsBehind({"renewals_due": due})
    assert behind.top("renewal_rate", "") == (
        AccountLine("a", "a", 150, 110),
        AccountLine("b", "b", 120, 90),
    )
    assert behind.top("renewal_rate", "segment=smb") == ()


def test_levels_of_a_group_list_no_accounts_because_groups_are_of_the_opening() -> None:
    tables = {
        "end_points": pa.table(
            {
                "account_key": [1],
                "account_id": ["a"],
                "arr_opening_minor": [100],
                "arr_closing_minor": [200],
            }
        ),
        "groups": pa.table({"account_key": [1], "dimension": ["segment"], "value": ["smb"]}),
    }
    behind = AccountsBehind(tables)
    line = AccountLine("a", "a", 100, 200)
    assert behind.top("arr", "") == (line,)
    assert behind.top("nrr", "segment=smb") == (line,)
    assert behind.top("arr", "segment=smb") == ()
