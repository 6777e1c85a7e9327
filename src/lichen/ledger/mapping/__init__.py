"""How exports of other systems become rows of entities, as a person declared it in a file.

`load_mapping` reads the file, `bind` holds it against the raw tables, `Origins` gives the rows
that a map starts from, `wanted` the cells whose format must be known, and `map_rows` its rows.
"""

from __future__ import annotations

from lichen.ledger.mapping.bind import Bound, bind
from lichen.ledger.mapping.contract import Held, hold_to_contracts
from lichen.ledger.mapping.errors import MappingUnusable
from lichen.ledger.mapping.explain import explain
from lichen.ledger.mapping.listed import unlisted
from lichen.ledger.mapping.load import load_mapping, read_mapping
from lichen.ledger.mapping.rows import Mapped, Source, Wanted, account_of, map_rows, wanted
from lichen.ledger.mapping.source import Origins
from lichen.ledger.mapping.spec import ColumnMap, Contract, EntityMap, Mapping, Rule, TableSpec
from lichen.ledger.mapping.tables import RawTable, table_of

__all__ = [
    "Bound",
    "ColumnMap",
    "Contract",
    "EntityMap",
    "Held",
    "Mapped",
    "Mapping",
    "MappingUnusable",
    "Origins",
    "RawTable",
    "Rule",
    "Source",
    "TableSpec",
    "Wanted",
    "account_of",
    "bind",
    "explain",
    "hold_to_contracts",
    "load_mapping",
    "map_rows",
    "read_mapping",
    "table_of",
    "unlisted",
    "wanted",
]
