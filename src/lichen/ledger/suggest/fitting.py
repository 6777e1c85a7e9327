"""Whether the values of a column are what a column of an entity wants: a factor and a reason."""

from __future__ import annotations

from lichen.ledger.suggest.keys import Ids, best_owner
from lichen.ledger.suggest.known import Known, is_own_id
from lichen.ledger.suggest.meanings import MOST_WORDS, meanings
from lichen.ledger.suggest.samples import ColumnSample
from lichen.ledger.suggest.shapes import FITS, is_domain, is_email, is_money, share
from lichen.vocabulary.entities import Column, Entity, Kind

Fit = tuple[float, str]
EMPTY: Fit = (0.75, "empty in these files")
NOUNS = {
    Kind.INTEGER: "whole numbers",
    Kind.NUMBER: "numbers",
    Kind.RATE: "numbers",
    Kind.AMOUNT: "amounts",
    Kind.BOOLEAN: "yes or no",
    Kind.DATE: "dates",
    Kind.INSTANT: "dates or moments",
    Kind.MONTH: "months or dates",
    Kind.CURRENCY: "ISO currency codes",
}


def fit(entity: Entity, column: Column, seen: ColumnSample, ids: Ids, known: Known) -> Fit:
    """How far the values speak for or against a column; 1 where they do not speak."""
    if not seen.values:
        return (0.3, "an id, but empty") if is_own_id(entity, column) else EMPTY
    if is_own_id(entity, column):
        return _unique(seen)
    if column.references is not None:
        return _leads_to(column.references, seen, ids)
    if column.values:
        return _words(entity, column, seen, known)
    if column.kind in FITS:
        return _shaped(column.kind, seen)
    return _text(column, seen)


def _unique(seen: ColumnSample) -> Fit:
    if seen.is_unique:
        return 1.0, f"{seen.filled:,} values, each once"
    if seen.distinct >= 0.9 * seen.filled:
        return 0.85, f"{seen.filled - seen.distinct:,} of {seen.filled:,} values are doubles"
    return 0.62, f"values repeat ({seen.distinct:,} in {seen.filled:,} rows)"


def _leads_to(target: str, seen: ColumnSample, ids: Ids) -> Fit:
    owners = ids.get(target, ())
    if not owners:
        return 0.95, f"no table here holds the ids of {target}"
    found, owner = best_owner(seen.values, owners)
    if owner is None or not found:
        tables = " or ".join(owner.name for owner in owners[:2])
        return 0.78, f"none of its sample values is in {tables}"
    return (1.0 if found >= 0.5 else 0.85), f"{found:.0%} of sample values are in {owner.name}"


def _words(entity: Entity, column: Column, seen: ColumnSample, known: Known) -> Fit:
    if seen.distinct > MOST_WORDS:
        return 0.3, f"{seen.distinct:,} different words are no closed list"
    understood = meanings(seen.values, column, entity.name, known)
    if not understood.found:
        return 0.5, "none of its words is near to one of the contract"
    told = f"{len(understood.found)} of {seen.distinct} words are understood"
    return (1.0 if understood.share >= 0.5 else 0.85), told


def _shaped(kind: Kind, seen: ColumnSample) -> Fit:
    found = share(seen.values, FITS[kind])
    told = f"{found:.0%} of sample values are {NOUNS[kind]}"
    factor = next(each for least, each in FACTORS if found >= least)
    return factor, told


FACTORS = ((0.95, 1.0), (0.8, 0.86), (0.5, 0.62), (0.0, 0.15))
"""What is left of a name's score when this share of the values has the right shape."""


def _text(column: Column, seen: ColumnSample) -> Fit:
    if column.name == "domain":
        return _domain(seen)
    if share(seen.values, is_email) > 0.5 and not column.personal and column.name != "csm_key":
        return 0.3, "holds e-mail addresses"
    if column.name == "name" and share(seen.values, is_money) > 0.8:
        return 0.5, "holds numbers"
    return 1.0, ""


def _domain(seen: ColumnSample) -> Fit:
    found = share(seen.values, is_domain)
    hosts = {value.split("://")[-1].split("/")[0].lower() for value in seen.values}
    if len(seen.values) > 1 and len(hosts) == 1:
        return 0.3, f"every value leads to {min(hosts)}"
    return (1.0 if found >= 0.5 else 0.5), f"{found:.0%} of sample values are web domains"
