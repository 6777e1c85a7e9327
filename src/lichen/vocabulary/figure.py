"""A figure: one published number with its base, window, count, interval and verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from lichen.kernel.ids import list_hashes
from lichen.kernel.periods import Window

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_SEPARATOR = ","


class Verdict(StrEnum):
    """Whether a figure may be read as a number, and for comparisons what it says.

    Of figures about time: NOT_REACHED says that fewer than the share asked about got there by the
    close, NOT_FOLLOWED that too few accounts were followed as long as was asked.
    """

    MEASURED = "measured"
    NOT_ENOUGH_DATA = "not_enough_data"
    NOT_READABLE = "not_readable"
    NOT_REACHED = "not_reached"
    NOT_FOLLOWED = "not_followed"
    NOT_COMPARABLE = "not_comparable"
    HELPS = "helps"
    HURTS = "hurts"
    NO_CLEAR_EFFECT = "no_clear_effect"


def escape_group_value(value: str) -> str:
    """A group value with the three characters that the groups text uses written as %XX."""
    return value.replace("%", "%25").replace(",", "%2C").replace("=", "%3D")


def groups_text(groups: Mapping[str, str]) -> str:
    """`{"segment": "smb", "served_via": "partner"}` as `segment=smb,served_via=partner`.

    Sorted by key; the whole base is the empty text.
    """
    return GROUP_SEPARATOR.join(
        f"{key}={escape_group_value(value)}" for key, value in sorted(groups.items())
    )


def parse_groups(text: str) -> dict[str, str]:
    """The inverse of `groups_text`."""
    pairs = (part.partition("=") for part in text.split(GROUP_SEPARATOR) if part)
    return {
        key: value.replace("%3D", "=").replace("%2C", ",").replace("%25", "%")
        for key, _, value in pairs
    }


def figure_id(metric: str, base: str, groups: str, parameters: str, window: Window) -> str:
    """The id that the same question keeps from run to run; cited as `run_id/figure_id`."""
    return figure_ids(metric, base, groups, parameters)(window)


def figure_ids(metric: str, base: str, groups: str, parameters: str) -> Callable[[Window], str]:
    """The same for the many windows of which one question is asked."""
    of_rest = list_hashes([metric, base, groups, parameters])
    return lambda window: of_rest(window.opens_on, window.closes_on)


class Figure(NamedTuple):
    """One row of `figures`; a named tuple, because a run makes a hundred thousand.

    `value`, `low` and `high` are null when the verdict is `not_enough_data`, `not_followed` or
    `not_readable` (a finding of severity error names the metric); where it is `not_reached` only
    `low` may be known; `numerator` and `denominator` are int64 where
    the metric has them (minor units for money) and stay. `n` counts the accounts (or renewals)
    in the base. `groups` and `parameters` are sorted key=value text.
    """

    metric: str
    base: str
    groups: str
    parameters: str
    window_from: date
    window_to: date
    value: float | None
    unit: str
    low: float | None
    high: float | None
    n: int
    numerator: int | None
    denominator: int | None
    verdict: str
    findings: tuple[str, ...]
    definition: str
    run_id: str
    figure_id: str

    def as_row(self) -> dict[str, Any]:
        """The figure as plain Python values under the published column names."""
        return self._asdict()


@lru_cache(maxsize=1)
def figure_schema() -> pa.Schema:
    """The Arrow schema of `figures`; columns are only ever added, and read by name."""
    import pyarrow as pa

    return pa.schema(
        [
            ("metric", pa.string()),
            ("base", pa.string()),
            ("groups", pa.string()),
            ("parameters", pa.string()),
            ("window_from", pa.date32()),
            ("window_to", pa.date32()),
            ("value", pa.float64()),
            ("unit", pa.string()),
            ("low", pa.float64()),
            ("high", pa.float64()),
            ("n", pa.int64()),
            ("numerator", pa.int64()),
            ("denominator", pa.int64()),
            ("verdict", pa.string()),
            ("findings", pa.list_(pa.string())),
            ("definition", pa.string()),
            ("run_id", pa.string()),
            ("figure_id", pa.string()),
        ]
    )


def figures_table(figures: Iterable[Figure]) -> pa.Table:
    """Figures as an Arrow table with `figure_schema`."""
    import pyarrow as pa

    schema = figure_schema()
    columns = dict(zip(Figure._fields, zip(*figures, strict=True), strict=False))
    return pa.table({name: columns.get(name, ()) for name in schema.names}, schema=schema)


def figures_of(table: pa.Table) -> Iterator[Figure]:
    """The inverse of `figures_table`, by the names of columns: those added later do not matter."""
    columns = {name: table[name].to_pylist() for name in Figure._fields}
    columns["findings"] = [tuple(codes or ()) for codes in columns["findings"]]
    return map(Figure._make, zip(*columns.values(), strict=True))
