"""Domains as people write them, and the ones that tell no companies apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.ledger.identity.domains import registrable


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://WWW.Acme.co.uk/de?x=1", "acme.co.uk"),
        ("ann.smith@mail.acme.co.uk", "acme.co.uk"),
        ("acme.com:8080/login", "acme.com"),
        (" www.acme.com. ", "acme.com"),
        ("müller.de", "xn--mller-kva.de"),
        ("acmefreight.example", "acmefreight.example"),
    ],
)
def test_messy_text_gives_the_domain_that_was_registered(text: str, domain: str) -> None:
    assert registrable(text) == domain


@pytest.mark.parametrize(
    "text",
    [
        "gmail.com",
        "ann@googlemail.com",
        "acme.github.io",
        "co.uk",
        "10.0.0.1",
        "localhost",
        "crm.local",
        "n/a",
        "",
        None,
    ],
)
def test_what_many_share_or_nobody_registered_is_no_domain(text: str | None) -> None:
    assert registrable(text) is None


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    found = registrable(text)
    assert found is None or "." in found
