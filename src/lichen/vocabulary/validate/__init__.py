"""Rules on what the definitions mean, one file each; a rule yields problems and never raises."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lichen.vocabulary.draft import Draft
from lichen.vocabulary.problems import Problem
from lichen.vocabulary.validate.as_of_is_a_month_end import as_of_is_a_month_end
from lichen.vocabulary.validate.balance_limits_rise import balance_limits_rise
from lichen.vocabulary.validate.cost_kinds_count_once import cost_kinds_count_once
from lichen.vocabulary.validate.currency_is_known import currency_is_known
from lichen.vocabulary.validate.embeddedness_classes_rise import embeddedness_classes_rise
from lichen.vocabulary.validate.feeds_name_entities import feeds_name_entities
from lichen.vocabulary.validate.inclusive_end_has_an_end import inclusive_end_has_an_end
from lichen.vocabulary.validate.latest_is_decidable import latest_is_decidable
from lichen.vocabulary.validate.markers_are_ranked_once import markers_are_ranked_once
from lichen.vocabulary.validate.pairs_are_two_dimensions import pairs_are_two_dimensions
from lichen.vocabulary.validate.pilots_are_distinct import pilots_are_distinct
from lichen.vocabulary.validate.roles_are_counted_once import roles_are_counted_once
from lichen.vocabulary.validate.targets_are_distinct import targets_are_distinct
from lichen.vocabulary.validate.targets_are_plausible import targets_are_plausible
from lichen.vocabulary.validate.targets_face_the_right_way import targets_face_the_right_way
from lichen.vocabulary.validate.targets_name_groups import targets_name_groups
from lichen.vocabulary.validate.targets_name_metrics import targets_name_metrics
from lichen.vocabulary.validate.time_zone_is_known import time_zone_is_known

Rule = Callable[[Draft], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    currency_is_known,
    time_zone_is_known,
    as_of_is_a_month_end,
    feeds_name_entities,
    latest_is_decidable,
    inclusive_end_has_an_end,
    roles_are_counted_once,
    markers_are_ranked_once,
    cost_kinds_count_once,
    embeddedness_classes_rise,
    balance_limits_rise,
    pairs_are_two_dimensions,
    targets_name_metrics,
    targets_name_groups,
    targets_are_plausible,
    targets_face_the_right_way,
    targets_are_distinct,
    pilots_are_distinct,
)


def meaning_problems(draft: Draft) -> Iterator[Problem]:
    """What every rule has to say about these definitions."""
    for rule in RULES:
        yield from rule(draft)
