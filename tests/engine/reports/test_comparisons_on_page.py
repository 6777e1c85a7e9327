"""Comparisons on the page: the answer first, and no number that may not be read."""

from __future__ import annotations

import io
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from tests.engine.reports.pages import document, read
from tests.engine.reports.published_run import harbor
from tests.engine.value.made_comparisons import (
    ADDING,
    APART,
    COMPARED,
    COST,
    EXPANSION,
    NRR,
    RANKS,
    REFERRED,
    RENEWED,
    WAIT,
)

from lichen.reports.comparison_pictures import (
    effects_picture,
    love_picture,
    measured_picture,
    ranking_picture,
    seen,
    tally,
)
from lichen.reports.comparison_section import compared_with, facts, plain_split
from lichen.reports.comparison_tables import ranks_table
from lichen.reports.comparison_words import effect_text, matched_text
from lichen.reports.html import render
from lichen.reports.terminal import render as render_terminal
from lichen.reports.ticks import round_ticks
from lichen.scorecards.similar import ExposureView, exposure_title, similar_of
from lichen.value.comparison.result import Comparison, EValue
from lichen.value.comparison.stored import comparison_tables
from lichen.vocabulary.figure import Verdict

ANY = (RENEWED, NRR, EXPANSION, COST, WAIT, REFERRED)


def view(*comparisons: Comparison) -> ExposureView:
    return similar_of(comparisons).views[0]


def test_a_claim_is_told_before_what_is_unclear_or_unreadable() -> None:
    assert view(REFERRED, EXPANSION, COST).told is COST
    assert view(REFERRED, EXPANSION).told is EXPANSION
    assert view(REFERRED, APART).told is REFERRED


def test_outcomes_stand_in_one_order_and_units_never_share_an_axis() -> None:
    held = view(*reversed(ANY))
    assert [each.outcome for each in held.comparisons] == [
        "renewal_rate",
        "nrr",
        "expansion_rate",
        "cost_to_serve",
        "time_to_value",
        "referral_rate",
    ]
    assert {unit: len(each) for unit, each in held.by_unit.items()} == {"ratio": 5, "days": 1}


def test_any_involvement_comes_first_and_both_arms_are_apart() -> None:
    held = similar_of((ADDING, APART, RENEWED, replace(NRR, exposure="role=managed")))
    assert [each.title for each in held.views] == [
        "Any partner",
        "Partner role: Implemented",
        "Partner role: Managed",
        "Partner role: Managed, beside another partner",
    ]
    assert exposure_title("partner=crm:p1", names={"crm:p1": "Bayside"}) == "Partner: Bayside"


def test_a_dot_is_solid_only_where_the_difference_may_be_read() -> None:
    (row, apart) = effects_picture(view(RENEWED), "ratio", (RENEWED, APART), "USD").rows
    # 5.0 points between 1.9 and 8.1; the plain split says 9.6.
    assert [round(row[name], 6) for name in ("value", "low", "high", "hollow")] == [
        5.0,
        1.9,
        8.1,
        9.6,
    ]
    assert (row["tone"], row["word"]) == ("good", "helps")
    assert [apart[name] for name in ("value", "low", "high")] == [None, None, None]
    assert (apart["tone"], apart["word"]) == ("thin", "not comparable")


def test_differences_are_written_with_sign_measure_and_interval() -> None:
    assert matched_text(RENEWED, "USD") == "+5.0 points (1.9 to 8.1)"
    assert matched_text(WAIT, "USD") == "\N{MINUS SIGN}8 days (\N{MINUS SIGN}13 to \N{MINUS SIGN}4)"
    assert matched_text(APART, "USD") == "not comparable"
    assert effect_text(REFERRED.matched, "ratio", "USD") == ""


def test_what_of_the_plain_split_is_not_the_partner_is_said() -> None:
    # 9.6 less 5.0; where like for like is larger, both are said.
    assert "+9.6 points: 4.6 points of it" in plain_split(RENEWED, "USD")
    assert (
        plain_split(COST, "USD") == "The plain split says +3.3 points, like for like +4.1 points."
    )
    assert plain_split(APART, "USD") == ""


def test_beside_no_claim_nothing_of_the_plain_split_is_said_to_be_not_the_partner() -> None:
    unclear = replace(RENEWED, verdict=Verdict.NO_CLEAR_EFFECT)
    assert (
        plain_split(unclear, "USD")
        == "The plain split says +9.6 points, like for like +5.0 points."
    )


def test_first_contracts_are_counted_by_the_quarters_they_fall_in() -> None:
    told = compared_with(view(replace(RENEWED, design="first_contract")))
    assert f"first contracts in {len(RENEWED.landmarks)} quarters that ended from" in told


