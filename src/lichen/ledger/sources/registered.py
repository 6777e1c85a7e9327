"""Ready mappings of systems, built in or added by plugins: entry points of `lichen.sources`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from lichen.kernel.errors import LichenError

GROUP = "lichen.sources"


class SourceBroken(LichenError):
    """A registered source cannot be used."""

    def __init__(self, name: str, provider: str, reason: str) -> None:
        self.name = name
        super().__init__(
            f"The source '{name}' of {provider} cannot be loaded: {reason}.",
            f"Upgrade or uninstall {provider}.",
        )


@dataclass(frozen=True)
class Source:
    """What ships for one system.

    `mapping` is the mapping file, `readme` says what to export, `sample` is a folder of made-up
    exports that the mapping reads.
    """

    name: str
    mapping: Path
    readme: Path
    sample: Path


def source_in(module_file: str) -> Source:
    """The source whose files stand beside a module, named after its folder."""
    folder = Path(module_file).parent
    return Source(folder.name, folder / "mapping.toml", folder / "README.md", folder / "sample")


@cache
def ready() -> Mapping[str, Source]:
    """Every registered source by name; an installation without any has none.

    Raises:
        SourceBroken: one cannot be imported, is no `Source`, or lacks its mapping.
    """
    points = {point.name: point for point in entry_points(group=GROUP)}
    return {name: _load(points[name]) for name in sorted(points)}


def _load(point: EntryPoint) -> Source:
    provider = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
    try:
        found = point.load()
    except (ImportError, AttributeError) as error:
        raise SourceBroken(point.name, provider, str(error)) from error
    if not isinstance(found, Source):
        raise SourceBroken(point.name, provider, f"{point.value} is no lichen Source")
    if not found.mapping.is_file():
        raise SourceBroken(point.name, provider, f"its mapping {found.mapping} is not there")
    return found
