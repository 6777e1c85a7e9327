"""What a load would do: the files it takes, and the ledger that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lichen.kernel.ids import content_hash
from lichen.ledger import checks, inputs, store
from lichen.ledger.exports.found import FoundSource, find_sources
from lichen.ledger.feeds import FeedFile, find_feeds, has_feeds, unread_feeds
from lichen.ledger.identity import Decision, GivenIds, read_decisions, read_ids
from lichen.ledger.ledger import LEDGER_FORMAT
from lichen.ledger.parsed import parsed_folder
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.entities import ENTITIES


@dataclass(frozen=True)
class FeedRead:
    """One file of a planned load; `cached` when its content was read before."""

    file: FeedFile
    cached: bool

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.file.path

    @property
    def entity(self) -> str:
        """Whose rows it holds."""
        return self.file.entity

    @property
    def bytes(self) -> int:
        """Its size."""
        return self.file.bytes

    @property
    def hash(self) -> str:
        """Its content."""
        return self.file.hash


@dataclass(frozen=True)
class LoadPlan:
    """What a load would do: the files it takes, the ledger they make, and whether that is there.

    `load` names what it reads, and `key` the ledger, which depends on `ids` given by other loads.
    """

    root: Path
    load: str
    key: str
    files: tuple[FeedRead, ...]
    sources: tuple[FoundSource, ...]
    ids: GivenIds
    cached: bool

    @property
    def folder(self) -> Path:
        """Where the ledger is, or will be."""
        return self.root / ".lichen" / "ledger" / self.key

    def explain(self) -> list[str]:
        """One line a file, then one for the ledger."""
        lines = [
            f"{'take from cache' if read.cached else 'read'} {read.file.name} "
            f"as {read.file.entity} ({read.file.bytes:,} bytes)"
            for read in self.files
        ]
        lines += [line for source in self.sources for line in source.explain()]
        return [*lines, f"{'use' if self.cached else 'build'} ledger {self.key}"]

    @property
    def inputs(self) -> list[tuple[str, str, int, str, bool]]:
        """Name, what it is a file of, bytes, hash and whether it was read before, of every file."""
        feeds = [
            (read.file.name, read.entity, read.bytes, read.hash, read.cached) for read in self.files
        ]
        return feeds + [
            (source.shown(file), f"source {source.name}", file.bytes, file.hash, self.cached)
            for source in self.sources
            for file in source.files
        ]

    @property
    def not_read(self) -> tuple[str, ...]:
        """Names of files that stand among the feeds or exports and are not looked at."""
        left = [name for source in self.sources for name in source.unread]
        return (*unread_feeds(self.root), *left)

    @property
    def names(self) -> dict[str, list[str]]:
        """Names of the files by what they are files of, as the ledger keeps them."""
        names = {
            name: sorted(read.file.name for read in self.files if read.file.entity == name)
            for name in {read.file.entity for read in self.files}
        }
        for source in self.sources:
            names[f"source {source.name}"] = sorted(map(source.shown, source.files))
        return names

    @property
    def contents(self) -> dict[str, str]:
        """The content of every file by its name: accounting and quarantine speak of both."""
        return {name: content for name, _, _, content, _ in self.inputs}

    def changed(self) -> list[str]:
        """Names of files that are no longer the ones whose content was planned."""
        feeds = [read.file.name for read in self.files if not read.file.is_unchanged()]
        return feeds + [
            source.shown(file)
            for source in self.sources
            for file in source.files
            if not file.is_unchanged()
        ]


def plan_load(root: Path, definitions: Definitions) -> LoadPlan:
    """What `load` would do; nothing is written.

    Raises:
        FeedsUnusable, NoFeeds: as `find_feeds` and `find_sources`.
        MappingUnusable: a mapping has mistakes.
        DecisionsUnusable, ReviewUnusable: decisions have mistakes, or ids that were registered.
    """
    sources = find_sources(root, definitions)
    feeds = find_feeds(root) if not sources or has_feeds(root) else []
    files = inputs.with_kept(root, feeds, definitions)
    reads = tuple(
        FeedRead(file, _is_kept(parsed_folder(root, file, definitions))) for file in files
    )
    ids = read_ids(root)
    load = load_key(files, sources, read_decisions(root), definitions)
    others = ids.given_before(load)
    key = content_hash([load, others], 16) if others else load
    cached = _is_kept(root / ".lichen" / "ledger" / key)
    return LoadPlan(root, load, key, reads, sources, ids, cached)


def _is_kept(folder: Path) -> bool:
    return store.read_info(folder, deep=False) is not None


def load_key(
    files: Sequence[FeedFile],
    sources: Sequence[FoundSource],
    decisions: Sequence[Decision],
    definitions: Definitions,
) -> str:
    """The name of a load of these files: their contents, not their names or order."""
    contents = sorted([file.entity, file.format, file.hash] for file in files)
    contracts = {name: repr(ENTITIES[name]) for name in sorted({file.entity for file in files})}
    meaning = {
        "currency": definitions.workspace.currency,
        "time_zone": definitions.workspace.time_zone,
        "identity": definitions.identity.model_dump(mode="json"),
        "decisions": sorted([*one.pair, one.is_same] for one in decisions),
        "checks": checks.VERSION,
        "revenue": definitions.revenue.model_dump(mode="json"),
        "feeds": {
            name: definitions.feed(name).model_dump(mode="json", exclude={"mode"})
            for name in sorted(contracts)
        },
    }
    if sources:
        # Sources stand in the order in which they are believed.
        meaning["sources"] = [source.meaning() for source in sources]
        contracts |= {name: repr(ENTITIES[name]) for one in sources for name in one.entities()}
    return content_hash([LEDGER_FORMAT, contents, contracts, meaning], 16)
