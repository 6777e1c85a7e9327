"""From the retention cohort to the renewals base, account by account, so that it sums exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis
import ibis.expr.types as ir

from lichen.revenue.calendar import whole
from lichen.revenue.gather import Gatherer
from lichen.revenue.levels import Levels
from lichen.revenue.reconciliation import Reconciled
from lichen.revenue.spans import end_points

MONTHS = 12

BASE_LINES = (
    "cohort_arr",
    "nothing_due",
    "not_in_cohort",
    "due_above_arr",
    "due_below_arr",
    "due",
    "undecided",
    "renewals_base",
)
"""From ARR(L) of the cohort to what was due and decided; `due` and `renewals_base` are sums."""

LOSS_LINES = (
    "cohort_lost",
    "lost_with_nothing_due",
    "lost_outside_cohort",
    "lost_more_at_renewal",
    "lost_less_at_renewal",
    "renewals_lost",
)
"""From what the cohort lost to what renewals lost; `renewals_lost` is the sum."""


def reconcile_families(accounts: ir.Table, last: int, gatherer: Gatherer) -> Iterator[Reconciled]:
    """Both ways, for every group, over the latest 12 months.

    Accounts are in their groups at the opening, or at their first start where they came later;
    amounts of both families are at the opening's exchange rate.
    """
    months = range(last, last + 1)
    sums = gatherer.at_points(accounts, _lines, months)
    for row, groups in enumerate(gatherer.groups):
        if groups and not sums["any"][row, 0]:
            continue
        for family, lines in (("arr_to_renewals", BASE_LINES), ("loss_to_renewals", LOSS_LINES)):
            for line in lines:
                amount, count = int(sums[line][row, 0]), int(sums[f"{line}_n"][row, 0])
                yield Reconciled(family, groups, line, amount, count)


def family_accounts(levels: Levels, due: ir.Table) -> ir.Table:
    """One row an account: its ARR at both ends, and what it had due, kept and left undecided.

    `due` are the renewals of the latest 12 months.
    """
    opens, closes = levels.last_month - MONTHS, levels.last_month
    zero = whole(0)
    points = end_points(levels, opens, closes)
    cohort = points.filter(points.opening > 0)
    ends = cohort.select(
        "account_key",
        arr=cohort.opening,
        arr_kept=ibis.least(cohort.opening, cohort.closing),
        due=zero,
        decided=zero,
        kept=zero,
        renewals=zero,
        group_month=whole(opens),
    )
    theirs = due.select(
        "account_key",
        arr=zero,
        arr_kept=zero,
        due=due.due,
        decided=ibis.ifelse(due.decided, due.due, zero),
        kept=ibis.ifelse(due.decided, ibis.least(due.due, due.renewed), zero),
        renewals=whole(1),
        group_month=due.group_month,
    )
    both = ends.union(theirs)
    names = ("arr", "arr_kept", "due", "decided", "kept", "renewals")
    summed = both.group_by("account_key").aggregate(
        **{name: both[name].sum().cast("int64") for name in names},
        # An account of the cohort is in its groups at the opening, whatever its lines say.
        group_month=both.group_month.min(),
    )
    return levels.facts.engine.materialise(summed.mutate(month=whole(closes)))


def _lines(rows: ir.Table) -> Mapping[str, ir.Value]:
    zero, one = whole(0), whole(1)
    in_cohort, is_due = rows.arr > 0, rows.renewals > 0
    within = in_cohort & is_due
    lost, renewal_lost = rows.arr - rows.arr_kept, rows.decided - rows.kept
    more_due, more_lost = rows.due - rows.arr, renewal_lost - lost
    amounts = {
        "cohort_arr": rows.arr,
        "nothing_due": ibis.ifelse(is_due, zero, -rows.arr),
        "not_in_cohort": ibis.ifelse(in_cohort, zero, rows.due),
        "due_above_arr": ibis.ifelse(within & (more_due > 0), more_due, zero),
        "due_below_arr": ibis.ifelse(within & (more_due < 0), more_due, zero),
        "due": rows.due,
        "undecided": rows.decided - rows.due,
        "renewals_base": rows.decided,
        "cohort_lost": lost,
        "lost_with_nothing_due": ibis.ifelse(is_due, zero, -lost),
        "lost_outside_cohort": ibis.ifelse(in_cohort, zero, renewal_lost),
        "lost_more_at_renewal": ibis.ifelse(within & (more_lost > 0), more_lost, zero),
        "lost_less_at_renewal": ibis.ifelse(within & (more_lost < 0), more_lost, zero),
        "renewals_lost": renewal_lost,
    }
    counts = {f"{line}_n": ibis.ifelse(amount != 0, one, zero) for line, amount in amounts.items()}
    return {**amounts, **counts, "any": one}
