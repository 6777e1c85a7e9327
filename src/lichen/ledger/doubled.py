"""Lines of one account from several systems: a contract and its subscription may be one deal told
twice, and ARR adds up both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis.expr.types as ir

from lichen.engines import Engine
from lichen.kernel.periods import month_end, month_index
from lichen.ledger.stacked import TOUCHED
from lichen.ledger.valued import is_open, valued_lines
from lichen.vocabulary.finding import Finding, Severity

EXAMPLES = 5
METRICS = ("arr", *TOUCHED)


def lines_of_several_systems(
    engine: Engine, lines: ir.Table, accounts: ir.Table, day: date, limit: float,
    rates: Mapping[str, float],
) -> list[Finding]:  # fmt: skip
    """A finding where accounts have lines of several systems open on a day, or a year before.

    The system of a line stands before the colon of its id. It is an error above the share `limit`
    of ARR, a warning below, and a note with `limit` 1, where lines are declared to add up.
    """
    valued = valued_lines(lines, rates)
    valued = valued.mutate(system=valued.subscription_id.re_extract(r"^([^:]*):", 1))
    year_before = month_end(month_index(day) - 12)
    shares = {at: _held(engine, valued, at) for at in (day, year_before)}
    worst = max(shares, key=lambda at: (shares[at][0], at))
    share, several = shares[worst]
    if not several:
        return []
    keys = _on_several(valued, worst).select("account_key")
    ids = engine.to_arrow(
        accounts.semi_join(keys, "account_key")
        .select("account_id").order_by("account_id").limit(EXAMPLES)
    )["account_id"].to_pylist()  # fmt: skip
    told = engine.to_arrow(
        valued.filter(is_open(valued, worst)).semi_join(keys, "account_key")
        .select("system").distinct().order_by("system")
    )["system"].to_pylist()  # fmt: skip
    severity = Severity.NOTE if limit >= 1 else Severity.WARNING
    if share > limit:
        severity = Severity.ERROR
    sentence = (
        f"{several:,} accounts have lines of several systems open on {worst} "
        f"({', '.join(name or 'feeds' for name in told)}); they hold {share:.0%} of ARR. Where two "
        "systems tell of one deal, ARR counts it twice. Leave the lines of one out, by "
        'without = ["subscription"] in its [sources] table; if they are meant to add up, set '
        "revenue.overlap_share = 1."
    )
    return [
        Finding(
            "lines_of_several_systems", "subscription", several, sentence, severity, tuple(ids),
            METRICS, arr_share=share,
        )
    ]  # fmt: skip


def _on_several(lines: ir.Table, day: date) -> ir.Table:
    """Accounts with lines of several systems open on a day, and the ARR of those lines."""
    there = lines.filter(is_open(lines, day))
    by_account = there.group_by("account_key").aggregate(
        first=there.system.min(), last=there.system.max(), value=there.value.sum().cast("int64")
    )
    return by_account.filter(by_account["first"] != by_account["last"])


def _held(engine: Engine, lines: ir.Table, day: date) -> tuple[float, int]:
    """The share of ARR that such accounts hold on a day, and how many they are."""
    there = lines.filter(is_open(lines, day))
    whole = there.aggregate(
        value=there.value.sum().cast("int64"), unknown=there.value.isnull().any()
    )
    several = _on_several(lines, day)
    part = several.aggregate(value=several.value.sum().cast("int64"), number=several.count())
    total, held = (engine.to_arrow(each).to_pylist()[0] for each in (whole, part))
    known = bool(total["value"]) and not total["unknown"]
    share = float(held["value"] or 0) / float(total["value"]) if known else 0.0
    return share, held["number"] or 0
