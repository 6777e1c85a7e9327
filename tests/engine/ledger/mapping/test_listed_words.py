"""Words that a table of the source does not list are told, counted, with what was meant."""

from __future__ import annotations

import tempfile
from pathlib import Path

from raw_rows import Exports

from lichen.ledger.mapping import Origins, unlisted
from lichen.vocabulary.finding import Finding

DEALS = """
id | product  | is_test | on
1  | GTXPro   | no      | 2024-01-31
2  | GTXPro   | no      | 2024-01-31
3  | GTX Pro  | no      | 2024-01-31
4  | Anvil    | no      | 2024-01-31
5  | -        | no      | 2024-01-31
6  | GTXPro   | yes     | 2024-01-31
"""
PRODUCTS = """
product  | price
GTX Pro  | 4821
MG Basic | 55
-        | 1
"""
MAP = """
[tables.products]
optional = true
[tables.products.names]
product = []
[[map]]
entity = "opportunity"
from = "deals"
[map.columns]
opportunity_id = "id"
account_id = { constant = "a" }
kind = { constant = "new" }
outcome = { constant = "open" }
created_on = "on"
product = PRODUCT
[map.where]
"tests" = { column = "is_test", in = ["no"] }
"""
LISTED = '{ column = "product", among = "products.product" }'
CORRECTED = LISTED.replace(" }", ', values = { GTXPro = "GTX Pro" } }')


def told(exports: Exports, product: str, *others: tuple[str, str]) -> list[Finding]:
    """The findings of the map with this product."""
    tables = [exports.table("deals", DEALS), *(exports.table(*each) for each in others)]
    _, bound = exports.bound(MAP.replace("PRODUCT", product), *tables)
    assert bound.problems == ()
    with Origins(exports.session, bound, Path(tempfile.mkdtemp(dir=exports.scratch))) as origins:
        source = origins.of(bound.maps[0])
        return unlisted(exports.session, bound.maps[0], source, bound.tables)


def test_words_that_are_not_listed_are_counted_in_the_rows_that_are_kept(exports: Exports) -> None:
    (finding,) = told(exports, LISTED, ("products", PRODUCTS))
    assert finding.code == "unlisted_opportunity_product"
    assert finding.count == 3
    assert finding.examples == ("GTXPro", "Anvil")
    assert "'GTXPro' in 2 (did you mean 'GTX Pro'?); 'Anvil' in 1" in finding.sentence


def test_a_word_whose_meaning_the_mapping_says_is_told_no_more(exports: Exports) -> None:
    (finding,) = told(exports, CORRECTED, ("products", PRODUCTS))
    assert finding.examples == ("Anvil",)


def test_without_the_table_nothing_is_told(exports: Exports) -> None:
    assert told(exports, LISTED) == []


def test_a_list_that_is_not_there_is_a_problem_with_its_place(exports: Exports) -> None:
    for among, said in [
        ("product.product", "there is no raw table 'product'. Did you mean 'products'?"),
        ("products.name", "'products' has no column 'name'."),
        ("products", "'products' has no column ''."),
    ]:
        deals, products = exports.table("deals", DEALS), exports.table("products", PRODUCTS)
        text = MAP.replace("PRODUCT", LISTED.replace("products.product", among))
        _, bound = exports.bound(text, deals, products)
        (problem,) = bound.problems
        assert problem.key[-1] == "among"
        assert f"{problem.sentence} {problem.hint}".startswith(said)
