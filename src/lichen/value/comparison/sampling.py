"""A sample of accounts drawn by hash of their ids: the same on every engine and in every run."""

from __future__ import annotations

from hashlib import blake2b

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from lichen.engines.joins import left_join
from lichen.ledger.facts import Facts

SALT = "comparison.controls"


def shares_of_ids(ids: list[str], salt: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A number in [0, 1) for each id, even over ids and told by nothing but id and salt."""
    key = salt.encode()
    digests = b"".join(blake2b(each.encode(), digest_size=8, key=key).digest() for each in ids)
    # The upper 53 bits are what a double holds exactly.
    return (np.frombuffer(digests, dtype="<u8") >> np.uint64(11)).astype(np.float64) / 2.0**53


def drawn(facts: Facts, rows: ir.Table) -> ir.Table:
    """The rows with `draw`, each account's number in [0, 1): those below a share are that share."""
    accounts = facts.table("account").select("account_key", "account_id")
    needed = facts.engine.to_arrow(accounts.semi_join(rows, "account_key"))
    draws = shares_of_ids(needed.column("account_id").to_pylist(), SALT)
    table = pa.table({"account_key": needed.column("account_key"), "draw": pa.array(draws)})
    return left_join(rows, facts.engine.from_arrow(table), "account_key")
