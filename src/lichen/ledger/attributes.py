"""The history of attributes: what it may name, and what it keeps the past from seeing."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from lichen.engines.embedded import Embedded
from lichen.engines.joins import left_join
from lichen.ledger.mapped import clean
from lichen.vocabulary.entities import ENTITIES
from lichen.vocabulary.entities.customers import ATTRIBUTE_CHANGE, DATED_ATTRIBUTES
from lichen.vocabulary.finding import Finding, Severity

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from lichen.engines import Engine


def unknown_attributes(session: Embedded) -> list[Finding]:
    """One finding for each entity whose changes name attributes that it does not have."""
    rows = session.rows(
        f"SELECT entity, attribute, count(*) FROM {clean('attribute_change')} GROUP BY ALL "
        "ORDER BY ALL"
    )
    findings = []
    for entity in sorted({row[0] for row in rows}):
        known = ENTITIES[entity].by_name
        lost = {name: count for of, name, count in rows if of == entity and name not in known}
        if lost:
            findings.append(_unknown(entity, lost))
    return findings


def _unknown(entity: str, lost: dict[str, int]) -> Finding:
    count = sum(lost.values())
    names = ", ".join(_with_near_miss(entity, name) for name in list(lost)[:5])
    more = f" and {len(lost) - 5} others" if len(lost) > 5 else ""
    sentence = (
        f"{count} attribute_change rows name attributes that {entity} does not have: "
        f"{names}{more}. They change nothing. Correct attribute_change.attribute at the source."
    )
    return Finding(
        "unknown_attribute",
        ATTRIBUTE_CHANGE.name,
        count,
        sentence,
        Severity.WARNING,
        tuple(lost)[:5],
    )


def _with_near_miss(entity: str, name: str) -> str:
    near = get_close_matches(name, ENTITIES[entity].by_name, n=1, cutoff=0.6)
    return name + (f" (did you mean '{near[0]}'?)" if near else "")


def without_later_values(
    engine: Engine, accounts: ir.Table, changes: ir.Table, seen: ir.Table
) -> ir.Table:
    """The accounts, without values that they took only by a change that was not seen yet.

    `changes` is the whole history and `seen` what of it was there. An account row carries the
    newest value and no date. Where a change leads to that value later, and none was seen before,
    the value then is not known. A value that no later change leads to is left as it is: so a
    change dated later adds nothing to the past.
    """
    import ibis

    ours = changes.filter(
        (changes.entity == "account") & changes.attribute.isin(list(DATED_ATTRIBUTES))
    )
    first = engine.materialise(ours.anti_join(seen, ["entity", "id", "attribute"]))
    found = engine.to_arrow(first.select("attribute").distinct())["attribute"].to_pylist()
    for name in sorted(found):
        later = first.filter(first.attribute == name)
        later = later.select(changed_id="id", led_to=later.value.lower()).distinct()
        held = accounts.select("account_key", "account_id", held=accounts[name].lower())
        taken = held.semi_join(later, [("account_id", "changed_id"), ("held", "led_to")])
        marks = taken.select("account_key", taken_later=ibis.literal(True))
        marked = left_join(accounts, marks, "account_key")
        value = ibis.ifelse(marked.taken_later.isnull(), marked[name], ibis.null("string"))
        accounts = marked.mutate(**{name: value}).drop("taken_later")
    return engine.materialise(accounts) if found else accounts
