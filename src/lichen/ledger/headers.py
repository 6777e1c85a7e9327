"""Whether a file has the columns of its entity: missing, doubled, unknown and mistyped names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from lichen.engines.native import family
from lichen.ledger.contracts import ACCEPTED
from lichen.ledger.errors import FeedProblem
from lichen.ledger.feeds import FeedFile
from lichen.vocabulary.entities import ENTITIES


@dataclass(frozen=True)
class Header:
    """The columns of a file: place of each known one, names of the unknown, and problems."""

    names: tuple[str, ...]
    places: Mapping[str, int]
    unknown: tuple[str, ...]
    problems: tuple[FeedProblem, ...]


FOREIGN = (
    (b"PAR1", "Parquet", "Name it .parquet."),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Export it as CSV (UTF-8, comma)."),
    (b"\x1f\x8b", "compressed by gzip", "Unpack it first."),
    (b"\xff\xfe", "text encoded as UTF-16", "Export it as CSV (UTF-8, comma)."),
    (b"\xfe\xff", "text encoded as UTF-16", "Export it as CSV (UTF-8, comma)."),
)


def foreign_content(file: FeedFile) -> FeedProblem | None:
    """What a file named .csv holds when its first bytes belong to another format."""
    with file.path.open("rb") as stream:
        head = stream.read(4)
    for begin, what, step in FOREIGN:
        if head.startswith(begin):
            return FeedProblem(f"feeds/{file.name}", f"is named .csv and is {what}.", step)
    return None


def check_header(file: FeedFile, names: Sequence[str] | None) -> Header:
    """Compare the names found in a file with the contract of its entity."""
    where = f"feeds/{file.name}"
    if names is None or not any(names):
        step = f"It needs a header with at least: {', '.join(ENTITIES[file.entity].required)}."
        return Header((), {}, (), (FeedProblem(where, "is empty, without a header.", step),))
    contract = ENTITIES[file.entity]
    problems = [
        FeedProblem(where, f"has the column '{name}' {times} times.", "Keep one of them.")
        for name, times in Counter(names).items()
        if times > 1 and name
    ]
    unknown = [name for name in dict.fromkeys(names) if name not in contract.by_name]
    problems += [
        FeedProblem(where, *_missing(column, names, unknown))
        for column in contract.required
        if column not in names
    ]
    places = {name: place for place, name in enumerate(names) if name in contract.by_name}
    return Header(tuple(names), places, tuple(unknown), tuple(problems))


def _missing(column: str, names: Sequence[str], unknown: Sequence[str]) -> tuple[str, str]:
    found = ", ".join(name or "(no name)" for name in names)
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        return (
            f"has no column '{column}'; found one column: {found}.",
            "Its fields seem to be separated by another mark; export it with commas.",
        )
    near = get_close_matches(column, unknown, n=1, cutoff=0.6)
    step = f"Did you mean '{near[0]}'? Rename it." if near else "Add it; the contract requires it."
    return f"has no column '{column}'; found: {found}.", step


def check_types(file: FeedFile, types: Mapping[str, str]) -> list[FeedProblem]:
    """Parquet columns whose type cannot hold what the contract wants."""
    problems = []
    for column in ENTITIES[file.entity].columns:
        held = types.get(column.name)
        if held is None or family(held) in ACCEPTED[column.kind] or held == "NULL":
            continue
        problems.append(
            FeedProblem(
                f"feeds/{file.name}",
                f"column '{column.name}' holds {held}; the contract wants {column.kind.value}.",
                "Cast it when exporting.",
            )
        )
    return problems
