"""Flows in the workspace's currency, at the rate of their day, rounded once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_rows import counts, reasons, rows

from lichen.engines.embedded import Embedded
from lichen.engines.text import half_even_product
from lichen.kernel.money import convert_minor, currency_digits
from lichen.ledger import load
from lichen.ledger.errors import MissingRates
from lichen.vocabulary.definitions import Definitions, Workspace

ACCOUNT = "account_id,name\na1,Alder\n"
HEAD = "cost_id,account_id,month,kind,amount,currency\n"


def test_a_flow_takes_the_latest_rate_of_the_week_before_its_day(loaded) -> None:
    ledger = loaded(
        {
            "account.csv": ACCOUNT,
            "cost.csv": HEAD + "c1,a1,2024-03,csm,10.05,EUR\nc2,a1,2024-03,csm,7,USD\n",
            "fx_rate.csv": "currency,on,rate\n"
            "EUR,2024-03-24,1.2\nEUR,2024-03-29,1.1\nEUR,2024-04-01,9\n",
        }
    )
    # 1005 cents x 1.1 = 1105.5, half to even 1106.
    assert rows(ledger, "cost", "cost_id", "amount_minor", "reported_minor") == [
        ("c1", 1005, 1106),
        ("c2", 700, 700),
    ]


def test_missing_and_old_rates_are_listed_at_once(write) -> None:
    root = write(
        {
            "account.csv": ACCOUNT,
            "cost.csv": HEAD
            + "c1,a1,2024-03,csm,1,EUR\nc2,a1,2024-04,csm,1,EUR\nc3,a1,2024-03,csm,1,GBP\n",
            "fx_rate.csv": "currency,on,rate\nEUR,2024-03-31,1.1\nGBP,2024-03-20,1.3\n",
        }
    )
    with pytest.raises(MissingRates) as stopped:
        load(root, Definitions())
    assert "EUR on 2024-04-30; GBP on 2024-03-31." in str(stopped.value)
    assert "feeds/fx_rate" in str(stopped.value)


def test_arr_needs_no_rate(loaded) -> None:
    ledger = loaded(
        {
            "account.csv": ACCOUNT,
            "subscription.csv": "subscription_id,account_id,starts_on,arr_amount,currency\n"
            "s1,a1,2024-01-01,5,CHF\n",
        }
    )
    assert counts(ledger, "subscription") == (1, 1, 0, 0)


def test_minor_units_differ_by_currency_on_the_way(loaded) -> None:
    definitions = Definitions(workspace=Workspace(currency="JPY"))
    ledger = loaded(
        {
            "account.csv": ACCOUNT,
            "cost.csv": HEAD + "c1,a1,2024-03,csm,1.50,USD\nc2,a1,2024-03,csm,0.125,KWD\n",
            "fx_rate.csv": "currency,on,rate\nUSD,2024-03-31,151\nKWD,2024-03-31,492\n",
        },
        definitions,
    )
    # 1.50 x 151 = 226.5 -> 226 (even); 0.125 x 492 = 61.5 -> 62 (even).
    assert rows(ledger, "cost", "cost_id", "reported_minor") == [("c1", 226), ("c2", 62)]


def test_a_rate_must_be_a_positive_number(loaded) -> None:
    text = "currency,on,rate\nEUR,2024-03-31,0\nEUR,2024-03-30,-1\nEUR,2024-03-29,1.123456789\n"
    ledger = loaded({"account.csv": ACCOUNT, "fx_rate.csv": text})
    assert rows(ledger, "fx_rate", "rate") == [(Decimal("1.12345679"),)]
    assert [reason[4] for reason in reasons(ledger)] == ["is not an exchange rate"] * 2


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with Embedded(tmp_path_factory.mktemp("scratch")) as opened:
        yield opened


@given(
    minor=st.integers(-(10**15), 10**15),
    rate=st.integers(1, 10**13),
    pair=st.sampled_from([("EUR", "USD"), ("JPY", "USD"), ("KWD", "JPY"), ("USD", "KWD")]),
)
def test_conversion_in_the_engine_is_exact_half_even(session, minor, rate, pair) -> None:
    source, into = pair
    expected = convert_minor(minor, source, into, Decimal(rate).scaleb(-8))
    if abs(expected) >= 2**63:
        return
    divisor = 10 ** (8 + currency_digits(source) - currency_digits(into))
    query = half_even_product("a", "r", "d")
    (found,) = session.row(
        f"SELECT {query} FROM (SELECT {minor}::BIGINT a, {rate}::BIGINT r, {divisor}::BIGINT d)"
    )
    assert found == expected
