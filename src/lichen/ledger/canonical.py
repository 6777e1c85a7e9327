"""Feeds in canonical form: files whose columns are the contract's own, read into typed rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lichen.engines.embedded import Embedded
from lichen.kernel.progress import Progress
from lichen.ledger.accounting import Account
from lichen.ledger.errors import FeedProblem, FeedsUnusable
from lichen.ledger.feeds import FeedFile
from lichen.ledger.parsed import Parsed, header_of, parse
from lichen.vocabulary.definitions import Definitions

CANONICAL = "canonical"
"""The name of the mapping that changes nothing."""


def read_canonical(
    session: Embedded,
    root: Path,
    files: Sequence[FeedFile],
    definitions: Definitions,
    progress: Progress,
) -> list[Parsed]:
    """Every file read against its contract, in the order given.

    Raises:
        FeedsUnusable: files that cannot be read at all, every one of them listed.
        FeedChanged: a file was written to meanwhile.
    """
    headers = [header_of(file) for file in files]
    problems: list[FeedProblem] = [problem for header in headers for problem in header.problems]
    if problems:
        raise FeedsUnusable(problems)
    parsed: list[Parsed] = []
    for place, (file, header) in enumerate(zip(files, headers, strict=True)):
        progress(f"Reading {file.name}", place, len(files))
        try:
            parsed.append(parse(session, root, file, header, definitions))
        except FeedsUnusable as error:
            problems += error.problems
    if problems:
        raise FeedsUnusable(problems)
    return parsed


def accounts_of(parsed: Sequence[Parsed]) -> list[Account]:
    """The account of the files, then of the mapping by entity: a row of a file is a row."""
    files = [
        Account(
            "file",
            one.name,
            one.file.entity,
            records=one.records,
            parsed=one.rows,
            rejected=one.rejected,
        )
        for one in parsed
    ]
    mappings = []
    for entity in dict.fromkeys(one.file.entity for one in parsed):
        rows = sum(one.rows for one in parsed if one.file.entity == entity)
        mappings.append(
            Account("mapping", CANONICAL, entity, input=rows, fanned_out=0, mapped=rows, filtered=0)
        )
    return [*files, *mappings]
