"""Facts that are not there: lines, partners, filled columns, fresh feeds."""

from __future__ import annotations

import pytest
from lines_and_records import BEFORE_CHECKS, accounts, found, lines

from lichen.simulation import Settings, simulate
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.finding import Severity

DEALS = "opportunity_id,account_id,kind,created_on,closed_on,outcome,is_direct_involved"
ONE_LINE = lines(["s1 a core 2024-01-01 - 100"])


def test_won_deals_of_accounts_without_a_line_are_told(loaded) -> None:
    deals = (
        f"{DEALS}\n"
        "o1,b,new,2024-01-01,2024-02-01,won,true\n"
        "o2,b,expansion,2024-01-01,2024-02-01,won,\n"
        "o3,b,new,2024-01-01,2024-02-01,lost,\n"
        "o4,a,new,2024-01-01,2024-02-01,won,\n"
    )
    seen = found(loaded({"account.csv": accounts("ab"), "subscription.csv": ONE_LINE,
                         "opportunity.csv": deals}))  # fmt: skip
    assert (seen["account_without_line"].examples, seen["won_without_line"].examples) == (
        ("b",),
        ("o1",),
    )
    empty = seen["partly_filled_opportunity_is_direct_involved"]
    # Of the won new deals o1 and o4 the second says nothing; its account has all ARR.
    assert (empty.count, empty.examples, empty.arr_share) == (1, ("o4",), 1.0)
    assert (empty.severity, empty.dimensions) == (Severity.NOTE, ("acquired_via",))


def test_a_column_that_most_rows_lack_is_a_warning(loaded) -> None:
    text = "account_id,name,segment\na,A,smb\nb,B,\nc,C,\n"
    seen = found(loaded({"account.csv": text, "subscription.csv": ONE_LINE}))
    empty = seen["partly_filled_account_segment"]
    assert (empty.count, empty.arr_share, empty.severity) == (2, 0.0, Severity.WARNING)
    assert "2 of 3 account rows have no segment (33% filled)" in empty.sentence


def test_only_lines_that_tell_how_an_account_was_won_need_their_deal(loaded) -> None:
    # a has a won deal, so its lines need none; b's first line lacks one, its second does not tell.
    told = lines(
        ["s1 a core 2024-01-01 - 100", "s2 b core 2024-02-01 - 100", "s3 b core 2024-03-01 - 100",
         "s4 c core 2024-02-01 - 200", "s5 c core 2024-05-01 - 100"]
    )  # fmt: skip
    deals = f"{DEALS}\no1,a,new,2024-01-01,2024-02-01,won,true\no2,c,new,2024-01-01,,open,\n"
    head, *rest = told.splitlines()
    told = "\n".join([f"{head},opportunity_id", *(f"{row},{'o2' * ('s4' in row)}" for row in rest)])
    seen = found(loaded({"account.csv": accounts("abc"), "subscription.csv": told,
                         "opportunity.csv": deals}))  # fmt: skip
    empty = seen["partly_filled_subscription_opportunity_id"]
    assert (empty.count, empty.examples) == (1, ("s2",))
    assert "1 of 2 subscription rows that are the first of an account" in empty.sentence
    # On 2024-02-01, the newest fact, s2 holds 100 of the 400 of s1, s2 and s4.
    assert empty.arr_share == pytest.approx(100 / 400)


def test_partners_are_covered_by_roles_and_by_sales(loaded) -> None:
    sold = ONE_LINE.replace("currency\n", "currency,marketplace\n").replace("USD\n", "USD,aws\n")
    role = "involvement_id,account_id,partner_id,role,starts_on,opportunity_id\n"
    seen = found(
        loaded(
            {
                "account.csv": accounts("abcd"),
                "partner.csv": "partner_id,name,kinds\np,P,agency\n",
                "subscription.csv": sold + "s2,a,core,2024-01-01,,300,USD,\n",
                "opportunity.csv": f"{DEALS}\no1,b,new,2024-01-01,2024-02-01,won,true\n"
                "o2,c,new,2024-01-01,,open,\n",
                "involvement.csv": f"{role}i1,b,p,sourced,2024-01-01,o1\n",
            }
        )
    )
    covered = seen["partner_ids_covered"]
    assert (covered.count, covered.examples, covered.arr_share) == (
        2,
        ("c", "d"),
        0.0,
    )  # No line of c or d
    assert (
        "2 of 4 account rows (50%), 1 of 2 opportunity rows (50%) and 1 of 2 subscription rows"
        in covered.sentence
    )


def test_a_mapped_partner_field_without_a_value_is_no_partner(loaded) -> None:
    sold = ONE_LINE.replace("currency\n", "currency,marketplace\n").replace("USD\n", "USD,\n")
    seen = found(loaded({"account.csv": accounts("a"), "subscription.csv": sold}))
    assert "No row has a value in subscription.marketplace" in seen["no_partner_field"].sentence
    assert "acquired_via" in seen["no_partner_field"].dimensions


@pytest.mark.parametrize(("allowed", "is_stale"), [(181, True), (182, False)])
def test_a_feed_is_stale_after_its_days(loaded, allowed: int, is_stale: bool) -> None:
    usage = "account_id,month,events\na,2024-07-31,1\n"  # 182 days after 31 January
    renewals = "renewal_id,account_id,due_on,due_amount,outcome\nr,a,2024-01-31,10,pending\n"
    definitions = Definitions.model_validate({"feeds": {"renewal": {"stale_days": allowed}}})
    feeds = {"account.csv": accounts("a"), "usage.csv": usage, "renewal.csv": renewals}
    stale = found(loaded(feeds, definitions)).get("stale_renewal")
    assert (stale is not None) is is_stale
    if stale:
        assert "2024-01-31, 182 days before the newest fact" in stale.sentence
        assert "renewal_rate" in stale.metrics


def test_a_clean_ecosystem_is_told_nothing_that_is_not_so(tmp_path) -> None:
    from lichen.ledger import load

    simulate(tmp_path, Settings(accounts=300, seed=11))
    codes = {each.code for each in load(tmp_path, Definitions()).findings} - BEFORE_CHECKS
    # The simulation loses and regains a few customers, has prospects, and leaves columns empty.
    true_of_it = {"gone_and_back", "account_without_line", "partner_ids_covered",
                  "partly_filled_account_csm_key", "partly_filled_subscription_opportunity_id",
                  "partly_filled_opportunity_is_direct_involved",
                  "closing_date_filled"}  # fmt: skip
    assert codes <= true_of_it
