"""How much of the ARR that partners serve hangs on the largest of them."""

from __future__ import annotations

import ibis.expr.types as ir
import pyarrow as pa

from lichen.kernel.periods import month_index
from lichen.revenue.portfolio.accounts import Served
from lichen.revenue.portfolio.partners import OnDay

TOPS = (1, 3, 5, 10)


def concentration(served: Served, there: OnDay, rows: ir.Table) -> dict[int, int]:
    """ARR of accounts that one of the k largest partners serves, each account once, by k.

    Only the k up to the number of partners that serve an account with ARR.
    """
    ranked = there.largest_first
    wanted = [top for top in TOPS if top <= len(ranked)]
    best = best_ranks(served, there, max(wanted, default=0))
    if best is None:
        return {}
    valued = best.inner_join(rows.select("account_key", "arr"), "account_key")
    summed = valued.group_by("rank").aggregate(arr=valued.arr.sum().cast("int64"))
    by_rank = served.facts.engine.to_arrow(summed).to_pylist()
    return {top: sum(row["arr"] for row in by_rank if row["rank"] <= top) for top in wanted}


def best_ranks(served: Served, there: OnDay, most: int) -> ir.Table | None:
    """The rank of the largest partner that serves an account, where it is at most `most`.

    account_key, rank (1 = most ARR exposed); None where nobody serves.
    """
    serving = served.serving_at(month_index(there.day))
    largest = [partner.key for partner in there.largest_first[:most]]
    if serving is None or not largest:
        return None
    ranks = pa.table(
        {
            "ranked_key": pa.array(largest, pa.int64()),
            "rank": pa.array(range(1, len(largest) + 1), pa.int64()),
        }
    )
    met = serving.inner_join(served.facts.engine.from_arrow(ranks), [("partner_key", "ranked_key")])
    return met.group_by("account_key").aggregate(rank=met["rank"].min())


def equal_partners(there: OnDay) -> tuple[int, int]:
    """The square of the sum of all exposures, and the sum of their squares."""
    amounts = [exposure.arr_minor for exposure in there.exposed.values()]
    return sum(amounts) ** 2, sum(amount * amount for amount in amounts)
