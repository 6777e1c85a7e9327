"""The exact arithmetic of a change: values as fractions, and a path of steps that sums to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import isclose

from lichen.vocabulary.figure import Figure

JOINED = " and "
"""Between the causes of a part that could not be told apart."""


class Measure(Enum):
    """What the exact value of a figure is taken from, the same for every step of one change."""

    RATIO = "numerator over denominator"
    AMOUNT = "numerator"
    VALUE = "the published float, every bit of it"


@dataclass(frozen=True)
class Part:
    """What one cause, or several that cannot be told apart, did to a figure, exactly."""

    cause: str
    change: Fraction


def measure_of(*figures: Figure) -> Measure:
    """The finest measure that gives the published value of every one of these figures.

    A ratio of whole numbers is exact where a float is not, so that one is taken where it can be.
    """
    for measure in (Measure.RATIO, Measure.AMOUNT):
        if all(_gives(figure, measure) for figure in figures):
            return measure
    return Measure.VALUE


def exactly(figure: Figure | None, measure: Measure) -> Fraction | None:
    """The figure's value as a fraction; None where the figure or its part is absent."""
    if figure is None:
        return None
    if measure is Measure.VALUE:
        return None if figure.value is None else Fraction(figure.value)
    if figure.numerator is None:
        return None
    if measure is Measure.AMOUNT:
        return Fraction(figure.numerator)
    return Fraction(figure.numerator, figure.denominator) if figure.denominator else None


def split(
    start: Fraction, steps: Sequence[tuple[str, Fraction | None]], end: Fraction
) -> tuple[Part, ...]:
    """The parts of `end - start`, one per step; they sum to it exactly.

    `steps` are (cause, the value once this cause is taken in), and the last leads to `end`
    whatever value it gives. Where a value in between is absent, its cause and the next are one
    part: nothing is guessed. No steps leave the whole change without a cause.
    """
    parts: list[Part] = []
    held, waiting = start, []
    for place, (cause, value) in enumerate(steps):
        reached = end if place == len(steps) - 1 else value
        waiting.append(cause)
        if reached is None:
            continue
        parts.append(Part(JOINED.join(waiting), reached - held))
        held, waiting = reached, []
    return tuple(parts)


def _gives(figure: Figure, measure: Measure) -> bool:
    exact = exactly(figure, measure)
    if exact is None or figure.value is None:
        return False
    if measure is Measure.AMOUNT and figure.denominator is not None:
        return False
    return isclose(float(exact), figure.value, rel_tol=1e-12, abs_tol=1e-300)
