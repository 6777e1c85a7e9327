"""Consistency: how far groups lie apart in a figure beyond what chance makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import ndtri

from lichen.inference.spread import Spread, between_groups
from lichen.kernel.periods import Window
from lichen.revenue.publish import Publisher, standing_codes
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.figure import Figure, Verdict, groups_text, parse_groups
from lichen.vocabulary.metrics import METRICS, Base, Interval

ACROSS = ("region", "segment", "partner")
OUTCOMES = ("logo_retention", "adoption", "nps", "csat")
WITHOUT_VALUE = ("unknown", "none")
"""Groups that gather what has no value are no group to be consistent with."""

MONTHS = 12

SCHEMA = pa.schema(
    [
        ("metric", pa.string()),
        ("parameters", pa.string()),
        ("across", pa.string()),
        ("groups", pa.int64()),
        ("sd", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("mean", pa.float64()),
        ("q", pa.float64()),
        ("p", pa.float64()),
        ("lowest_group", pa.string()),
        ("lowest", pa.float64()),
        ("highest_group", pa.string()),
        ("highest", pa.float64()),
        ("unit", pa.string()),
    ]
)


@dataclass(frozen=True)
class Compared:
    """The measured groups of one dimension in one metric, and their spread."""

    metric: str
    parameters: str
    across: str
    window: Window
    unit: str
    values: Mapping[str, float]
    spread: Spread

    def as_row(self) -> dict[str, object]:
        """The row of the table `consistency`."""
        ranked = sorted(self.values, key=lambda group: (self.values[group], group))
        low, high = ranked[0], ranked[-1]
        found = self.spread
        return {
            "metric": self.metric,
            "parameters": self.parameters,
            "across": self.across,
            "groups": found.groups,
            **{name: getattr(found, name) for name in ("sd", "low", "high", "mean", "q", "p")},
            "lowest_group": low,
            "lowest": self.values[low],
            "highest_group": high,
            "highest": self.values[high],
            "unit": self.unit,
        }


def consistency(
    figures: pa.Table, definitions: Definitions, run_id: str
) -> tuple[list[Figure], pa.Table]:
    """Spreads between groups of published figures, as figures and as the table `consistency`.

    Only the newest twelve months, groups of one dimension that have enough data, and dimensions
    with two such groups. Nothing but published figures is read, so every spread can be redone.
    """
    confidence = definitions.scorecard.confidence
    found = list(compared(figures, confidence))
    publisher = Publisher(definitions, run_id)
    table = pa.Table.from_pylist([each.as_row() for each in found], schema=SCHEMA)
    return [_figure(publisher, each) for each in found], table


def compared(figures: pa.Table, confidence: float) -> Iterator[Compared]:
    """Every metric and dimension with two measured groups or more."""
    newest: date | None = pc.max(figures["window_to"]).as_py()
    for metric in _metrics():
        held = figures.filter(
            pc.and_(pc.equal(figures["metric"], metric), pc.equal(figures["window_to"], newest))
        )
        rows = [row for row in held.to_pylist() if _is_measured(row)]
        asked = sorted({(row["window_from"], row["parameters"]) for row in rows})
        for opens_on, parameters in asked:
            of_one = [
                row
                for row in rows
                if (row["window_from"], row["parameters"]) == (opens_on, parameters)
            ]
            yield from _by_dimension(of_one, confidence)


def _metrics() -> tuple[str, ...]:
    """Outcomes that should not depend on where one is a customer, and how soon value comes."""
    soon = [
        name
        for name, known in METRICS.items()
        if known.base is Base.STARTS and known.interval is not Interval.NONE
    ]
    return tuple(name for name in (*soon, *OUTCOMES) if name in METRICS)


def _is_measured(row: Mapping[str, object]) -> bool:
    window = Window(*(_day(row[name]) for name in ("window_from", "window_to")))
    low, high = row["low"], row["high"]
    return (
        window.months == MONTHS
        and row["verdict"] == Verdict.MEASURED
        and isinstance(low, float)
        and isinstance(high, float)
        and high > low
    )


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value


def _by_dimension(rows: Sequence[Mapping[str, object]], confidence: float) -> Iterator[Compared]:
    for across in ACROSS:
        groups = {}
        for row in rows:
            named = parse_groups(str(row["groups"]))
            if named.keys() == {across} and named[across] not in WITHOUT_VALUE:
                groups[named[across]] = row
        if len(groups) >= 2:
            yield _compared(groups, across, confidence)


def _compared(
    groups: Mapping[str, Mapping[str, object]], across: str, confidence: float
) -> Compared:
    listed = [groups[name] for name in sorted(groups)]
    value, low, high = (
        np.array([row[name] for row in listed], dtype=np.float64)
        for name in ("value", "low", "high")
    )
    # A published interval is about twice z standard errors wide, whichever way it was made.
    errors = (high - low) / (2 * float(ndtri(0.5 + confidence / 2)))
    first = listed[0]
    return Compared(
        metric=str(first["metric"]),
        parameters=str(first["parameters"]),
        across=across,
        window=Window(_day(first["window_from"]), _day(first["window_to"])),
        unit=str(first["unit"]),
        values=dict(zip(sorted(groups), value.tolist(), strict=True)),
        spread=between_groups(value, errors, confidence),
    )


def _figure(publisher: Publisher, found: Compared) -> Figure:
    asked = {**parse_groups(found.parameters), "across": found.across, "metric": found.metric}
    spread = found.spread
    figure = publisher.exact(
        "consistency",
        found.window,
        None,
        None,
        spread.groups,
        value=spread.sd,
        parameters=groups_text(asked),
    )
    codes = standing_codes(groups_text({found.across: "any"}))
    return figure._replace(unit=found.unit, low=spread.low, high=spread.high, findings=codes)
