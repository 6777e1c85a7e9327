"""Overlapping dimensions: an account may be in several groups of one of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.involvement.periods import Presence, merge_spans
from lichen.vocabulary.roles import PARTNER_KINDS, ROLES


@dataclass(frozen=True)
class Membership:
    """One dimension as spans in groups.

    `spans` has account_key, code, from_month, to_month (int64): an account is in a group at most
    once at a time. `values` are the texts by code.
    """

    name: str
    values: tuple[str, ...]
    spans: ir.Table


def role_membership(presence: Presence) -> Membership:
    """The roles active, whoever plays them."""
    spans = presence.spans
    code = ibis.cases(*((spans.role == role, place) for place, role in enumerate(ROLES)), else_=-1)
    return _membership("role", ROLES, spans.mutate(code=code.cast("int64")))


def partner_membership(presence: Presence) -> Membership:
    """The partners active, by id."""
    rows = presence.facts.table("partner").select("partner_key", "partner_id")
    partners = presence.facts.engine.to_arrow(rows).sort_by("partner_id")
    codes = pa.table(
        {
            "coded_key": partners.column("partner_key"),
            "code": pa.array(range(partners.num_rows), pa.int64()),
        }
    )
    values = tuple(partners.column("partner_id").to_pylist())
    return _membership("partner", values, _with_partner_codes(presence, codes))


def kind_membership(presence: Presence) -> Membership:
    """The kinds of the partners active; a partner of two kinds counts under both."""
    rows = presence.facts.table("partner").select("partner_key", "kinds")
    partners = presence.facts.engine.to_arrow(rows).to_pylist()
    pairs = [
        (partner["partner_key"], PARTNER_KINDS.index(kind))
        for partner in partners
        for kind in sorted(set((partner["kinds"] or "").split("|")))
        if kind in PARTNER_KINDS
    ]
    codes = pa.table(
        {
            "coded_key": pa.array([key for key, _ in pairs], pa.int64()),
            "code": pa.array([code for _, code in pairs], pa.int64()),
        }
    )
    return _membership("partner_kind", PARTNER_KINDS, _with_partner_codes(presence, codes))


OVERLAPPING: dict[str, Callable[[Presence], Membership]] = {
    "partner_kind": kind_membership,
    "partner": partner_membership,
    "role": role_membership,
}


def intersect(parts: Sequence[tuple[ir.Table, int]]) -> ir.Table:
    """Spans in which an account is in a group of every part, with one cell for the combination.

    Each part is (account_key, code, from_month, to_month) and the radix of its code in the cell.
    Gives account_key, cell, from_month, to_month.
    """
    (first, radix), *others = parts
    together = first.select("account_key", "from_month", "to_month", cell=first.code * radix)
    for spans, radix in others:
        other = spans.select(
            other_key="account_key",
            other_code="code",
            other_from="from_month",
            other_to="to_month",
        )
        met = together.join(
            other,
            [
                together.account_key == other.other_key,
                together.from_month < other.other_to,
                other.other_from < together.to_month,
            ],
        )
        together = met.select(
            "account_key",
            cell=met.cell + met.other_code * radix,
            from_month=ibis.greatest(met.from_month, met.other_from),
            to_month=ibis.least(met.to_month, met.other_to),
        )
    return together.select("account_key", "cell", "from_month", "to_month")


def _with_partner_codes(presence: Presence, codes: pa.Table) -> ir.Table:
    """The spans with the code of each group that their partner belongs to."""
    table = presence.facts.engine.from_arrow(codes)
    return presence.spans.join(table, [("partner_key", "coded_key")])


def _membership(name: str, values: Sequence[str], spans: ir.Table) -> Membership:
    spans = spans.select("account_key", "code", "from_month", "to_month")
    return Membership(name, tuple(values), merge_spans(spans, ["account_key", "code"]))
