"""What people write into a domain field, and the domain that a company registered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lichen.ledger.identity.domains import registrable

SAME = """
acme.co.uk
ACME.CO.UK
acme.co.uk.
www.acme.co.uk
https://www.acme.co.uk/about?x=1#top
http://acme.co.uk:8080/
//shop.acme.co.uk/basket
jane.doe@acme.co.uk
mailto:jane@mail.acme.co.uk
https://jane:secret@acme.co.uk/
acme.co.uk, acme.com
<acme.co.uk>
"""

NONE = """
co.uk
com
localhost
https://localhost:8000
192.168.1.10
http://10.0.0.1/login
[2001:db8::1]
server.internal
acme
n/a
-
jane@gmail.com
jane@yahoo.co.uk
https://linkedin.com/company/acme
acme.github.io
acme.myshopify.com
acme.wordpress.com
ac me
..
@
"""


@pytest.mark.parametrize("text", [line for line in SAME.split("\n") if line])
def test_every_way_of_writing_it_is_one_domain(text: str) -> None:
    assert registrable(f"  {text} ") == "acme.co.uk"


@pytest.mark.parametrize("text", [*NONE.split("\n")])
def test_what_no_single_company_owns_is_no_domain(text: str) -> None:
    assert registrable(text) is None


def test_letters_of_every_script_are_one_domain_with_their_ascii_form() -> None:
    # Second source: the ASCII forms are those that registries publish for these names.
    assert registrable("Bücher.de") == registrable("xn--bcher-kva.de")
    assert registrable("http://例え。テスト.jp/") == registrable("テスト.jp")
    assert registrable("straße.de") == "xn--strae-oqa.de"


@given(st.text(max_size=60))
def test_any_text_has_one_domain_or_none_and_a_domain_is_its_own(text: str) -> None:
    found = registrable(text)
    if found is not None:
        assert registrable(found) == found
        assert registrable(f"https://www.{found.upper()}:443/x") == found
