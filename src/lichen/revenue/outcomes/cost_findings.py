"""What a reader of cost figures should know: kinds that are absent, money that stands elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.revenue.calendar import whole
from lichen.revenue.outcomes.cost_rows import KEYS, column, costs, kinds_there, sum_of
from lichen.revenue.outcomes.cost_tables import WITHOUT_ACCOUNT, standings
from lichen.revenue.outcomes.family import Asked
from lichen.vocabulary.costs import COST_GROUPS
from lichen.vocabulary.finding import Finding, Severity
from lichen.vocabulary.format import format_count

SERVING = ("cost_to_serve", "cost_per_account", "contribution_margin", "contribution_per_account")
WINNING = ("acquisition_cost", "payback_months")
MARGIN = ("contribution_margin", "contribution_per_account", "payback_months")

Sums = Mapping[str, int]
"""By kind, what was spent on it in the latest window."""


def findings(asked: Asked) -> list[Finding]:
    """About the first of the windows asked for, which is the latest."""
    rows = [row for row in standings(asked) if row["month"] == 0]
    kinds = kinds_there(costs(asked))
    total = {kind: sum(int(row[column(kind)]) for row in rows) for kind in kinds}
    loose = {
        kind: int(row[column(kind)])
        for row in rows
        if row["standing"] == WITHOUT_ACCOUNT
        for kind in kinds
    }
    return [
        *_absent(asked, total),
        *_uncounted(asked, total),
        *_without_account(asked, total, loose),
        *_without_basis(asked, total),
        *_without_cost(asked),
        *_won_elsewhere(asked, total, loose),
    ]


def _absent(asked: Asked, total: Sums) -> Iterator[Finding]:
    """Kinds that the definition counts and that no row has."""
    words = asked.definitions.cost
    missing = [k for k in (*words.serving, *words.cost_of_revenue) if not total.get(k)]
    if missing:
        yield Finding(
            "cost_kinds_absent",
            "cost",
            len(missing),
            f"Nothing was spent on {_listed(missing)} in the window, so cost to serve and margin "
            "leave that out. Load it, or take it out of [cost] in lichen.toml.",
            metrics=(*SERVING, "payback_months"),
        )
    unwon = [kind for kind in words.acquisition if not total.get(kind)]
    if unwon:
        yield Finding(
            "acquisition_kinds_absent",
            "cost",
            len(unwon),
            f"Nothing was spent on {_listed(unwon)} in the window, so acquisition cost leaves "
            "that out. Load it, or take it out of cost.acquisition in lichen.toml.",
            metrics=WINNING,
        )


def _uncounted(asked: Asked, total: Sums) -> Iterator[Finding]:
    kinds = [k for k, spent in total.items() if spent and not asked.definitions.cost.group_of(k)]
    if kinds:
        yield Finding(
            "cost_kinds_uncounted",
            "cost",
            len(kinds),
            f"Money was spent on {_listed(kinds)}, and the definition counts it nowhere. Add it to "
            f"one of {', '.join(f'cost.{name}' for name in COST_GROUPS)} in lichen.toml.",
            Severity.WARNING,
            metrics=(*SERVING, *WINNING),
        )


def _without_account(asked: Asked, total: Sums, loose: Sums) -> Iterator[Finding]:
    """Money of rows without an account, for the kinds in which it changes a figure."""
    words = asked.definitions.cost
    for code, kinds, metrics in (
        ("cost_without_account", (*words.serving, *words.cost_of_revenue), SERVING),
        ("acquisition_without_account", words.acquisition, WINNING),
    ):
        named = [kind for kind in kinds if loose.get(kind)]
        if named:
            share = _share(sum(loose[k] for k in named), sum(total.get(k, 0) for k in kinds))
            yield Finding(
                code,
                "cost",
                len(named),
                f"{share} of the money on {_listed(kinds)} names no account and is left out "
                "(cost_reconciliation of the run has it). Name the account, or set "
                'without_account = "spread" under [cost] in lichen.toml.',
                Severity.WARNING,
                metrics=metrics,
            )


def _without_basis(asked: Asked, total: Sums) -> Iterator[Finding]:
    spent = [kind for kind in asked.definitions.cost.routes if total.get(kind)]
    if spent and not asked.facts.is_mapped("subscription", "arr_basis"):
        yield Finding(
            "arr_basis_unmapped",
            "subscription",
            len(spent),
            f"No feed says whether prices are list or net (subscription.arr_basis), so they are "
            f"read as net and {_listed(spent)} is taken off no margin. Map it.",
            Severity.WARNING,
            metrics=MARGIN,
        )


def _without_cost(asked: Asked) -> Iterator[Finding]:
    """Served accounts that no running cost names: they are in no base."""
    spent = costs(asked)
    named = spent.filter(spent.account_key.notnull(), spent.running_rows > 0)
    served = asked.served.filter(asked.served.month == 0)
    row = _only_row(
        asked,
        left_join(served.select(*KEYS, "revenue"), named.select(*KEYS, "running_rows"), KEYS),
    )
    if row["without"]:
        share = _share(row["without_revenue"], row["revenue"])
        yield Finding(
            "accounts_without_cost",
            "cost",
            row["without"],
            f"{format_count(row['without'])} of {format_count(row['served'])} accounts served, "
            f"with {share} of the revenue, have no serving cost and are in no base.",
            metrics=SERVING,
        )


def _only_row(asked: Asked, rows: ir.Table) -> Mapping[str, int]:
    none = rows.running_rows.isnull()
    zero = whole(0)
    summed = rows.aggregate(
        served=rows.count(),
        revenue=rows.revenue.sum(),
        without=none.cast("int64").sum(),
        without_revenue=none.ifelse(rows.revenue, zero).sum(),
    )
    row = asked.facts.engine.to_arrow(summed).to_pylist()[0]
    return {name: int(value or 0) for name, value in row.items()}


def _won_elsewhere(asked: Asked, total: Sums, loose: Sums) -> Iterator[Finding]:
    """Acquisition money of the window on accounts that did not start in it."""
    words = asked.definitions.cost
    whole_sum = sum(total.get(kind, 0) for kind in words.acquisition)
    if not whole_sum:
        return
    spent = costs(asked)
    opens = asked.ends[0][0]
    new = asked.served.filter(asked.served.month == 0, asked.served.group_month > opens)
    rows = spent.semi_join(new, KEYS)
    summed = rows.aggregate(won=sum_of(rows, words.acquisition).sum())
    won = int(asked.facts.engine.to_arrow(summed)["won"][0].as_py() or 0)
    other = whole_sum - won - sum(loose.get(kind, 0) for kind in words.acquisition)
    if other:
        yield Finding(
            "acquisition_elsewhere",
            "cost",
            1,
            f"{_share(other, whole_sum)} of the window's money on {_listed(words.acquisition)} "
            "names accounts that did not start in it: deals not won yet, or selling to customers. "
            "Acquisition cost leaves it out.",
            metrics=WINNING,
        )


def _listed(kinds: Iterable[str]) -> str:
    *most, last = list(dict.fromkeys(kinds))
    return f"{', '.join(most)} and {last}" if most else last


def _share(part: int, total: int) -> str:
    return f"{100 * part / total:.1f}%" if total else "all"
