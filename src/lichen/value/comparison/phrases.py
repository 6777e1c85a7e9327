"""How exposures read in sentences: where a partner did what, and against whom."""

from __future__ import annotations

from collections.abc import Mapping

from lichen.value.comparison.exposure import Exposure
from lichen.vocabulary.format import format_words

SIMILAR = {
    "starting": "in similar accounts without partners",
    "adding": "in similar accounts that another partner serves",
}
"""Whom the exposed are held against, by arms."""

_WHERE: Mapping[str, str] = {
    "any": "where a partner joined",
    "role": "where a partner {value}",
    "partner_kind": "where {article} {value} partner joined",
    "partner": "where {value} joined",
    "integrations": "where integrations reached {value}",
    "services": "where partners did {value}",
    "delivery": "where a {value} partner delivers",
    "play": "where the play {value} ran",
    "campaign": "where the campaign {value} reached them",
    "programme": "where the programme {value} was joined",
    "acquired_via": "where the account came by the {value} route",
}


def where(exposure: Exposure, called: Mapping[str, str] | None = None) -> str:
    """The exposed accounts after a noun: "where a partner implemented".

    `called` gives the names of partners by id.
    """
    value = (called or {}).get(exposure.value, exposure.value)
    if exposure.name in ("role", "partner_kind", "services"):
        value = format_words(value).replace("+", " and ")
    article = "an" if value[:1] in "aeiou" else "a"
    return _WHERE[exposure.name].format(value=value, article=article)
