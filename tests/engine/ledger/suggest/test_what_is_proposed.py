"""What a proposal says, what it only mentions, and what it leaves to a person."""

from __future__ import annotations

import tomllib

from small_exports import map_of, proposed, raw_columns
from test_exports_of_systems import SYSTEMS

from lichen.ledger.mapping import read_mapping
from lichen.ledger.suggest import Confidence

ACCOUNTS = """
    account_id,name
    A-17,Acme
    A-18,Blue
    A-19,Cinder
    A-20,Dune
"""


def test_words_near_to_the_contract_are_proposed_and_others_are_asked_for() -> None:
    deals = """
        deal_id,account_id,created_on,deal_type,stage
        D-1,A-17,2022-01-01,New Business,Closed Won
        D-2,A-18,2022-01-02,Upsell,Closed Lost
        D-3,A-19,2022-01-03,Zebra,Proposal
    """
    row = map_of(proposed("crm", {"accounts": ACCOUNTS, "deals": deals}), "deals")
    kind, outcome = row.column("kind"), row.column("outcome")
    assert kind is not None and outcome is not None
    assert kind.how["values"] == {"New Business": "new", "Upsell": "expansion"}
    assert "say what these mean: 'Zebra'" in kind.reason
    assert outcome.how == {
        "column": "stage",
        "values": {"Closed Won": "won", "Closed Lost": "lost"},
        "other": "open",
    }


def test_the_close_date_of_an_open_deal_is_not_taken() -> None:
    row = map_of(proposed("salesforce", SYSTEMS["salesforce"]), "Opportunity")
    closed, outcome = row.column("closed_on"), row.column("outcome")
    assert closed is not None and outcome is not None
    assert closed.how["sql"] == (
        "CASE WHEN lower(IsClosed) IN ('true', 't', 'yes', 'y', '1') THEN CloseDate END"
    )
    assert outcome.how["sql"].startswith("CASE WHEN lower(IsWon)")


def test_a_reference_is_recognised_by_its_values_alone() -> None:
    tickets = """
        ticket_id,whom,opened_at
        T-1,A-17,2022-01-01
        T-2,A-18,2022-01-02
        T-3,A-19,2022-01-03
        T-4,A-20,2022-01-04
    """
    row = map_of(proposed("desk", {"accounts": ACCOUNTS, "tickets": tickets}), "tickets")
    found = row.column("account_id")
    assert found is not None
    assert (found.how, found.confidence) == ({"column": "whom"}, Confidence.MEDIUM)
    assert "100% of sample values are in accounts.account_id" in found.reason


def test_an_account_is_reached_through_the_line_that_names_it() -> None:
    lines = """
        subscription_id,account_id,start_date,arr
        S-1,A-17,2022-01-01,100
        S-2,A-18,2022-01-01,200
        S-3,A-19,2022-01-01,300
    """
    usage = """
        subscription_id,usage_date,active_users
        S-1,2022-02-01,5
        S-2,2022-02-01,6
        S-3,2022-02-01,7
    """
    tables = {"accounts": ACCOUNTS, "subscriptions": lines, "usage": usage}
    row = map_of(proposed("app", tables), "usage")
    assert row.sql == (
        "SELECT t._row, t.usage_date, t.active_users, u.account_id AS account_id\n"
        "FROM usage t\n"
        "LEFT JOIN subscriptions u ON u.subscription_id = t.subscription_id\n"
    )
    assert row.is_active


