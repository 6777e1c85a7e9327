"""The dimensions by which figures are grouped, and how each may be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lichen.kernel.errors import UnknownName

if TYPE_CHECKING:
    from lichen.vocabulary.definitions import Definitions


@dataclass(frozen=True)
class Dimension:
    """One way of grouping accounts as valid at the opening of a window.

    `overlapping` dimensions may hold an account in several groups, so their groups do not add up
    to the total. `partner_side` dimensions split by what partners do, and so carry the sentence
    that a plain split is not like for like. `definition` is the one that its groups rest on, beside
    `involvement`.
    """

    name: str
    title: str
    meaning: str
    overlapping: bool = False
    partner_side: bool = True
    definition: str = ""


DIMENSIONS: dict[str, Dimension] = {
    dimension.name: dimension
    for dimension in (
        Dimension("involved", "Partner involvement", "a meaningful involvement was active"),
        Dimension("acquired_via", "Acquired via", "how the account was won"),
        Dimension("served_via", "Served via", "who serves the account after the sale"),
        Dimension("partner_kind", "Partner kind", "kinds of the partners active", overlapping=True),
        Dimension("partner", "Partner", "partners active", overlapping=True),
        Dimension("role", "Partner role", "roles active", overlapping=True),
        Dimension("integrations", "Integrations", "number of technologies active"),
        Dimension("integration_stack", "Integration stack", "set of technologies active"),
        Dimension("services_pattern", "Services pattern", "set of service roles active"),
        Dimension("delivery", "Delivery", "whether a partner who delivers is certified"),
        Dimension(
            "embeddedness",
            "Embeddedness",
            "how many ties partners have into the account, as classes",
            definition="embeddedness",
        ),
        Dimension("segment", "Segment", "segment of the account", partner_side=False),
        Dimension("industry", "Industry", "industry of the account", partner_side=False),
        Dimension("region", "Region", "region of the account", partner_side=False),
        Dimension("referral_source", "Referral source", "what brought the account, in its words"),
        Dimension(
            "cohort_year", "Cohort year", "year of the first subscription", partner_side=False
        ),
    )
}

NOT_LIKE_FOR_LIKE = (
    "This is a plain split, not like for like: partners tend to meet larger and healthier "
    "accounts, so the difference is not what partners changed."
)


def dimension(name: str) -> Dimension:
    """The dimension with this name.

    Raises:
        UnknownName: there is none; near misses are listed.
    """
    try:
        return DIMENSIONS[name]
    except KeyError:
        raise UnknownName("dimension", name, DIMENSIONS) from None


def default_dimensions(definitions: Definitions) -> list[tuple[str, ...]]:
    """Every single dimension, then the pairs that the workspace declares."""
    singles: list[tuple[str, ...]] = [(name,) for name in DIMENSIONS]
    return [*singles, *definitions.scorecard.pairs]
