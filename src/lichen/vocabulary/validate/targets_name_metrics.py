"""Each target names a metric that has one figure to hold it against."""

from __future__ import annotations

from collections.abc import Iterator

from lichen.kernel.errors import did_you_mean
from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.metrics import METRICS, Base
from lichen.vocabulary.problems import Problem


def targets_name_metrics(draft: Draft) -> Iterator[Problem]:
    """A target on an unknown metric would never be read against a figure."""
    for row, target in draft.targets:
        key = ("target", row, "metric")
        if not draft.as_written(*key):
            continue
        if target.metric not in METRICS:
            yield Problem(
                Severity.ERROR,
                key,
                f"there is no metric '{target.metric}'.",
                did_you_mean(target.metric, METRICS),
            )
        elif METRICS[target.metric].base is Base.MOVEMENTS:
            yield Problem(
                Severity.ERROR,
                key,
                f"'{target.metric}' has a figure per line of the bridge; a target names none.",
                "Set the target on expansion_rate, contraction_rate, churn_rate or arr.",
            )