def test_a_monthly_amount_becomes_a_yearly_one_and_the_currency_is_that_of_the_workspace() -> None:
    row = map_of(proposed("chargebee", SYSTEMS["chargebee"]), "subscriptions")
    arr = row.column("arr_amount")
    assert arr is not None and arr.how == {"sql": "TRY_CAST(mrr AS DECIMAL(18, 2)) * 12"}
    lines = "id,account_id,start_date,arr_eur\nS-1,A-17,2022-01-01,100\nS-2,A-18,2022-01-01,90"
    named = map_of(proposed("a", {"subscriptions": lines}), "subscriptions").column("currency")
    assert named is not None and named.how == {"constant": "EUR"}
    plain = lines.replace("arr_eur", "arr")
    told = map_of(proposed("a", {"subscriptions": plain}, "CHF"), "subscriptions").column(
        "currency"
    )
    assert told is not None and told.how == {"constant": "CHF"}
    unknown = map_of(proposed("a", {"subscriptions": plain}, None), "subscriptions")
    assert "currency" in unknown.missing


def test_an_amount_without_a_period_is_only_mentioned() -> None:
    suggestion = proposed("recurly", SYSTEMS["recurly"])
    row = map_of(suggestion, "subscriptions")
    arr = row.column("arr_amount")
    assert arr is not None and arr.confidence is Confidence.LOW
    assert not row.is_active
    assert '# # arr_amount = "unit_amount"' in suggestion.as_toml()
    assert "TODO required: an amount in major units" in suggestion.as_toml()


def test_deleted_rows_and_test_rows_are_filtered_by_name() -> None:
    salesforce = map_of(proposed("salesforce", SYSTEMS["salesforce"]), "Account")
    stripe = map_of(proposed("stripe", SYSTEMS["stripe"]), "customers")
    assert salesforce.where["deleted at the source"]["column"] == "IsDeleted"
    assert stripe.where["not from live operation"]["in"] == ["true", "t", "yes", "1"]


def test_partner_fields_and_lead_sources_become_markers_of_involvement() -> None:
    suggestion = proposed("salesforce", SYSTEMS["salesforce"])
    told = {
        row.name: (
            row.column("partner_id").how["column"],  # type: ignore[union-attr]
            row.column("role").how["constant"],  # type: ignore[union-attr]
            row.column("marker").how["constant"],  # type: ignore[union-attr]
        )
        for row in suggestion.maps
        if row.entity == "involvement" and row.table == "Opportunity"
    }
    assert told == {
        "partner_account_id of Opportunity": ("PartnerAccountId", "co_sold", "partner_field"),
        "LeadSource of Opportunity": ("PartnerAccountId", "referred", "lead_source"),
    }
    junction = map_of(suggestion, "OpportunityPartner", "involvement")
    assert junction.column("marker").how == {"constant": "junction"}  # type: ignore[union-attr]
    assert "LEFT JOIN Opportunity u ON u.Id = t.OpportunityId" in str(junction.sql)


def test_a_word_that_says_partner_and_names_none_is_no_involvement() -> None:
    accounts = """
        account_id,name,referral_source
        A-1,Acme,partner
        A-2,Blue,event
    """
    suggestion = proposed("crm", {"accounts": accounts})
    assert raw_columns(map_of(suggestion, "accounts"))["referral_source"] == "referral_source"
    marker = map_of(suggestion, "accounts", "involvement")
    assert "partner_id" in marker.missing and not marker.is_active


def test_markers_are_only_mentioned_while_nothing_tells_who_the_partners_are() -> None:
    deals = """
        deal_id,account_id,created_on,partner
        D-1,A-17,2022-01-01,P-1
        D-2,A-18,2022-01-02,P-2
    """
    partners = "partner_id,name,type\nP-1,North,reseller\nP-2,South,agency"
    alone = proposed("crm", {"accounts": ACCOUNTS, "deals": deals})
    with_them = proposed("crm", {"accounts": ACCOUNTS, "deals": deals, "partners": partners})
    assert not map_of(alone, "deals", "involvement").is_active
    assert "No map here gives the partners" in alone.as_toml()
    assert map_of(with_them, "deals", "involvement").is_active


