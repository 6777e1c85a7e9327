"""Each target names a metric that has one figure to hold it against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lichen.kernel.errors import did_you_mean
from lichen.vocabulary.draft import Draft
from lichen.vocabulary.finding import Severity
from lichen.vocabulary.metrics import METRICS, Base
from lichen.vocabulary.problems import Problem


def targets_name_metrics(draft: Draft) -> Iterator[Problem]:
    """A target on an unknown metric, or on one of many figures, would never be read against one."""
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
            continue
        lacking = [each for each in METRICS[target.metric].asks if each not in target.parameters]
        if METRICS[target.metric].base is Base.MOVEMENTS and lacking:
            yield Problem(
                Severity.ERROR,
                key,
                f"'{target.metric}' has a figure per line of the bridge; a target names none.",
                "Set the target on new_arr, expansion_arr, churn_rate or arr.",
            )
        elif lacking and draft.as_written("target", row, "parameters"):
            yield _unnamed(row, target.metric, lacking)


def _unnamed(row: int, metric: str, lacking: Sequence[str]) -> Problem:
    named = ", ".join(f'{each} = "…"' for each in lacking)
    return Problem(
        Severity.ERROR,
        ("target", row, "parameters"),
        f"'{metric}' has a figure for each of {' and '.join(lacking)}; the target names none.",
        f"Add parameters = {{ {named} }}; `lichen measure DIR --metric {metric}` lists them.",
    )
