"""What differs between two schemas of one source, line by line and as a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any, Literal

from lichen.ledger.drift.schema import ColumnSeen, Schema
from lichen.vocabulary.finding import Finding, Severity

Change = Literal[
    "new_table", "gone_table", "new_column", "gone_column", "type_changed", "less_filled"
]
SIGNS: dict[str, str] = {"new": "+", "gone": "-"}
EXAMPLES = 5


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was; `column` is empty where a whole table came or went.

    `renamed_to` is the new name that is nearest to one that is gone: a question, not a fact.
    """

    change: Change
    table: str
    column: str
    before: str
    after: str
    renamed_to: str | None = None

    @property
    def name(self) -> str:
        """The table, or the column in its table."""
        return f"{self.table}.{self.column}" if self.column else self.table

    @property
    def line(self) -> str:
        """The difference as a line of a diff: + came, - went, ~ is not what it was."""
        sign = SIGNS.get(self.change.partition("_")[0], "~")
        told = {"+": self.after, "-": self.before}.get(sign, f"{self.before} -> {self.after}")
        asked = f"  renamed to {self.renamed_to}?" if self.renamed_to else ""
        return f"{sign} {self.name}: {told}{asked}"


def compare(old: Schema, new: Schema) -> tuple[Difference, ...]:
    """Every difference, by table and in the order of its columns; the same schema has none."""
    came = [name for name in new.tables if name not in old.tables]
    found: list[Difference] = []
    for table in sorted({*old.tables, *new.tables}):
        before, after = old.tables.get(table), new.tables.get(table)
        if before is None:
            told = _counted(new.tables[table])
            found.append(Difference("new_table", table, "", "", told))
        elif after is None:
            told = _counted(before)
            near = _nearest(table, came)
            found.append(Difference("gone_table", table, "", told, "", near))
        else:
            found += _columns(table, before, after)
    return tuple(found)


def finding_of(source: str, differences: Sequence[Difference]) -> Finding | None:
    """The finding `schema_drift` of a source; None where nothing differs.

    New columns are a note; what is gone, emptied or of another type is a warning.
    """
    if not differences:
        return None
    worse = any(not each.change.startswith("new") for each in differences)
    noun = "difference" if len(differences) == 1 else "differences"
    first = "; ".join(each.line for each in differences[:EXAMPLES])
    more = f"; and {len(differences) - EXAMPLES} more" if len(differences) > EXAMPLES else ""
    sentence = (
        f"The exports of {source} have {len(differences)} {noun} to the last load: {first}{more}. "
        f"Check that the mapping of {source} still means what it says."
    )
    return Finding(
        "schema_drift",
        source,
        len(differences),
        sentence,
        Severity.WARNING if worse else Severity.NOTE,
        examples=tuple(each.name for each in differences[:EXAMPLES]),
    )


def drift_findings(drift: Mapping[str, Sequence[Difference]]) -> tuple[Finding, ...]:
    """The findings of all sources."""
    found = (finding_of(source, differences) for source, differences in drift.items())
    return tuple(one for one in found if one is not None)


def as_rows(source: str, differences: Sequence[Difference]) -> list[dict[str, Any]]:
    """The differences for programs."""
    return [{"source": source, "line": each.line, **asdict(each)} for each in differences]


def _columns(
    table: str, before: Mapping[str, ColumnSeen], after: Mapping[str, ColumnSeen]
) -> Iterator[Difference]:
    came = [name for name in after if name not in before]
    for name, seen in before.items():
        if name not in after:
            near = _renamed(name, seen, {each: after[each] for each in came})
            yield Difference("gone_column", table, name, _told(seen), "", near)
        else:
            yield from _changed(table, name, seen, after[name])
    for name in came:
        yield Difference("new_column", table, name, "", _told(after[name]))


def _changed(table: str, name: str, old: ColumnSeen, new: ColumnSeen) -> Iterator[Difference]:
    # A column without cells has no type to compare.
    if old.type != new.type and old.filled and new.filled:
        yield Difference("type_changed", table, name, old.type, new.type)
    if new.filled < old.filled / 2:
        yield Difference("less_filled", table, name, _share(old), _share(new))


def _renamed(name: str, seen: ColumnSeen, came: Mapping[str, ColumnSeen]) -> str | None:
    """The new column that is nearest by name; of another name only where nothing else came."""
    near = _nearest(name, list(came))
    alike = [each for each, other in came.items() if other.type == seen.type]
    return near or (alike[0] if len(came) == 1 and alike else None)


def _nearest(name: str, names: Sequence[str]) -> str | None:
    plain = {each.lower(): each for each in names}
    near = get_close_matches(name.lower(), list(plain), n=1, cutoff=0.6)
    return plain[near[0]] if near else None


def _told(seen: ColumnSeen) -> str:
    return f"{seen.type}, {_share(seen)}"


def _share(seen: ColumnSeen) -> str:
    shown = f"{seen.filled:.0%}"
    return f"{'under 1%' if shown == '0%' and seen.filled else shown} filled"


def _counted(columns: Mapping[str, ColumnSeen]) -> str:
    return f"table of {len(columns)} {'column' if len(columns) == 1 else 'columns'}"
