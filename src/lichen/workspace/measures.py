"""Measures, built in or added by plugins, found the same way: entry points of `lichen.measures`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from lichen.kernel.errors import LichenError
from lichen.ledger.facts import Measured, MeasureRequest

GROUP = "lichen.measures"


class NoMeasures(LichenError):
    """The installation registers no measure at all."""

    def __init__(self) -> None:
        super().__init__(
            f"No measure is registered under the entry point group {GROUP}.",
            "The installation is incomplete: install Lichen again with `pip install lichen`.",
        )


class MeasureBroken(LichenError):
    """A registered measure cannot be imported."""

    def __init__(self, name: str, provider: str, reason: str) -> None:
        self.name = name
        super().__init__(
            f"The measure '{name}' of {provider} cannot be loaded: {reason}.",
            f"Upgrade or uninstall {provider}.",
        )


@dataclass(frozen=True)
class RegisteredMeasure:
    """A measure by name, with the distribution and version that provide it."""

    name: str
    point: EntryPoint

    @property
    def provider(self) -> str:
        """The distribution and its version, `lichen 0.1.0`."""
        distribution = self.point.dist
        return f"{distribution.name} {distribution.version}" if distribution else self.point.value

    def load(self) -> Callable[[MeasureRequest], Measured]:
        """Import the measure.

        Raises:
            MeasureBroken: its import fails.
        """
        try:
            measure: Callable[[MeasureRequest], Measured] = self.point.load()
        except (ImportError, AttributeError) as error:
            raise MeasureBroken(self.name, self.provider, str(error)) from error
        return measure


def registered_measures() -> tuple[RegisteredMeasure, ...]:
    """Every registered measure, by name.

    Raises:
        NoMeasures: there is none.
    """
    found = {point.name: point for point in entry_points(group=GROUP)}
    if not found:
        raise NoMeasures
    return tuple(RegisteredMeasure(name, found[name]) for name in sorted(found))
