"""A sample of accounts drawn by hash of their ids: the same on every engine and in every run."""

from __future__ import annotations

import ibis.expr.types as ir
import pyarrow as pa

from lichen.engines.joins import left_join
from lichen.inference.folds import share_of
from lichen.ledger.facts import Facts

SALT = "comparison.controls"


def drawn(facts: Facts, rows: ir.Table) -> ir.Table:
    """The rows with `draw`, each account's number in [0, 1): those below a share are that share.

    Told by the account's id alone, since keys are given anew with every ledger.
    """
    accounts = facts.table("account").select("account_key", "account_id")
    needed = facts.engine.to_arrow(accounts.semi_join(rows, "account_key"))
    draws = share_of(needed.column("account_id").to_pylist(), SALT)
    table = pa.table({"account_key": needed.column("account_key"), "draw": pa.array(draws)})
    return left_join(rows, facts.engine.from_arrow(table), "account_key")
