"""Rows that share a key, and rows that lead somewhere or nowhere."""

from __future__ import annotations

from ledger_rows import counts, findings, reasons, rows

from lichen.vocabulary.definitions import Definitions

ACCOUNTS = "account_id,name\na1,Alder\na2,Birch\n"


def test_the_same_key_with_the_same_content_is_a_duplicate(loaded) -> None:
    ledger = loaded({"account.csv": ACCOUNTS, "account.copy.csv": "name,account_id\nAlder,a1\n"})
    assert rows(ledger, "account", "account_id") == [("a1",), ("a2",)]
    assert counts(ledger, "account") == (3, 2, 0, 1)


def test_the_same_key_with_other_content_puts_all_aside(loaded) -> None:
    ledger = loaded({"account.csv": "account_id,name\na1,Alder\na1,Alder\na1,Elder\na2,Birch\n"})
    assert rows(ledger, "account", "account_id") == [("a2",)]
    assert counts(ledger, "account") == (4, 1, 3, 0)
    assert reasons(ledger)[0] == (
        "account.csv", 1, "account_id", "a1",
        "has the key of account.csv record 2, with other content",
    )  # fmt: skip


def test_the_latest_row_wins_where_the_feed_says_so(loaded) -> None:
    definitions = Definitions.model_validate(
        {"feeds": {"account": {"keep_latest_by": "updated_at"}}}
    )
    text = (
        "account_id,name,updated_at\n"
        "a1,Old,2024-01-01\n"
        "a1,New,2024-02-01\n"
        "a1,Never,\n"
        "a2,Tie,2024-01-01\n"
        "a2,Knot,2024-01-01\n"
    )
    ledger = loaded({"account.csv": text}, definitions)
    assert rows(ledger, "account", "account_id", "name") == [("a1", "New")]
    assert counts(ledger, "account") == (5, 1, 2, 2)
    assert findings(ledger)["superseded"] == 2


def test_an_empty_part_of_a_natural_key_is_a_value_like_others(loaded) -> None:
    text = (
        "account_id,month,product,feature,events\n"
        "a1,2024-01,,,5\n"
        "a1,2024-01-31,,,5\n"
        "a1,2024-01,core,,6\n"
        "a1,2024-01,core,,7\n"
    )
    ledger = loaded({"account.csv": ACCOUNTS, "usage.csv": text})
    assert rows(ledger, "usage", "product", "events") == [(None, 5)]
    assert counts(ledger, "usage") == (4, 1, 2, 1)


def test_a_required_reference_to_an_unknown_row_puts_the_row_aside(loaded) -> None:
    text = "account_id,milestone\na1,go_live\na9,go_live\n"
    ledger = loaded({"account.csv": ACCOUNTS, "milestone.csv": text})
    assert counts(ledger, "milestone") == (2, 1, 1, 0)
    assert reasons(ledger) == [("milestone.csv", 2, "account_id", "a9", "leads to no account")]


def test_a_reference_to_a_quarantined_row_leads_nowhere_too(loaded) -> None:
    accounts = "account_id,name,segment\na1,Alder,smb\na2,Birch,giant\n"
    text = "account_id,milestone\na1,go_live\na2,go_live\n"
    ledger = loaded({"account.csv": accounts, "milestone.csv": text})
    assert rows(ledger, "milestone", "account_key") == [(1,)]


def test_a_row_that_misses_two_references_has_two_reasons_and_counts_once(loaded) -> None:
    ledger = loaded(
        {
            "account.csv": ACCOUNTS,
            "partner.csv": "partner_id,name,kinds\np1,Quay,data\n",
            "involvement.csv": "involvement_id,account_id,partner_id,role,starts_on\n"
            "i1,a9,p9,trained,2024-01-01\n",
        }
    )
    assert counts(ledger, "involvement") == (1, 0, 1, 0)
    assert [reason[2] for reason in reasons(ledger)] == ["account_id", "partner_id"]


def test_an_optional_reference_that_leads_nowhere_is_kept_and_found(loaded) -> None:
    accounts = "account_id,name,parent_account_id\na1,Alder,\na2,Birch,a1\na3,Cedar,a9\n"
    ledger = loaded({"account.csv": accounts})
    assert rows(ledger, "account", "account_id", "parent_account_id", "parent_account_key") == [
        ("a1", None, None),
        ("a2", "a1", 1),
        ("a3", "a9", None),
    ]
    (finding,) = [f for f in ledger.findings if f.code == "optional_reference_lost"]
    assert (finding.count, finding.examples) == (1, ("a9",))


def test_keys_follow_the_order_of_ids_not_of_files(loaded) -> None:
    ledger = loaded(
        {"account.z.csv": "account_id,name\na1,Alder\n", "account.csv": "account_id,name\na2,B\n"}
    )
    assert rows(ledger, "account", "account_key", "account_id") == [(1, "a1"), (2, "a2")]


def test_a_latest_column_that_no_feed_has_is_said(loaded) -> None:
    definitions = Definitions.model_validate(
        {"feeds": {"account": {"keep_latest_by": "updated_at"}}}
    )
    ledger = loaded({"account.csv": "account_id,name\na1,Alder\na1,Birch\n"}, definitions)
    (told,) = (each for each in ledger.findings if each.code == "keep_latest_by_not_mapped")
    assert "names updated_at, but no account feed has that column" in told.sentence
    assert ledger.rows["account"] == 0
