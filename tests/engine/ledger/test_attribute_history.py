"""The history of attributes keeps the past from seeing values that an account took later."""

from __future__ import annotations

from datetime import date

import pytest
from ledger_rows import findings, reasons, rows

from lichen.engines import Engine
from lichen.ledger import Facts

DAY = date(2024, 3, 31)
HEADER = "entity,id,attribute,value,from_on\n"


def accounts(**segments: str) -> str:
    lines = "".join(f"{name},{name},{segment},EU\n" for name, segment in segments.items())
    return f"account_id,name,segment,region\n{lines}"


def seen(facts: Facts, column: str = "segment") -> dict[str, str | None]:
    table = facts.engine.to_arrow(facts.table("account").select("account_id", column))
    return {row["account_id"]: row[column] for row in table.to_pylist()}


def test_a_value_that_was_taken_later_is_not_known_before(loaded, any_engine: Engine) -> None:
    history = (
        HEADER
        + "account,new,Segment,Enterprise,2024-04-01\n"
        + "account,dated,segment,smb,2024-01-01\n"
        + "account,dated,segment,enterprise,2024-04-01\n"
        + "partner,still,segment,smb,2024-04-01\n"
    )
    feeds = {
        "account.csv": accounts(new="enterprise", dated="enterprise", still="smb"),
        "attribute_change.csv": history,
    }
    ledger = loaded(feeds)
    # The history of `dated` says what it was, so its row is not asked.
    then = {"new": None, "dated": "enterprise", "still": "smb"}
    assert seen(ledger.as_of(DAY, any_engine)) == then
    assert seen(ledger.as_of(DAY, any_engine), "region") == dict.fromkeys(then, "EU")
    assert seen(ledger.as_of(date(2024, 4, 1), any_engine))["new"] == "enterprise"


@pytest.mark.parametrize("value", ["mid_market", "enterprise"])
def test_whatever_an_account_became_later_the_past_sees_the_same(
    loaded, duckdb: Engine, value: str
) -> None:
    history = f"{HEADER}account,a,segment,{value},2024-04-01\n"
    ledger = loaded({"account.csv": accounts(a=value), "attribute_change.csv": history})
    assert seen(ledger.as_of(DAY, duckdb)) == {"a": None}


def test_a_change_dated_later_leaves_the_value_of_before(loaded, duckdb: Engine) -> None:
    history = f"{HEADER}account,a,segment,enterprise,2024-04-01\n"
    ledger = loaded({"account.csv": accounts(a="smb"), "attribute_change.csv": history})
    assert seen(ledger.as_of(DAY, duckdb)) == {"a": "smb"}


def test_a_change_recorded_later_hides_its_value_as_well(loaded, duckdb: Engine) -> None:
    history = (
        "entity,id,attribute,value,from_on,recorded_at\n"
        "account,a,segment,enterprise,2024-01-01,2024-05-01\n"
    )
    ledger = loaded({"account.csv": accounts(a="enterprise"), "attribute_change.csv": history})
    assert seen(ledger.as_of(DAY, duckdb)) == {"a": None}


def test_names_of_attributes_count_in_any_case(loaded) -> None:
    history = (
        HEADER
        + "account,a,Segment,smb,2024-01-01\n"
        + "account,a,REGION,EU,2024-01-01\n"
        + "account,a,region,US,2024-01-01\n"
    )
    ledger = loaded({"account.csv": accounts(a="smb"), "attribute_change.csv": history})
    assert rows(ledger, "attribute_change", "attribute") == [("segment",)]
    # Region is said twice for one day, and differently.
    assert [reason[1] for reason in reasons(ledger)] == [2, 3]


def test_an_attribute_that_the_entity_does_not_have_is_told(loaded) -> None:
    history = (
        HEADER
        + "account,a,segmnt,smb,2024-01-01\n"
        + "account,a,segmnt,enterprise,2024-02-01\n"
        + "account,a,colour,blue,2024-02-01\n"
        + "account,a,Country,DE,2024-02-01\n"
    )
    ledger = loaded({"account.csv": accounts(a="smb"), "attribute_change.csv": history})
    assert findings(ledger)["unknown_attribute"] == 3
    (told,) = (each for each in ledger.findings if each.code == "unknown_attribute")
    assert "segmnt (did you mean 'segment'?)" in told.sentence
    assert told.examples == ("colour", "segmnt")


def test_an_attribute_of_the_other_entity_is_told(loaded) -> None:
    history = HEADER + "partner,p,segment,smb,2024-01-01\naccount,a,segment,smb,2024-01-01\n"
    ledger = loaded({"account.csv": accounts(a="smb"), "attribute_change.csv": history})
    assert findings(ledger)["unknown_attribute"] == 1
