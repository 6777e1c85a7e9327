"""One company in several systems is one account, by alias, by decision or by domain."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from lichen.cli import _application
from lichen.engines.embedded import Embedded
from lichen.ledger import Ledger, load
from lichen.ledger.identity import Decision, DecisionsUnusable, resolve
from lichen.vocabulary.definitions import Definitions

CRM = """
[[map]]
entity = "account"
from = "companies"
[map.columns]
account_id = "id"
name = "name"
domain = "website"
industry = "industry"
"""
BILLING = """
[[map]]
entity = "account"
from = "customers"
[map.columns]
account_id = "id"
name = "name"
domain = "email"
country = "country"

[[map]]
entity = "subscription"
from = "plans"
[map.columns]
subscription_id = "plan"
account_id = "customer"
starts_on = "start"
arr_amount = "value"
currency = { constant = "USD" }
"""
COMPANIES = """id,name,website,industry
1,Acme,https://www.acme.com/,Software
2,Beta,beta.co.uk,
3,Gamma,gamma.de,Steel
4,Gamma Holding,gamma.de,Steel
"""
CUSTOMERS = """id,name,email,country
9,ACME Inc,ap@acme.com,US
8,Beta Ltd,finance@billing.beta.co.uk,GB
7,Gamma,office@gamma.de,DE
6,Delta,delta@gmail.com,FR
"""
PLANS = "plan,customer,start,value\np1,9,2021-01-31,100\np2,6,2021-02-28,250\n"
ORDER = {"sources": {"crm": {}, "billing": {}}}


def workspace(root: Path, decided: str = "", order: dict | None = None) -> Ledger:
    for name, content in {
        "raw/crm/companies.csv": COMPANIES,
        "raw/billing/customers.csv": CUSTOMERS,
        "raw/billing/plans.csv": PLANS,
        "mappings/crm.toml": CRM,
        "mappings/billing.toml": BILLING,
        "decisions/identity.csv": "entity,left,right,verdict,note\n" + decided,
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return load(root, Definitions.model_validate(order or ORDER))


def accounts(ledger: Ledger) -> dict[str, tuple[str, str | None, str | None]]:
    rows = pq.read_table(ledger.table_path("account")).to_pylist()
    return {row["account_id"]: (row["name"], row["industry"], row["country"]) for row in rows}


def owners(ledger: Ledger) -> dict[str, str]:
    ids = {
        row["account_key"]: row["account_id"]
        for row in pq.read_table(ledger.table_path("account")).to_pylist()
    }
    lines = pq.read_table(ledger.table_path("subscription")).to_pylist()
    return {row["subscription_id"]: ids[row["account_key"]] for row in lines}


def counts(ledger: Ledger) -> tuple[int, int, int, int]:
    (row,) = [
        row
        for row in ledger.accounting.to_pylist()
        if row["level"] == "entity" and row["entity"] == "account"
    ]
    return row["mapped"], row["accepted"], row["quarantined"], row["duplicates"]


def test_equal_domains_of_two_systems_are_one_account_filled_from_both(tmp_path: Path) -> None:
    ledger = workspace(tmp_path)
    assert accounts(ledger) == {
        "crm:1": ("Acme", "Software", "US"),
        "crm:2": ("Beta", None, "GB"),
        "crm:3": ("Gamma", "Steel", None),
        "crm:4": ("Gamma Holding", "Steel", None),
        "billing:7": ("Gamma", None, "DE"),
        "billing:6": ("Delta", None, "FR"),
    }
    assert counts(ledger) == (8, 6, 0, 2)
    assert owners(ledger) == {"billing:p1": "crm:1", "billing:p2": "billing:6"}


def test_what_one_system_has_twice_is_told_and_not_matched(tmp_path: Path) -> None:
    found = {one.code: one for one in workspace(tmp_path).findings}
    assert found["ambiguous_domain"].examples == ("gamma.de",)
    assert found["same_account"].count == 2
    # Acme is ACME Inc and Beta is Beta Ltd, and their sites are those of their e-mail.
    assert "sources_disagree" not in found


def test_a_decision_joins_what_nothing_else_shows_and_one_keeps_apart(tmp_path: Path) -> None:
    decided = "account,crm:3,billing:7,same,\naccount,billing:9,crm:1,different,a reseller\n"
    found = accounts(workspace(tmp_path, decided))
    assert found["crm:3"] == ("Gamma", "Steel", "DE")
    assert found["billing:9"] == ("ACME Inc", None, "US")
    assert "billing:7" not in found


def test_removing_the_row_undoes_the_decision(tmp_path: Path) -> None:
    plain = accounts(workspace(tmp_path))
    assert accounts(workspace(tmp_path, "account,crm:3,billing:7,same,\n")) != plain
    assert accounts(workspace(tmp_path)) == plain


def test_the_first_source_is_believed_and_gives_the_id(tmp_path: Path) -> None:
    ledger = workspace(tmp_path, order={"sources": {"billing": {}, "crm": {}}})
    assert accounts(ledger)["billing:9"] == ("ACME Inc", "Software", "US")
    assert owners(ledger)["billing:p1"] == "billing:9"


def test_domains_are_not_looked_at_where_the_workspace_says_so(tmp_path: Path) -> None:
    ledger = workspace(tmp_path, order={**ORDER, "identity": {"match_domains": False}})
    assert counts(ledger) == (8, 8, 0, 0)


def test_an_alias_of_a_canonical_feed_leads_to_its_account(tmp_path: Path) -> None:
    for name, content in {
        "account.csv": "account_id,name\na1,Acme\na2,Beta\n",
        "account_alias.csv": "system,key,account_id\nzen,77,a1\n",
        "ticket.csv": "ticket_id,account_id,opened_at\nt1,zen:77,2021-01-31T09:00:00Z\n",
    }.items():
        (tmp_path / "feeds").mkdir(exist_ok=True)
        (tmp_path / "feeds" / name).write_text(content)
    ledger = load(tmp_path, Definitions())
    assert ledger.rows == {"account": 2, "account_alias": 1, "ticket": 1}


def test_every_column_that_holds_an_id_gets_the_canonical_one(tmp_path: Path) -> None:
    for name, content in {
        "account.csv": "account_id,name,parent_account_id\n"
        "billing:9,Acme,\ncrm:1,ACME,billing:9\ncrm:2,Beta,crm:1\n",
        "account_alias.csv": "system,key,account_id\nbilling,9,crm:1\n",
        "attribute_change.csv": "entity,id,attribute,value,from_on\n"
        "account,crm:1,segment,smb,2021-01-31\npartner,crm:1,tier,gold,2021-01-31\n",
    }.items():
        (tmp_path / "feeds").mkdir(exist_ok=True)
        (tmp_path / "feeds" / name).write_text(content)
    ledger = load(tmp_path, Definitions())
    rows = pq.read_table(ledger.table_path("account")).to_pylist()
    # Acme is not its own parent, though one of its rows named the other.
    assert {row["account_id"]: row["parent_account_id"] for row in rows} == {
        "billing:9": None,
        "crm:2": "billing:9",
    }
    changes = pq.read_table(ledger.table_path("attribute_change")).to_pylist()
    assert sorted((row["entity"], row["id"]) for row in changes) == [
        ("account", "billing:9"),
        ("partner", "crm:1"),
    ]


def test_ids_in_lists_and_beside_other_words_get_the_canonical_one_too(tmp_path: Path) -> None:
    for name, content in {
        "account.csv": "account_id,name\na1,Acme\na2,Beta\nb9,ACME\n",
        "account_alias.csv": "system,key,account_id\nzen,77,a1\nzen,78,a7\n",
        "partner.csv": "partner_id,name,kinds\np1,Pine,agency\n",
        "partner_alias.csv": "system,key,partner_id\nprm,5,p1\n",
        "agreement.csv": "agreement_id,partner_id,starts_on,reserved_accounts\n"
        "g1,p1,2021-01-31,zen:77; a2|b9\ng2,prm:5,2021-01-31,a2;a1\ng3,p1,2021-01-31,\n",
        "contact.csv": "contact_id,account_id,role,relationship_holder\n"
        "c1,a1,champion,prm:5\nc2,a1,champion,vendor\n",
    }.items():
        (tmp_path / "feeds").mkdir(exist_ok=True)
        (tmp_path / "feeds" / name).write_text(content)
    ledger = load(tmp_path, Definitions())
    agreements = pq.read_table(ledger.table_path("agreement")).to_pylist()
    assert {row["agreement_id"]: row["reserved_accounts"] for row in agreements} == {
        "g1": "a1|a2|b9",
        "g2": "a2;a1",
        "g3": None,
    }
    contacts = pq.read_table(ledger.table_path("contact")).to_pylist()
    assert {row["contact_id"]: row["relationship_holder"] for row in contacts} == {
        "c1": "p1",
        "c2": "vendor",
    }
    astray = next(one for one in ledger.findings if one.code == "alias_leads_nowhere")
    assert (astray.count, astray.examples) == (1, ("zen:78 is a7",))


@pytest.mark.parametrize(
    ("decided", "told"),
    [
        ("acount,a,b,same,\n", "record 1: entity is 'acount', expected account or partner"),
        ("account,a,b,maybe,\n", "record 1: verdict is 'maybe', expected same or different"),
        ("account,a,,same,\n", "record 1: left and right must both hold an id"),
        (
            "account,a,b,same,\naccount,b,c,same,\naccount,a,c,different,\n",
            "record 3: a and c are told apart, but the same by records 1, 2",
        ),
    ],
)
def test_decisions_that_cannot_hold_stop_the_load(tmp_path: Path, decided: str, told: str) -> None:
    with pytest.raises(DecisionsUnusable, match=told):
        workspace(tmp_path, decided)


def test_a_reviewed_proposal_becomes_one_account_from_the_command_line(tmp_path: Path) -> None:
    workspace(tmp_path)
    (tmp_path / "lichen.toml").write_text("[sources.crm]\n[sources.billing]\n")
    commands = CliRunner()
    said = commands.invoke(_application(), ["instrument", str(tmp_path), "--propose"])
    assert said.exit_code == 0, said.output
    review = tmp_path / "decisions" / "identity_proposals.csv"
    lines = review.read_text().splitlines()
    # Gamma of billing, by its name and by the domain that CRM has twice.
    assert [line.split(",")[2::3][:2] for line in lines[1:]] == [
        ["billing:7", "crm:3"],
        ["billing:7", "crm:4"],
    ]
    review.write_text("\n".join([lines[0], lines[1] + "same", lines[2]]) + "\n")
    said = commands.invoke(_application(), ["instrument", str(tmp_path), "--decide", "ana"])
    assert said.exit_code == 0, said.output
    assert "1 decision moved" in said.output
    found = accounts(load(tmp_path, Definitions.model_validate(ORDER)))
    assert found["crm:3"] == ("Gamma", "Steel", "DE")


IDS = [f"{system}:{key}" for system in ("a", "b", "c") for key in range(4)]


@settings(max_examples=40, deadline=None)
@given(
    domains=st.lists(st.sampled_from(["x.com", "y.com", "z.de", None]), min_size=12, max_size=12),
    aliases=st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=3),
    apart=st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=3),
    seed=st.integers(0, 99),
)
def test_order_changes_nothing_and_what_was_told_apart_stays_apart(
    tmp_path_factory, domains, aliases, apart, seed
) -> None:
    pairs = [(left, right) for left, right in apart if left != right]
    decisions = [Decision("account", a, b, False, at) for at, (a, b) in enumerate(pairs)]
    rows = [
        f"SELECT '{one}' AS id, {'abc'.index(one[0])} AS rank, "
        f"{'NULL' if domain is None else repr(domain)}::VARCHAR AS domain"
        for one, domain in zip(IDS, domains, strict=True)
    ]
    shuffled = random.Random(seed).sample(rows, len(rows))
    with Embedded(tmp_path_factory.mktemp("scratch")) as session:
        told = [
            resolve(
                session,
                "account",
                " UNION ALL ".join(order),
                list(reversed(aliases)) if order is shuffled else aliases,
                decisions,
                match_domains=True,
            ).renamed
            for order in (rows, shuffled)
        ]
    assert told[0] == told[1]
    for left, right in pairs:
        assert told[0].get(left, left) != told[0].get(right, right)
    for new in told[0].values():
        assert new not in told[0]


def resolved(session: Embedded, rows: list[tuple[str, int, str]], **more) -> dict[str, str]:
    told = " UNION ALL ".join(
        f"SELECT '{one}' AS id, {rank} AS rank, '{domain}' AS domain" for one, rank, domain in rows
    )
    decisions = more.pop("decisions", ())
    return resolve(session, "account", told, (), decisions, match_domains=True, **more).renamed


def test_two_companies_of_one_system_stay_two_though_it_stands_in_two_folders(tmp_path) -> None:
    with Embedded(tmp_path) as session:
        rows = [("sf:1", 1, "acme.com"), ("sf:2", 2, "acme.com")]
        assert resolved(session, rows) == {}
        assert resolved(session, [*rows[:1], ("billing:9", 2, "acme.com")]) == {"billing:9": "sf:1"}


def test_an_id_with_two_domains_is_matched_by_none(tmp_path) -> None:
    rows = [("crm:1", 1, "acme.com"), ("crm:1", 1, "zeta.com"), ("billing:9", 2, "acme.com")]
    with Embedded(tmp_path) as session:
        assert resolved(session, rows) == {}


def test_ids_that_were_told_apart_do_not_keep_the_others_name(tmp_path) -> None:
    rows, known = [("crm:2", 1, "b.com")], {"crm:1": "crm:1", "crm:2": "crm:1"}
    with Embedded(tmp_path) as session:
        assert resolved(session, rows, registered=known) == {"crm:2": "crm:1"}
        apart = (Decision("account", "crm:1", "crm:2", False, 1),)
        assert resolved(session, rows, registered=known, decisions=apart) == {}


def test_a_company_of_which_one_row_was_always_there_was_always_there(tmp_path: Path) -> None:
    dated = BILLING.replace('country = "country"', 'country = "country"\nrecorded_at = "seen"')
    customers = CUSTOMERS.replace("country\n", "country,seen\n").replace("US\n", "US,2025-04-01\n")
    for name, content in {
        "raw/crm/companies.csv": COMPANIES,
        "raw/billing/customers.csv": customers.replace("GB\n", "GB,2025-04-01\n")
        .replace("DE\n", "DE,2025-04-01\n")
        .replace("FR\n", "FR,2025-04-01\n"),
        "raw/billing/plans.csv": PLANS,
        "mappings/crm.toml": CRM,
        "mappings/billing.toml": dated,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    ledger = load(tmp_path, Definitions.model_validate(ORDER))
    rows = pq.read_table(ledger.table_path("account")).to_pylist()
    recorded = {row["account_id"]: row["recorded_on"] for row in rows}
    assert recorded["crm:1"] is None
    assert str(recorded["billing:6"]) == "2025-04-01"
