"""Segment, industry and region as they were valid, and could be known, on a day."""

from __future__ import annotations

from functools import partial

import ibis
import ibis.expr.types as ir

from lichen.engines.joins import left_join
from lichen.involvement.attributes import attributes_with_history
from lichen.value.comparison.covariates.asked import FACT_DAY, KEYS, NEWEST, Asked
from lichen.value.comparison.covariates.guard import Source
from lichen.vocabulary.entities import ENTITIES, Kind
from lichen.vocabulary.entities.customers import DATED_ATTRIBUTES
from lichen.vocabulary.finding import Finding, Severity

CODE = "covariate_without_history"


def firmographics(asked: Asked) -> tuple[Source | None, dict[str, str], list[Finding]]:
    """The attributes that may be used, why others may not, and a finding for each of those.

    An attribute without history shows its value of today, which may be a result: it is barred,
    unless the workspace declares that it never changes.
    """
    there = [name for name in DATED_ATTRIBUTES if asked.facts.is_mapped("account", name)]
    absent = [name for name in DATED_ATTRIBUTES if name not in there]
    dated, fixed = attributes_with_history(asked.facts), asked.definitions.workspace.fixed
    used = tuple(name for name in there if name in dated or name in fixed)
    barred = {name: f"No feed provides {name}. Map account.{name}." for name in absent}
    findings = [_current_value(name) for name in there if name not in used]
    barred |= {finding.dimensions[0]: finding.sentence for finding in findings}
    changed = tuple(name for name in used if name in dated)
    read = partial(_read, names=used, changed=changed)
    return Source("firmographics", read, words=used) if used else None, barred, findings


def _current_value(name: str) -> Finding:
    return Finding(
        CODE,
        "account",
        0,
        f"{name} has no history, so its value before a partner came is not known and it is no "
        f"covariate: load attribute_change, or list {name} under `fixed` in lichen.toml if it "
        "never changes.",
        Severity.WARNING,
        dimensions=(name,),
    )


def _read(asked: Asked, names: tuple[str, ...], changed: tuple[str, ...]) -> ir.Table:
    """The latest change on or before the day; without any, the account's own value.

    Not known where a change that was not seen yet leads to the account's own value: then it is
    the value of a later day. The account's own value carries no date.
    """
    points = asked.known
    accounts = asked.facts.table("account")
    own = accounts.select("account_key", **{f"own_{name}": _word(accounts[name]) for name in names})
    rows = left_join(points, own, "account_key")
    if changed:
        rows = left_join(rows, _histories(asked, changed), KEYS)
        values = {name: _at(rows, name) for name in changed}
    else:
        rows, values = rows.mutate(**{NEWEST: ibis.null("date")}), {}
    current = {name: rows[f"own_{name}"] for name in names if name not in changed}
    return rows.select(*KEYS, NEWEST, **current, **values)


def _at(rows: ir.Table, name: str) -> ir.Value:
    seen = rows[f"seen_{name}"]
    of_later_day = ibis.coalesce(rows[f"led_{name}"], ibis.literal(False))
    known = ibis.ifelse(of_later_day, ibis.null("string"), rows[f"own_{name}"])
    return ibis.ifelse(seen.notnull(), seen, known)


def _histories(asked: Asked, names: tuple[str, ...]) -> ir.Table:
    """By point: the latest value seen of each attribute, and whether a change not seen yet leads
    to the account's own value; the newest day of a change seen.
    """
    changes, points = _changes(asked, names), asked.known.rename(owner="account_key")
    met = changes.inner_join(points, changes.account_key == points.owner)
    met = met.mutate(seen=met[FACT_DAY] <= met.q0)
    latest = ibis.window(group_by=[*KEYS, "attribute", "seen"], order_by=ibis.desc("from_on"))
    ranked = met.mutate(is_last=ibis.row_number().over(latest) == 0)
    values: dict[str, ir.Value] = {NEWEST: ranked[FACT_DAY].max(where=ranked.seen)}
    for name in names:
        of_name = ranked.attribute == name
        values[f"seen_{name}"] = ranked.value.max(where=of_name & ranked.seen & ranked.is_last)
        led = of_name & ~ranked.seen & ranked.leads_to_own
        values[f"led_{name}"] = ibis.ifelse(led, 1, 0).max() > 0
    return ranked.group_by(list(KEYS)).aggregate(**values)


def _changes(asked: Asked, names: tuple[str, ...]) -> ir.Table:
    """account_key, attribute, value, from_on, fact_day, leads_to_own."""
    rows = asked.facts.table("attribute_change")
    rows = rows.filter(rows.entity == "account", rows.attribute.isin(list(names)))
    rows = asked.known_by("attribute_change", rows, "from_on")
    # A history is free text, and closed lists are in small letters everywhere else.
    listed = [name for name in names if ENTITIES["account"].by_name[name].kind is Kind.ENUM]
    lowered = ibis.ifelse(rows.attribute.isin(listed), rows.value.lower(), rows.value)
    rows = rows.select("attribute", "from_on", FACT_DAY, changed_id="id", value=_word(lowered))
    accounts = asked.facts.table("account").select("account_key", "account_id", *names)
    met = rows.inner_join(accounts, rows.changed_id == accounts.account_id)
    own = ibis.cases(*((met.attribute == name, met[name]) for name in names))
    return met.select(
        "account_key",
        "attribute",
        "value",
        "from_on",
        FACT_DAY,
        leads_to_own=(own.lower() == met.value.lower()).fill_null(False),
    )


def _word(value: ir.Value) -> ir.Value:
    """The text, or null where it is empty; the ledger has trimmed it."""
    return value.nullif("")