def test_partners_among_the_accounts_are_proposed_by_their_type() -> None:
    row = map_of(proposed("salesforce", SYSTEMS["salesforce"]), "Account", "partner")
    kinds = row.column("kinds")
    assert kinds is not None
    assert kinds.how["values"] == {"Reseller": "reseller", "Technology Partner": "technology"}
    assert row.where["accounts that are no partner"]["in"] == ["Reseller", "Technology Partner"]


def test_flags_of_churn_become_records_that_are_only_compared() -> None:
    accounts = "account_id,name,churn_flag\nA-1,Acme,TRUE\nA-2,Blue,FALSE\n"
    row = map_of(proposed("crm", {"accounts": accounts}), "accounts", "churn_record")
    assert row.column("kind").how == {"constant": "account_flag"}  # type: ignore[union-attr]


def test_the_columns_that_came_next_are_told_beside_the_line() -> None:
    accounts = """
        id,name,domain,website
        1,Acme,acme.example,www.acme.example
        2,Blue,blue.example,www.blue.example
    """
    text = proposed("crm", {"accounts": accounts}).as_toml()
    (line,) = [line for line in text.splitlines() if line.startswith("domain =")]
    assert line.startswith('domain = "domain"') and "or website (0.99)" in line


def test_personal_data_is_never_shown() -> None:
    people = """
        account_id,name,csm,owner_email,phone
        A-1,Acme,Ann Archer,ann@vendor.example,+44 20 7946 0001
        A-2,Blue,Bob Baker,bob@vendor.example,+44 20 7946 0002
    """
    contacts = """
        contact_id,account_id,role,full_name,department
        C-1,A-1,champion,Cara Cole,IT
        C-2,A-2,admin,Dan Dale,IT
    """
    text = proposed("crm", {"accounts": people, "contacts": contacts}).as_toml()
    for secret in ("Ann", "ann@", "7946", "Cara", "Dale"):
        assert secret not in text
    assert "csm_key" in text and "(personal, not shown)" in text


def test_a_second_table_of_the_same_rows_is_only_mentioned_when_it_is_a_history() -> None:
    suggestion = proposed("crm", {"accounts": ACCOUNTS, "account_history": ACCOUNTS})
    assert map_of(suggestion, "accounts").is_active
    assert not map_of(suggestion, "account_history").is_active


def test_companies_without_ids_are_told_apart_by_their_names() -> None:
    names = "account,sector\nAcme,Logistics\nBlue,Health\n"
    deals = "opportunity_id,account,engage_date\nO-1,Acme,2022-01-01\nO-2,Blue,2022-01-02\n"
    suggestion = proposed("maven", {"accounts": names, "sales_pipeline": deals})
    found = raw_columns(map_of(suggestion, "accounts"))
    assert (found["account_id"], found["name"]) == ("account", "account")
    assert raw_columns(map_of(suggestion, "sales_pipeline"))["account_id"] == "account"


def test_a_table_without_a_map_is_listed_with_the_reason() -> None:
    text = proposed("crm", {"accounts": ACCOUNTS, "invoices": "id,total\n1,5\n"}).as_toml()
    assert "# invoices (1 rows, 2 columns): bills lines that `subscription` tells" in text


def test_every_system_is_proposed_as_a_file_that_loads_or_says_what_it_lacks() -> None:
    for source, tables in SYSTEMS.items():
        suggestion = proposed(source, tables)
        text = suggestion.as_toml()
        assert tomllib.loads(text)["system"] == source
        active = [row for row in suggestion.maps if row.is_active]
        assert active, source
        assert len(read_mapping(text, "x.toml").maps) == len(active)


def test_taking_the_marks_away_gives_a_file_that_is_still_toml() -> None:
    text = proposed("recurly", SYSTEMS["recurly"]).as_toml()
    head, _, rest = text.partition("# [[map]]")
    block = "\n".join(line.removeprefix("# ") for line in ("# [[map]]" + rest).splitlines())
    maps = tomllib.loads(head + block.split("\n# Tables without")[0])["map"]
    assert [row["entity"] for row in maps] == ["account", "subscription"]
