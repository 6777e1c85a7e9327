"""The integration stack: the technologies active together, and their number.

A technology is a partner with an active `integrated` role.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lichen.involvement.axes import Axis, changes, edges, levels
from lichen.involvement.periods import Presence, merge_spans

NONE = "none"
COUNTS = ("0", "1", "2", "3+")
BITS = 62
"""Technologies per int64: the sum of 62 different powers of two stays below 2^63."""


def technology_spans(presence: Presence) -> ir.Table:
    """account_key, partner_key, from_month, to_month: each technology at most once at a time."""
    spans = presence.spans.filter(presence.spans.role == "integrated")
    spans = spans.select("account_key", "partner_key", "from_month", "to_month")
    return merge_spans(spans, ["account_key", "partner_key"])


def integrations_axis(presence: Presence) -> Axis:
    """The number of technologies active: 0, 1, 2 or 3+."""
    spans = technology_spans(presence).mutate(step=ibis.literal(1, "int64"))
    counted = levels(edges(spans), ["step"])
    most = ibis.literal(len(COUNTS) - 1, "int64")
    coded = counted.select("account_key", "month", code=ibis.least(counted.step, most))
    return Axis("integrations", COUNTS, changes(coded), dated=True)


def stack_axis(presence: Presence) -> Axis:
    """One value per set of technologies, `none` or partner ids sorted and joined by `+`.

    A technology is one bit of as many int64 words as there are technologies: sums of bits add and
    take away exactly, on every engine, where text aggregation in order does not exist on all.
    """
    spans = presence.keep(technology_spans(presence))
    keys = _technologies(presence, spans)
    if keys.num_rows == 0:
        return Axis("integration_stack", (NONE,), None, dated=False)
    columns = [f"word_{index}" for index in range((keys.num_rows - 1) // BITS + 1)]
    states = presence.keep(levels(_bit_steps(presence, spans, keys, columns), columns))
    sets = presence.facts.engine.to_arrow(states.select(*columns).distinct())
    words, codes = _set_words(sets, keys.column("partner_id").to_pylist())
    table = presence.facts.engine.from_arrow(codes)
    named = table.rename({f"{column}_of_set": column for column in columns})
    coded = states.join(named, [(column, f"{column}_of_set") for column in columns])
    return Axis(
        "integration_stack",
        words,
        changes(coded.select("account_key", "month", "code")),
        dated=True,
    )


def _technologies(presence: Presence, spans: ir.Table) -> pa.Table:
    """partner_key and partner_id of every technology ever active, by id."""
    partners = presence.facts.table("partner").select("partner_key", "partner_id")
    active = spans.select(active_key="partner_key").distinct()
    named = active.left_join(partners, [("active_key", "partner_key")])
    named = named.select(
        partner_key=named.active_key,
        partner_id=named.partner_id.fill_null(named.active_key.cast("string")),
    )
    return presence.facts.engine.to_arrow(named).sort_by("partner_id")


def _bit_steps(presence: Presence, spans: ir.Table, keys: pa.Table, columns: list[str]) -> ir.Table:
    """account_key, month, one step per word: a technology's bit where its span begins or ends."""
    places = range(keys.num_rows)
    bits = {
        "bit_key": keys.column("partner_key"),
        "word": pa.array([place // BITS for place in places], pa.int64()),
        "bit": pa.array([1 << place % BITS for place in places], pa.int64()),
    }
    table = presence.facts.engine.from_arrow(pa.table(bits))
    spread = spans.join(table, [("partner_key", "bit_key")])
    zero = ibis.literal(0, "int64")
    spread = spread.mutate(
        **{
            column: ibis.ifelse(spread.word == index, spread.bit, zero)
            for index, column in enumerate(columns)
        }
    )
    return edges(spread, columns)


def _set_words(sets: pa.Table, ids: list[str]) -> tuple[tuple[str, ...], pa.Table]:
    """The text of every set found, `none` first, and the table of word columns to code."""
    names = [name.replace("+", "%2B") for name in ids]
    texts = [_text(row, names) for row in zip(*(c.to_pylist() for c in sets.columns), strict=True)]
    words = (NONE, *sorted(set(texts) - {NONE}))
    places = {word: place for place, word in enumerate(words)}
    code = pa.array([places[text] for text in texts], pa.int64())
    return words, sets.append_column("code", code)


def _text(row: tuple[int, ...], names: list[str]) -> str:
    members: list[str] = []
    for index, word in enumerate(row):
        remaining = word
        while remaining:
            lowest = remaining & -remaining
            members.append(names[index * BITS + lowest.bit_length() - 1])
            remaining ^= lowest
    return "+".join(sorted(members)) or NONE
