"""A family of outcomes: which facts it needs, its features per account, and its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from lichen.kernel.periods import Window, month_index
from lichen.ledger.facts import Facts
from lichen.revenue.calendar import month_of, whole
from lichen.revenue.levels import Levels
from lichen.vocabulary.definitions import Definitions

if TYPE_CHECKING:
    import pyarrow as pa

    from lichen.vocabulary.finding import Finding
    from lichen.vocabulary.grouping import Grouping


@dataclass(frozen=True, eq=False)
class Asked:
    """What every family is asked about: the facts, the windows, and who was served in each.

    `served` has account_key, month (the place of the window in `windows`), group_month, opening,
    closing, revenue and months_served; see `population.served`. `kept` holds what families share.
    """

    facts: Facts
    definitions: Definitions
    levels: Levels
    windows: tuple[Window, ...]
    served: ir.Table
    kept: dict[str, ir.Table] = field(default_factory=dict, repr=False)

    def once(self, name: str, make: Callable[[], ir.Table]) -> ir.Table:
        """A table that several questions need, worked out when first asked for."""
        if name not in self.kept:
            self.kept[name] = self.facts.engine.materialise(make())
        return self.kept[name]

    def placed(self, rows: ir.Table, day: str) -> ir.Table:
        """The rows once for each window that holds their `day`, with its place as `month`."""
        dated = rows.mutate(at=month_of(rows[day]))
        parts = [
            dated.filter(dated.at > opens, dated.at <= closes).mutate(month=whole(place))
            for place, (opens, closes) in enumerate(self.ends)
        ]
        return (ibis.union(*parts) if len(parts) > 1 else parts[0]).drop("at")

    def last_months(self, rows: ir.Table, months: int, lag: int = 0) -> ir.Table:
        """The rows whose month index `at` is in the last `months` of a window, `lag` earlier."""
        parts = [
            rows.filter(rows.at > closes - lag - months, rows.at <= closes - lag).mutate(
                month=whole(place)
            )
            for place, (_, closes) in enumerate(self.ends)
        ]
        return ibis.union(*parts) if len(parts) > 1 else parts[0]

    def closing_month(self, rows: ir.Table) -> ir.Value:
        """The month index at whose end the window closes that each row is placed in."""
        closes = ((rows.month == place, whole(at)) for place, (_, at) in enumerate(self.ends))
        return ibis.cases(*closes, else_=whole(0))

    @property
    def ends(self) -> list[tuple[int, int]]:
        """Month indexes of the opening and the close of each window."""
        return [
            (month_index(window.opens_on), month_index(window.closes_on)) for window in self.windows
        ]


@dataclass(frozen=True)
class Share:
    """A figure that divides the sum of one feature by the sum of another.

    `count` is the feature whose sum is n. Which squares the interval needs follows from the
    metric's kind of interval; where accounts that moved carry it, `kept` is the feature that holds
    the lesser of numerator and denominator.
    """

    metric: str
    numerator: str
    denominator: str
    count: str
    parameters: str = ""
    kept: str = ""


@dataclass(frozen=True)
class Amount:
    """A figure that is the sum of one feature; `count` is the feature whose sum is n."""

    metric: str
    feature: str
    count: str
    parameters: str = ""


@dataclass(frozen=True)
class OwnGroups:
    """Groups that a fact names itself, such as the partner that was rated.

    In these `dimensions` an account's groups would answer another question, so figures come from
    `rows` instead: account_key, month (place of the window), groups and the features of the family.
    """

    dimensions: tuple[str, ...]
    rows: Callable[[Asked], ir.Table]


@dataclass(frozen=True)
class Family:
    """Outcomes that are measured together.

    `needs` are entities and columns without which none of its figures is published. `features`
    gives account_key, month (place of the window) and int64 columns, at most one row for each
    account and window; where an account has none, every column counts as 0. Column names are
    unique over all families. `findings` says what a reader should know about the facts used;
    `tables` go into the run's folder beside the figures; `own_groups` are those that are not the
    groups of accounts.
    """

    name: str
    needs: tuple[tuple[str, str], ...]
    features: Callable[[Asked], ir.Table]
    figures: tuple[Share | Amount, ...]
    findings: Callable[[Asked], list[Finding]] | None = None
    tables: Callable[[Asked, Sequence[Grouping]], Mapping[str, pa.Table]] | None = None
    own_groups: OwnGroups | None = None

    def is_mapped(self, facts: Facts) -> bool:
        """Whether the facts it needs are provided."""
        return all(facts.is_mapped(entity, column) for entity, column in self.needs)
