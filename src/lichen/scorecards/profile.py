"""The ecosystem profile: both retention families side by side, one row per group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lichen.scorecards.labels import dimension_title, group_label
from lichen.scorecards.published import Published
from lichen.vocabulary.dimensions import DIMENSIONS, NOT_LIKE_FOR_LIKE
from lichen.vocabulary.figure import Figure
from lichen.vocabulary.metrics import METRICS, Base
from lichen.vocabulary.roles import ROLES, ROUTES, SEGMENTS

PROFILE_DIMENSIONS = (
    "involved",
    "acquired_via",
    "served_via",
    "partner_kind",
    "role",
    "integrations",
    "services_pattern",
    "delivery",
    "embeddedness",
    "segment",
    "industry",
    "region",
    "referral_source",
    "cohort_year",
    "partner",
)
SIZE_METRICS = ("accounts", "arr")
COHORT_METRICS = ("nrr", "grr", "logo_retention")
RENEWAL_METRICS = ("renewal_rate", "renewal_gross", "renewal_net")
PROFILE_METRICS = SIZE_METRICS + COHORT_METRICS + RENEWAL_METRICS

FAMILY_BASES = {
    Base.ACCOUNTS: "on the closing day",
    Base.COHORT: "of what had ARR at the opening of the window",
    Base.RENEWALS_DUE: "of renewals due in the window and decided",
}
"""Each family names what it is a share of."""

_ORDERED: dict[str, Sequence[str]] = {
    "acquired_via": ROUTES,
    "served_via": ROUTES,
    "segment": SEGMENTS,
    "role": ROLES,
    "involved": ("yes", "true", "no", "false"),
}
_BY_NUMBER = frozenset({"integrations", "cohort_year"})


@dataclass(frozen=True)
class ProfileRow:
    """One group and its figures by metric; a metric the run lacks is absent."""

    value: str
    label: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class ProfileTable:
    """The groups of one dimension.

    Ranked dimensions show the largest by ARR; `folded` counts the groups left out, which stay in
    the run and in `lichen measure --by`. `caution` is the not-like-for-like sentence where the
    dimension splits by what partners do.
    """

    dimension: str
    title: str
    meaning: str
    rows: tuple[ProfileRow, ...]
    folded: int
    overlapping: bool
    caution: str


def profile(
    published: Published, names: Mapping[str, str], top: int = 12
) -> tuple[ProfileTable, ...]:
    """A table per dimension that has figures, in reading order."""
    tables = (_table(published, dimension, names, top) for dimension in PROFILE_DIMENSIONS)
    return tuple(table for table in tables if table.rows)


def total_row(published: Published) -> ProfileRow:
    """The whole base, shown above every dimension so that each split has its yardstick."""
    return ProfileRow("", "All accounts", _figures(published, ""))


def base_phrase(metric: str) -> str:
    """What the metric's base is, in a few words."""
    return FAMILY_BASES.get(METRICS[metric].base, "") if metric in METRICS else ""


def _table(
    published: Published, dimension: str, names: Mapping[str, str], top: int
) -> ProfileTable:
    known = DIMENSIONS[dimension]
    values = _ordered(published, dimension)
    shown = values[:top]
    rows = tuple(
        ProfileRow(
            value,
            group_label(dimension, value, names),
            _figures(published, {dimension: value}),
        )
        for value in shown
    )
    return ProfileTable(
        dimension=dimension,
        title=dimension_title(dimension),
        meaning=known.meaning,
        rows=rows,
        folded=len(values) - len(shown),
        overlapping=known.overlapping,
        caution=NOT_LIKE_FOR_LIKE if known.partner_side and len(rows) > 1 else "",
    )


def _figures(published: Published, groups: Mapping[str, str] | str) -> dict[str, Figure]:
    found = {metric: published.figure(metric, groups) for metric in PROFILE_METRICS}
    return {metric: figure for metric, figure in found.items() if figure is not None}


def _ordered(published: Published, dimension: str) -> list[str]:
    values = list(published.values(dimension))
    if dimension in _BY_NUMBER:
        return sorted(values, key=_number)
    fixed = list(_ORDERED.get(dimension, ()))
    sizes = {value: _size(published, dimension, value) for value in values}

    def rank(value: str) -> tuple[int, float, str]:
        place = fixed.index(value) if value in fixed else len(fixed)
        return place, -sizes[value], value

    return sorted(values, key=rank)


def _size(published: Published, dimension: str, value: str) -> float:
    arr = published.figure("arr", {dimension: value})
    if arr is not None and arr.value is not None:
        return arr.value
    nrr = published.figure("nrr", {dimension: value})
    return float(nrr.denominator or 0) if nrr is not None else 0.0


def _number(value: str) -> tuple[int, str]:
    digits = "".join(letter for letter in value if letter.isdigit())
    return (int(digits) if digits else 1 << 30, value)