def test_a_placebo_without_enough_accounts_is_not_said_to_have_no_year() -> None:
    (told,) = (
        fact
        for fact in facts(view(replace(RENEWED, placebo=None)), "USD")
        if "Placebo" in fact.title
    )
    assert (told.value, "too few accounts" in told.note) == ("not judged", True)


def test_a_strength_without_end_is_written_as_one() -> None:
    never_lost = replace(RENEWED, e_value=EValue(float("inf"), 1.4, is_approximate=False))
    (told,) = (fact for fact in facts(view(never_lost), "USD") if "E-value" in fact.title)
    assert told.value == "\N{INFINITY}"


def test_partners_are_said_to_be_held_to_the_share_that_claims_are_held_to() -> None:
    table = ranks_table(RANKS, "ratio", "USD", {})
    assert "false discoveries held to 1%" in table.caption


def test_no_strength_is_told_of_what_may_not_be_read() -> None:
    (readable, unreadable) = (
        " ".join(fact.title for fact in facts(view(each), "USD")) for each in (RENEWED, APART)
    )
    assert "E-value" in readable and "Three methods" in readable
    assert "E-value" not in unreadable and "Three methods" not in unreadable


def test_every_account_seen_with_the_partner_is_in_one_count() -> None:
    # 114 measured, 4 without a match, 31 from the start, 27 and 3 for other reasons: 179.
    assert sum(seen(view(RENEWED)).values()) == 114 + 4 + 31 + 27 + 3
    assert measured_picture(view(RENEWED)).title.startswith("114 of 179 accounts")


def test_balance_is_said_in_the_title_and_marked_in_the_picture() -> None:
    good, bad = love_picture(view(RENEWED)), love_picture(view(APART))
    assert good is not None and good.title.startswith("Alike after matching: all 6")
    assert bad is not None and "ARR still 0.31 apart" in bad.title
    assert [row["tone"] for row in bad.rows].count("bad") == 1
    assert love_picture(view(REFERRED)) is None


def test_partners_are_ranked_by_what_is_left_after_drawing_in() -> None:
    (ranks,) = similar_of((), RANKS[::-1]).ranks.values()
    assert [each.partner_id for each in ranks] == ["crm:p1", "crm:p2", "crm:p3"]
    picture = ranking_picture(ranks, "USD", {"crm:p1": "Bayside"})
    assert picture.title.startswith("1 of 3 partners stands out on renewal rate")
    assert picture.rows[0]["title"] == "Bayside \N{MIDDLE DOT} 41"
    assert picture.rows[2]["value"] is None and picture.rows[2]["word"] == "not enough data"


def test_verdicts_are_counted_in_words() -> None:
    assert tally(ANY) == "3 help, 1 hurts, 1 no clear effect, 1 not enough data"
    assert tally([replace(RENEWED, verdict=Verdict.MEASURED)]) == "1 without a verdict"


def test_the_page_holds_answer_pictures_and_tables_and_every_id_once() -> None:
    page = render(document(harbor(), comparison_tables(COMPARED.comparisons, COMPARED.ranks)))
    held = read(page)
    assert len(held.ids) == len(set(held.ids))
    assert page.index(RENEWED.sentence) < page.index("Alike after matching")
    for words in ("Placebo", "E-value", "Who is compared", "Show as table", "Left out"):
        assert words in page


def test_a_terminal_shows_the_sentences_and_leaves_the_rest_to_a_command() -> None:
    stream = io.StringIO()
    shown = document(harbor(), comparison_tables(COMPARED.comparisons, COMPARED.ranks))
    render_terminal(shown, Console(file=stream, width=80))
    told = (
        stream.getvalue().split("Compared with similar accounts")[1].split("Customer outcomes")[0]
    )
    text = " ".join(told.split())
    assert "helps: Accounts that began with a partner renewed 5.0 points more often" in text
    assert "not enough data: Not enough data on referrals" in text
    assert "compare --exposure any" in text and "Partner role: Managed" not in text
    assert len(told.splitlines()) < 40


def test_names_and_sentences_never_become_markup() -> None:
    odd = replace(RENEWED, exposure="play=<b>&", sentence="<script>1</script>", findings=("<i>",))
    page = render(document(harbor(), comparison_tables([odd], RANKS)))
    assert "<script>1" not in page and "<i>" not in page and "&lt;b&gt;&amp;" in page


def test_without_comparisons_the_page_says_why() -> None:
    assert "was made with --without model" in render(document(harbor(), {}))
    assert "nothing to compare" in render(document(harbor(), comparison_tables((), ())))


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=8))
def test_an_axis_holds_its_values_and_its_ticks(values: list[float]) -> None:
    low, high, ticks = round_ticks(values)
    assert low <= min(values) and max(values) <= high
    assert all(low <= tick <= high for tick in ticks) and len(ticks) <= 14
