"""The outcomes that a comparison can be of: what each is, which way is better, what it decides."""

from __future__ import annotations

from dataclasses import dataclass

from lichen.kernel.errors import UnknownName
from lichen.vocabulary.metrics import METRICS, Direction, Unit


@dataclass(frozen=True)
class Outcome:
    """One outcome, under the name of its metric in the catalogue.

    `unit` is that of one account's value. `primary` outcomes are judged together and so share the
    chance of a false alarm; those without `has_verdict` are shown and not judged. `is_binary`
    says that the value is a yes or no, written 1 or 0 (the share of its yeses where an account has
    several cases). `since_start` outcomes are counted from
    the first contract, not from a quarter's end.
    """

    name: str
    unit: Unit
    primary: bool = False
    is_binary: bool = False
    has_verdict: bool = True
    since_start: bool = False

    @property
    def title(self) -> str:
        """The name for people."""
        return METRICS[self.name].title

    @property
    def direction(self) -> Direction:
        """Which way is better, from the catalogue."""
        return METRICS[self.name].direction


OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome("renewal_rate", Unit.RATIO, primary=True, is_binary=True),
        Outcome("logo_retention", Unit.RATIO, primary=True, is_binary=True),
        Outcome("nrr", Unit.RATIO, primary=True),
        Outcome("expansion_rate", Unit.RATIO, primary=True),
        Outcome("adoption", Unit.RATIO, primary=True),
        Outcome("cost_to_serve", Unit.RATIO, primary=True),
        Outcome("time_to_value", Unit.DAYS, primary=True, since_start=True),
        Outcome("value_within", Unit.RATIO, is_binary=True, since_start=True),
        Outcome("advocates", Unit.RATIO, is_binary=True),
        Outcome("nps", Unit.SCORE, has_verdict=False),
        Outcome("csat", Unit.RATIO, is_binary=True, has_verdict=False),
    )
}
"""Every outcome by name, in the order in which pages show them."""


def outcome_named(name: str) -> Outcome:
    """The outcome of a name.

    Raises:
        UnknownName: there is none; the message says what was perhaps meant.
    """
    try:
        return OUTCOMES[name]
    except KeyError:
        raise UnknownName("outcome of a comparison", name, OUTCOMES) from None
