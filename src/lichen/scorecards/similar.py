"""Comparisons with similar accounts as a page reads them: by exposure, outcomes in one order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from lichen.scorecards.labels import dimension_title, group_label
from lichen.value.comparison.result import Comparison, PartnerRank
from lichen.value.comparison.stored import COMPARISONS, stored_comparisons, stored_ranks
from lichen.vocabulary.figure import Verdict
from lichen.vocabulary.format import format_words
from lichen.vocabulary.metrics import METRICS, Direction

ANY = "any"
ADDING = "adding"

READABLE = frozenset({Verdict.HELPS, Verdict.HURTS, Verdict.NO_CLEAR_EFFECT, Verdict.MEASURED})
"""Verdicts under which the difference stands as a number."""

_SHORT = {"nrr": "NRR", "grr": "GRR", "nps": "NPS"}

_TOLD = {
    Verdict.HELPS: 0,
    Verdict.HURTS: 0,
    Verdict.NO_CLEAR_EFFECT: 1,
    Verdict.NOT_COMPARABLE: 2,
    Verdict.NOT_ENOUGH_DATA: 3,
}

ORDER = (
    "renewal_rate",
    "logo_retention",
    "nrr",
    "expansion_rate",
    "adoption",
    "cost_to_serve",
    "time_to_value",
)
"""The primary outcomes as they are read; others follow in the order of the catalogue."""


@dataclass(frozen=True)
class ExposureView:
    """What one exposure did to each outcome, at one horizon and between the same arms."""

    exposure: str
    arms: str
    horizon: int
    title: str
    comparisons: tuple[Comparison, ...]

    @property
    def name(self) -> str:
        """A short name that no other view of the run has, for ids."""
        return f"{self.exposure}-{self.arms}-{self.horizon}"

    @property
    def told(self) -> Comparison:
        """The comparison whose sentence comes first: a claim, else one that may be read."""
        return min(self.comparisons, key=lambda each: _TOLD.get(each.verdict, len(_TOLD)))

    @property
    def widest(self) -> Comparison:
        """The comparison whose balance, overlap and counts are drawn: the one that is told.

        Where that has no balance, the one with most matched accounts.
        """
        if self.told.balance:
            return self.told
        return max(self.comparisons, key=lambda each: (len(each.balance), each.counts.matched))

    @property
    def by_unit(self) -> dict[str, tuple[Comparison, ...]]:
        """Comparisons that may share an axis."""
        units = dict.fromkeys(each.unit for each in self.comparisons)
        return {
            unit: tuple(each for each in self.comparisons if each.unit == unit) for unit in units
        }

    def of(self, outcome: str) -> Comparison | None:
        """The comparison of one outcome, where there is one."""
        return next((each for each in self.comparisons if each.outcome == outcome), None)


@dataclass(frozen=True)
class Similar:
    """Every comparison of a run; `is_kept` is false where the run holds no such tables."""

    views: tuple[ExposureView, ...]
    ranks: Mapping[str, tuple[PartnerRank, ...]]
    is_kept: bool

    @property
    def first(self) -> ExposureView | None:
        """The view that stands open: any involvement, else the first there is."""
        return self.views[0] if self.views else None

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes that any view has, in reading order."""
        return in_order({each.outcome for view in self.views for each in view.comparisons})


def similar(tables: Mapping[str, pa.Table], names: Mapping[str, str] | None = None) -> Similar:
    """The run's comparisons; `names` gives partners their names by id."""
    return similar_of(
        stored_comparisons(tables), stored_ranks(tables), names, is_kept=COMPARISONS in tables
    )


def similar_of(
    comparisons: Sequence[Comparison],
    ranks: Sequence[PartnerRank] = (),
    names: Mapping[str, str] | None = None,
    *,
    is_kept: bool = True,
) -> Similar:
    """These comparisons as views: any involvement first, then in the order they came in."""
    held: dict[tuple[str, str, int], list[Comparison]] = {}
    for each in comparisons:
        held.setdefault((each.exposure, each.arms, each.horizon), []).append(each)
    keys = sorted(held, key=lambda key: (key[0] != ANY, key[1] == ADDING))
    views = tuple(_view(*key, held[key], names) for key in keys)
    return Similar(views, _ranked(ranks), is_kept)


def outcome_title(outcome: str) -> str:
    """An outcome in words: the catalogue's title, else its own name."""
    known = METRICS.get(outcome)
    words = known.title if known else format_words(outcome)
    return _SHORT.get(outcome, words[:1].upper() + words[1:])


def outcome_noun(outcome: str) -> str:
    """An outcome inside a sentence: `renewal rate`, `NRR`."""
    title = outcome_title(outcome)
    return title if title.isupper() else title[:1].lower() + title[1:]


def exposure_title(exposure: str, arms: str = "", names: Mapping[str, str] | None = None) -> str:
    """An exposure in words: `Any partner`, `Role: Implemented, beside another partner`."""
    dimension, _, value = exposure.partition("=")
    title = "Any partner" if exposure == ANY else dimension_title(dimension)
    if value:
        title = f"{title}: {group_label(dimension, value, names)}"
    return f"{title}, beside another partner" if arms == ADDING else title


def in_order(outcomes: Iterable[str]) -> tuple[str, ...]:
    """Outcomes in the order in which they are read."""
    order = {name: at for at, name in enumerate(dict.fromkeys((*ORDER, *METRICS)))}
    return tuple(sorted(outcomes, key=lambda name: (order.get(name, len(order)), name)))


def _view(
    exposure: str,
    arms: str,
    horizon: int,
    comparisons: Sequence[Comparison],
    names: Mapping[str, str] | None,
) -> ExposureView:
    place = {name: at for at, name in enumerate(in_order({each.outcome for each in comparisons}))}
    return ExposureView(
        exposure,
        arms,
        horizon,
        exposure_title(exposure, arms, names),
        tuple(sorted(comparisons, key=lambda each: (not each.primary, place[each.outcome]))),
    )


def _ranked(ranks: Sequence[PartnerRank]) -> dict[str, tuple[PartnerRank, ...]]:
    """By outcome, the best shrunk estimate first, partners without one last."""
    return {
        outcome: tuple(sorted((rank for rank in ranks if rank.outcome == outcome), key=_standing))
        for outcome in in_order({rank.outcome for rank in ranks})
    }


def _standing(rank: PartnerRank) -> tuple[bool, float]:
    if rank.shrunk is None or rank.verdict not in READABLE:
        return True, -float(rank.exposed)
    known = METRICS.get(rank.outcome)
    lower = known is not None and known.direction is Direction.LOWER
    return False, rank.shrunk if lower else -rank.shrunk
