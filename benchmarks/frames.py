"""The same cube in pandas and in polars, by the same events and running sums."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.cube import LAG, MEASURES
from benchmarks.prepare import STATIC
from lichen.kernel.periods import month_index

COLUMNS = ("group", "month", *MEASURES)


def in_pandas(bench: Path, as_of: date) -> dict[str, int]:
    """Frames in memory, one thread."""
    import pandas as pd

    last = month_index(as_of)
    lines = pd.read_parquet(
        bench / "lines.parquet", columns=["account_key", "starts_on", "ends_on", "arr_minor"]
    )
    starts, ends = pd.to_datetime(lines.starts_on), pd.to_datetime(lines.ends_on)
    ended = ends.notna()
    changes = pd.concat([
        pd.DataFrame({
            "account_key": lines.account_key,
            "month": starts.dt.year * 12 + starts.dt.month - 1,
            "delta": lines.arr_minor,
        }),
        pd.DataFrame({
            "account_key": lines.account_key[ended],
            "month": (ends.dt.year * 12 + ends.dt.month - 1)[ended].astype("int64"),
            "delta": -lines.arr_minor[ended],
        }),
    ])  # fmt: skip
    changes = changes[changes.month <= last]
    late = changes.assign(month=changes.month + LAG, opens=changes.delta, closes=0)
    both = pd.concat([changes.assign(opens=0, closes=changes.delta), late[late.month <= last]])
    summed = both.groupby(["account_key", "month"], sort=True)[["opens", "closes"]].sum()
    level = summed.groupby(level=0).cumsum().reset_index()
    x = level.opens.to_numpy()
    y = np.where(x > 0, level.closes.to_numpy(), 0)
    level = level[["account_key", "month"]].assign(
        n=(x > 0).astype("int64"), x=x, y=y, kept=np.minimum(x, y), retained=((x > 0) & (y > 0))
    )
    names = list(MEASURES)
    level["retained"] = level.retained.astype("int64")
    before = level[names].shift(1, fill_value=0)
    before.loc[level.account_key != level.account_key.shift(1)] = 0
    level[names] -= before
    level = level.merge(pd.read_parquet(bench / "wide.parquet"), on="account_key")
    level["everyone"] = ""
    cubes = [
        level.groupby([key, "month"], observed=True)[names].sum().reset_index()
        for key in ("everyone", *STATIC)
    ]
    return add_up([
        {name: part[column].to_numpy() for name, column in zip(COLUMNS, part.columns, strict=True)}
        for part in cubes
    ], last)  # fmt: skip


def in_polars(bench: Path, as_of: date) -> dict[str, int]:
    """Lazy frames, streamed, all threads."""
    import polars as pl

    last = month_index(as_of)

    def month(name: str) -> pl.Expr:
        day = pl.col(name)
        return (day.dt.year().cast(pl.Int64) * 12 + day.dt.month() - 1).alias("month")

    lines = pl.scan_parquet(bench / "lines.parquet")
    ended = lines.filter(pl.col("ends_on").is_not_null())
    changes = pl.concat([
        lines.select("account_key", month("starts_on"), delta=pl.col("arr_minor")),
        ended.select("account_key", month("ends_on"), delta=-pl.col("arr_minor")),
    ]).filter(pl.col("month") <= last)  # fmt: skip
    zero = pl.lit(0, pl.Int64)
    now = changes.select("account_key", "month", opens=zero, closes="delta")
    late = changes.select("account_key", pl.col("month") + LAG, opens="delta", closes=zero)
    both = pl.concat([now, late.filter(pl.col("month") <= last)])
    summed = both.group_by("account_key", "month").agg(pl.col("opens", "closes").sum())
    level = summed.sort("account_key", "month").with_columns(
        pl.col("opens", "closes").cum_sum().over("account_key")
    )
    x = pl.col("opens")
    y = pl.when(x > 0).then(pl.col("closes")).otherwise(0)
    level = level.select(
        "account_key", "month", x=x, y=y, n=(x > 0).cast(pl.Int64),
        kept=pl.min_horizontal(x, y), retained=((x > 0) & (y > 0)).cast(pl.Int64),
    )  # fmt: skip
    names = list(MEASURES)
    moved = level.with_columns(
        pl.col(name) - pl.col(name).shift(1).over("account_key").fill_null(0) for name in names
    ).join(pl.scan_parquet(bench / "wide.parquet"), on="account_key")
    once = moved.with_columns(everyone=pl.lit("")).collect(engine="streaming").lazy()
    cubes = pl.collect_all([
        once.group_by(key, "month").agg(pl.col(names).sum()) for key in ("everyone", *STATIC)
    ])  # fmt: skip
    return add_up([
        {name: part[column].to_numpy() for name, column in zip(COLUMNS, part.columns, strict=True)}
        for part in cubes
    ], last)  # fmt: skip


def add_up(cubes: list[dict[str, np.ndarray]], last: int) -> dict[str, int]:
    """Changes by group and month as levels at every month end, folded into one number each."""
    total = dict.fromkeys((*MEASURES, "squares"), 0)
    for cube in cubes:
        groups, row = np.unique(cube["group"].astype(str), return_inverse=True)
        first = int(cube["month"].min())
        for name in MEASURES:
            level = np.zeros((len(groups), last + 1 - first), dtype=np.int64)
            np.add.at(level, (row, cube["month"] - first), cube[name])
            level = level.cumsum(axis=1)
            total[name] += int(level.sum())
            if name == "n":
                total["squares"] += int((level**2).sum())
    return total
