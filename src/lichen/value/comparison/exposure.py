"""Exposures: what an account may have started, as people write it, and which are asked by default.

`any` is any meaningful involvement; the others name a kind of thing and one of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import ibis.expr.types as ir

from lichen.involvement import believed
from lichen.kernel.errors import LichenError, UnknownName, did_you_mean
from lichen.ledger.facts import Facts
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.roles import PARTNER_KINDS, ROLES, SERVICE_ROLES

ANY = "any"
SHOWN = 12
"""So many of the values that there are stand in an error."""

MOST_INTEGRATIONS = 99

CLOSED: Mapping[str, tuple[str, ...]] = {
    "role": ROLES,
    "partner_kind": PARTNER_KINDS,
    "delivery": ("certified",),
    "acquired_via": ("partner", "hybrid"),
}
"""Exposures whose values are fixed words."""

Columns = tuple[tuple[str, str], ...]

COLUMNS: Mapping[str, Columns] = {
    "partner": (("partner", "partner_id"),),
    "play": (("play_run", "play"),),
    "campaign": (("campaign", "campaign_id"), ("lead", "campaign_id")),
    "programme": (("participation", "name"),),
}
"""Exposures whose values are whatever these columns hold."""

NAMES = (ANY, *CLOSED, "integrations", "services", *COLUMNS)

FORMS = (
    "any, role=implemented, partner_kind=services, partner=ID, integrations=2, "
    "services=implemented+managed, delivery=certified, play=NAME, campaign=ID, programme=NAME, "
    "acquired_via=partner"
)


class Exposure(NamedTuple):
    """What the exposed accounts started: the name of a kind of thing, and which one."""

    name: str
    value: str = ""

    @property
    def text(self) -> str:
        """As people write it: `any`, `role=implemented`."""
        return f"{self.name}={self.value}" if self.value else self.name


class ExposureNotReadable(LichenError):
    """The text of an exposure has no value, or one that its kind cannot take."""

    def __init__(self, text: str, reason: str) -> None:
        self.text = text
        super().__init__(f"'{text}' is no exposure: {reason}.", f"Write one of {FORMS}.")


class NothingOfThisName(LichenError):
    """The facts hold nothing that is called so."""

    def __init__(self, exposure: Exposure, known: Sequence[str], columns: Columns) -> None:
        self.exposure = exposure
        self.known = tuple(known)
        place = " and ".join(f"{entity}.{column}" for entity, column in columns)
        sentence = f"No row has the {exposure.name} '{exposure.value}'"
        if not known:
            super().__init__(f"{sentence}, because no feed fills {place}.", f"Map {place} first.")
            return
        step = did_you_mean(exposure.value, known)
        if step.startswith("Known names") and len(known) > SHOWN:
            step = f"There are {len(known):,}, such as {', '.join(known[:SHOWN])}."
        super().__init__(f"{sentence} ({place}).", step)


def parse_exposure(text: str, facts: Facts) -> Exposure:
    """The exposure that a person wrote, checked against the words and the facts that there are.

    Raises:
        UnknownName: no such kind of exposure, role, kind of partner, service role or route.
        ExposureNotReadable: a value is missing, not wanted or no number.
        NothingOfThisName: the facts have no such partner, play, campaign or programme.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if name not in NAMES:
        raise UnknownName("exposure", name, NAMES)
    if name == ANY:
        if equals:
            raise ExposureNotReadable(text, "any takes no value")
        return Exposure(ANY)
    if not value:
        raise ExposureNotReadable(text, f"{name} needs a value")
    if name in CLOSED:
        return _listed(Exposure(name, value), facts)
    if name in COLUMNS:
        return _held(Exposure(name, value), facts)
    return Exposure(name, _READERS[name](text, value))


def default_exposures(facts: Facts, definitions: Definitions) -> tuple[Exposure, ...]:
    """What every run asks: any, each role there is, and each kind of partner that is involved."""
    seen = believed(facts, definitions)
    rows, partners = seen.table("involvement"), seen.table("partner")
    roles = _texts(seen, rows.select(word="role"))
    kinds = _texts(seen, partners.semi_join(rows, "partner_key").select(word="kinds"))
    present = {kind for words in kinds for kind in words.split("|")}
    return (
        Exposure(ANY),
        *(Exposure("role", role) for role in ROLES if role in roles),
        *(Exposure("partner_kind", kind) for kind in PARTNER_KINDS if kind in present),
    )


def _listed(exposure: Exposure, facts: Facts) -> Exposure:
    _one_of(exposure.name, exposure.value, CLOSED[exposure.name])
    if exposure.name == "delivery" and not facts.is_mapped("certification"):
        raise NothingOfThisName(exposure, (), (("certification", "earned_on"),))
    return exposure


def _one_of(name: str, value: str, known: Iterable[str]) -> str:
    if value not in known:
        raise UnknownName(name, value, known)
    return value


def _held(exposure: Exposure, facts: Facts) -> Exposure:
    known = sorted(
        {
            word
            for entity, column in COLUMNS[exposure.name]
            for word in _texts(facts, _rows_of(facts, exposure.name, entity).select(word=column))
        }
    )
    if exposure.value not in known:
        raise NothingOfThisName(exposure, known, COLUMNS[exposure.name])
    return exposure


def _rows_of(facts: Facts, name: str, entity: str) -> ir.Table:
    rows = facts.table(entity)
    return rows.filter(rows.kind == "programme") if name == "programme" else rows


def _texts(facts: Facts, words: ir.Table) -> list[str]:
    found = facts.engine.to_arrow(words.filter(words.word.notnull()).distinct())
    return sorted(found.column("word").to_pylist())


def _number(text: str, value: str) -> str:
    if not value.isdecimal() or not 1 <= int(value) <= MOST_INTEGRATIONS:
        raise ExposureNotReadable(text, f"'{value}' is no number from 1 to {MOST_INTEGRATIONS}")
    return str(int(value))


def _pattern(_text: str, value: str) -> str:
    roles = {_one_of("service role", role.strip(), SERVICE_ROLES) for role in value.split("+")}
    return "+".join(sorted(roles))


_READERS: Mapping[str, Callable[[str, str], str]] = {"integrations": _number, "services": _pattern}
