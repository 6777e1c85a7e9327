"""The same cube as a grid of every account by every month, in SQL on DuckDB; and the bare scan."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from benchmarks.cube import LAG, MEASURES
from benchmarks.prepare import STATIC
from lichen.kernel.periods import month_index

GRID = """
with lines as (
    select account_key, year(starts_on) * 12 + month(starts_on) - 1 as since,
           coalesce(year(ends_on) * 12 + month(ends_on) - 1, 120000) as until, arr_minor
    from read_parquet('{bench}/lines.parquet')
),
grid as (
    select account_key, month
    from (select distinct account_key from lines), range({first}, {last} + 1) as months(month)
),
monthly as (
    select grid.account_key, month, coalesce(sum(arr_minor), 0)::bigint as arr
    from grid left join lines
      on lines.account_key = grid.account_key and since <= month and month < until
    group by all
),
pairs as (
    select account_key, month, arr as y,
           lag(arr, {lag}, 0) over (partition by account_key order by month) as x
    from monthly
),
cohort as (
    select *, least(x, y) as kept from pairs where x > 0
)
"""
SUMS = """count(*) as n, sum(x) as x, sum(y) as y, sum(kept) as kept,
    count(*) filter (y > 0) as retained"""
STATIC_CUBE = """
select {sums} from cohort join read_parquet('{bench}/wide.parquet') using (account_key)
group by grouping sets ({sets})
"""
DATED_CUBE = """
select sum(n) as n, sum(x) as x, sum(y) as y, sum(kept) as kept, sum(retained) as retained
from (
    select cell, month, {sums}
    from cohort join read_parquet('{bench}/dated_cells.parquet') as cells
      on cells.account_key = cohort.account_key
     and from_month <= month - {lag} and month - {lag} < to_month
    group by all
) join read_parquet('{bench}/dated_labels.parquet') using (cell)
group by groups, month
"""


def spine(bench: Path, as_of: date, kind: str) -> dict[str, int]:
    """One row for each account and month, a lag of twelve rows, one grouping."""
    con = duckdb.connect()
    first = con.execute(
        f"select min(year(starts_on) * 12 + month(starts_on) - 1) "
        f"from read_parquet('{bench}/lines.parquet')"
    ).fetchall()[0][0]
    sets = ", ".join(["(month)", *(f"(month, {name})" for name in STATIC)])
    cube = STATIC_CUBE if kind == "static" else DATED_CUBE
    query = (GRID + cube).format(
        bench=bench, first=first, last=month_index(as_of), lag=LAG, sums=SUMS, sets=sets
    )
    rows = con.execute(query).fetchall()
    found = {name: sum(int(row[place]) for row in rows) for place, name in enumerate(MEASURES)}
    return {**found, "squares": sum(int(row[0]) ** 2 for row in rows)}


def scan(bench: Path, kind: str) -> int:
    """Every column that the cube reads, read once and folded into one number each."""
    con = duckdb.connect()
    lines = con.execute(
        "select sum(account_key), max(starts_on), max(ends_on), sum(arr_minor) "
        f"from read_parquet('{bench}/lines.parquet')"
    ).fetchall()
    columns = "sum(account_key), sum(cell), sum(from_month), sum(to_month)"
    con.execute(f"select {columns} from read_parquet('{bench}/{kind}_cells.parquet')").fetchall()
    return len(lines)
