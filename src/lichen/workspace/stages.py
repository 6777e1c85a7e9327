"""The stages of a run, as values: a plan prints them, a runner carries them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lichen.kernel.periods import Window


@dataclass(frozen=True)
class FeedFile:
    """One file of a feed, and whether its parsed form is already in the ledger's cache."""

    path: str
    entity: str
    bytes: int
    hash: str
    cached: bool


@dataclass(frozen=True)
class ReadFeeds:
    """Parse, check and account for every feed file that the cache does not hold."""

    files: tuple[FeedFile, ...]
    mappings: tuple[str, ...] = ()
    name: str = "read feeds"

    def explain(self) -> Iterator[str]:
        """One line per file, then how the exports of each source are mapped."""
        if not self.files:
            yield "no feed files: put feeds/account.csv and feeds/subscription.csv there first"
        for file in self.files:
            state = "unchanged, not read again" if file.cached else "to be read"
            yield f"{file.path} ({file.entity}, {file.bytes:,} bytes): {state}"
        yield from self.mappings


@dataclass(frozen=True)
class ResolveLedger:
    """Give every row its identity and write the ledger, or reuse the one of the same facts."""

    key: str | None
    cached: bool
    name: str = "resolve ledger"

    def explain(self) -> Iterator[str]:
        """Which ledger, and whether it is there."""
        if self.cached and self.key:
            yield f"ledger {self.key} is there already"
        else:
            yield f"ledger {self.key or 'of these feeds'} will be built"


@dataclass(frozen=True)
class SeeAsOf:
    """Hide what was not known on the day, and fix the windows that end there."""

    day: date | None
    reason: str
    windows: tuple[tuple[str, Window | None], ...]
    name: str = "as of"

    def explain(self) -> Iterator[str]:
        """The day, why that one, and the windows."""
        yield f"{self.day or 'a day not known before the feeds are read'}: {self.reason}"
        for kind, window in self.windows:
            if window is None:
                yield f"window {kind}"
            else:
                yield f"window {kind}: after {window.opens_on}, up to {window.closes_on}"


@dataclass(frozen=True)
class GroupAccounts:
    """Place every account in its groups, as valid at the opening of each window."""

    dimensions: tuple[tuple[str, ...], ...]
    name: str = "group accounts"

    def explain(self) -> Iterator[str]:
        """The dimensions and pairs."""
        singles = [names[0] for names in self.dimensions if len(names) == 1]
        pairs = [" x ".join(names) for names in self.dimensions if len(names) > 1]
        yield f"by {', '.join(singles)}"
        if pairs:
            yield f"by pairs {', '.join(pairs)}"


@dataclass(frozen=True)
class TakeMeasures:
    """Compute every figure of the registered measures."""

    measures: tuple[tuple[str, str], ...]
    engine: str
    name: str = "measure"

    def explain(self) -> Iterator[str]:
        """The measures, the versions of what provides them, the engine."""
        for measure, provider in self.measures:
            yield f"{measure} (from {provider})"
        yield f"on {self.engine}"


@dataclass(frozen=True)
class Compare:
    """Set accounts that began with a partner beside similar ones that did not."""

    horizon: int
    landmarks: int
    name: str = "compare"

    def explain(self) -> Iterator[str]:
        """What is compared by default, over which time, and how to leave it out."""
        yield (
            "any partner, each role and each kind of partner with enough accounts, against similar "
            "accounts without"
        )
        yield f"{self.horizon} months after each of at most {self.landmarks} quarters"
        yield "takes most of a run; --without model leaves it out"


@dataclass(frozen=True)
class PublishRun:
    """Write the run, point readers at it, and let the oldest runs go."""

    definitions_version: str
    previous_run: str | None
    changed_definitions: tuple[str, ...]
    keep: int
    name: str = "publish"

    def explain(self) -> Iterator[str]:
        """Definitions, what changed in them, and what is kept."""
        yield f"definitions {self.definitions_version} (unsigned)"
        if self.previous_run is None:
            yield "the first run that readers will see"
        elif self.changed_definitions:
            yield f"definitions changed since {self.previous_run}: " + ", ".join(
                self.changed_definitions
            )
        else:
            yield f"definitions as in {self.previous_run}"
        yield f"the newest {self.keep} runs stay"


Stage = ReadFeeds | ResolveLedger | SeeAsOf | GroupAccounts | TakeMeasures | Compare | PublishRun
