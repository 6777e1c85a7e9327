"""From sums and partners to the figures of the portfolio."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import ibis.expr.types as ir
import numpy as np

from lichen.kernel.periods import Window
from lichen.revenue.gather import GroupSums
from lichen.revenue.portfolio.accounts import Served
from lichen.revenue.portfolio.concentration import concentration, equal_partners
from lichen.revenue.portfolio.coverage import only
from lichen.revenue.portfolio.partners import OnDay, Partner
from lichen.revenue.publish import Publisher, RatioSpec, is_partner_side
from lichen.vocabulary.figure import Figure, groups_text, parse_groups

ALONE = "served=alone"
"""Parameters of what hangs on one partner only, with no other on the account."""

ATTACHED = RatioSpec("attach_rate", "attached", "n", "n")
EXPOSED_BY = frozenset({"partner", "partner_kind"})
"""Partner-side dimensions by whose groups ARR and renewals are exposed."""

EXPOSED = (
    ("arr_exposed", "arr_any", "attached", ""),
    ("arr_exposed", "arr_alone", "alone_n", ALONE),
    ("renewals_exposed", "due_any", "due_any_n", ""),
    ("renewals_exposed", "due_alone", "due_alone_n", ALONE),
)
"""Metric, the sums that are its amount and its count, and parameters."""

SHARES = (
    RatioSpec("partner_activation", "active", "signed", "signed"),
    RatioSpec("partners_without_outcome", "idle", "signed", "signed"),
)
LEVELS = {"partners_signed": "signed", "partners_active": "active"}
FLOWS = {"partners_joined": "joined", "partners_left": "left"}


def account_figures(
    publisher: Publisher, sums: GroupSums, years: Sequence[Window], *, due: bool
) -> Iterator[Figure]:
    """Attach rates by what accounts are, and what is exposed by that and by partner and kind.

    `due` says whether renewals are known.
    """
    plain = [group for group in sums.groups if not is_partner_side(group)]
    yield from publisher.ratios(ATTACHED, only(sums, plain), years)
    for row, groups in enumerate(sums.groups):
        if is_partner_side(groups) and not parse_groups(groups).keys() <= EXPOSED_BY:
            continue
        for place, year in enumerate(years):
            if groups and not sums["attached"][row, place]:
                continue
            for name, amount, count, parameters in EXPOSED:
                # What falls due ahead is known for the newest close only.
                if name == "arr_exposed" or (due and place == 0):
                    held, n = (int(sums[each][row, place]) for each in (amount, count))
                    yield publisher.amount(name, groups, year, held, n, parameters)


def attached_by_kind(
    publisher: Publisher, every: Sequence[GroupSums], years: Sequence[Window]
) -> Iterator[Figure]:
    """Of all accounts with ARR, how many have a partner of each kind; kinds overlap."""
    total = next(sums["n"][sums.groups.index("")] for sums in every if "" in sums.groups)
    for sums in every:
        for row, groups in enumerate(sums.groups):
            named = parse_groups(groups)
            if named.keys() == {"partner_kind"}:
                held = {"n": total.reshape(1, -1), "attached": sums["attached"][[row]]}
                of_kind = GroupSums(("",), sums.months, held)
                asked = groups_text({"kind": named["partner_kind"]})
                yield from publisher.ratios(ATTACHED, of_kind, years, parameters=asked)


def counted(
    publisher: Publisher, days: Sequence[OnDay], years: Sequence[Window], windows: Sequence[Window]
) -> Iterator[Figure]:
    """Partners signed, active and idle on each closing day, and joined and left in each window."""
    sums = partner_sums(days)
    for name, column in LEVELS.items():
        for row, groups in enumerate(sums.groups):
            for place, year in enumerate(years):
                signed = int(sums["signed"][row, place])
                if signed or not groups:
                    yield publisher.amount(
                        name, groups, year, int(sums[column][row, place]), signed
                    )
    for spec in SHARES:
        yield from publisher.ratios(spec, sums, years)
    for name, moved in (("partners_joined", Partner.joined_in), ("partners_left", Partner.left_in)):
        for groups, members in _by_kind(days[0].partners):
            for window in windows:
                count = sum(moved(partner, window) for partner in members)
                if count or not groups:
                    yield publisher.amount(name, groups, window, count, count)


def partner_sums(days: Sequence[OnDay]) -> GroupSums:
    """How many partners are signed, active and idle on each day, in all and by kind."""
    tests: dict[str, Callable[[OnDay, Partner], bool]] = {
        "signed": lambda there, partner: partner.is_signed(there.day),
        "active": OnDay.is_active,
        "idle": OnDay.is_idle,
    }
    groups = list(_by_kind(days[0].partners))
    sums = {}
    for name, test in tests.items():
        counts = [
            [sum(test(there, partner) for partner in members) for there in days]
            for _, members in groups
        ]
        sums[name] = np.array(counts, dtype=object)
    return GroupSums(tuple(name for name, _ in groups), range(len(days)), sums)


def concentration_figures(
    publisher: Publisher, served: Served, there: OnDay, rows: ir.Table, year: Window
) -> Iterator[Figure]:
    """The share that the largest partners have a hand in, and how many equal ones that makes."""
    accounts, total = _served_in_all(served, rows)
    for top, arr in concentration(served, there, rows).items():
        yield publisher.exact(
            "partner_concentration", year, arr, total, accounts, parameters=f"top={top}"
        )
    over, under = equal_partners(there)
    if under:
        value = over / under
        yield publisher.exact(
            "effective_partners", year, None, None, len(there.exposed), value=value
        )


def _served_in_all(served: Served, rows: ir.Table) -> tuple[int, int]:
    held = rows.filter(rows.partners > 0)
    found = served.facts.engine.to_arrow(
        held.aggregate(n=held.count(), arr=held.arr.sum())
    ).to_pylist()[0]
    return int(found["n"] or 0), int(found["arr"] or 0)


def _by_kind(partners: Sequence[Partner]) -> Iterator[tuple[str, list[Partner]]]:
    """All partners, then those of each kind; a partner of two kinds counts under both."""
    yield "", list(partners)
    for kind in sorted({kind for partner in partners for kind in partner.kinds}):
        members = [partner for partner in partners if kind in partner.kinds]
        yield groups_text({"partner_kind": kind}), members
