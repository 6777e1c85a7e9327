"""What changed between two runs, as a value to print, iterate over and hand on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lichen.kernel.visible import visible
from lichen.ledger.changes import EntityChange
from lichen.runs import Run
from lichen.scorecards.diff import (
    Appearance,
    FigureChange,
    appearance_sentence,
    change_sentence,
)
from lichen.vocabulary.format import format_count
from lichen.workspace.causes import DefinitionChange
from lichen.workspace.tracing import Trace

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 10


@dataclass(frozen=True)
class RunDiff:
    """Figures of two runs that moved, most important first; iterate over `FigureChange`.

    `trace` holds the causes and what is to be said about them, `appearances` the questions that
    only one run answers with a value, `compared` how many figures both do.
    """

    before: Run
    after: Run
    trace: Trace
    changes: tuple[FigureChange, ...]
    appearances: tuple[Appearance, ...]
    compared: int

    @property
    def causes(self) -> tuple[str, ...]:
        """What can have moved figures, in the order in which it is taken in."""
        return self.trace.causes

    @property
    def facts(self) -> tuple[EntityChange, ...]:
        """Rows that differ, by entity."""
        return self.trace.facts

    @property
    def definitions(self) -> tuple[DefinitionChange, ...]:
        """Keys of definitions that differ and may move figures."""
        return self.trace.definitions

    @property
    def cautions(self) -> tuple[str, ...]:
        """What a reader of the causes must know."""
        return self.trace.cautions

    @property
    def beyond_noise(self) -> tuple[FigureChange, ...]:
        """The changes that are more than noise."""
        return tuple(each for each in self.changes if each.beyond_noise)

    @property
    def unchanged(self) -> bool:
        """Whether nothing moved, came or went."""
        return not self.changes and not self.appearances

    @cached_property
    def partner_names(self) -> dict[str, str]:
        """Names of partners by id, as the runs hold them."""
        found: dict[str, str] = {}
        for run in (self.before, self.after):
            if "partners" in run.table_names:
                rows = run.table("partners").to_pylist()
                found |= {row["partner_id"]: row["name"] for row in rows if row["name"]}
        return found

    def sentence(self, change: FigureChange) -> str:
        """One change in words."""
        return change_sentence(change, self.after.currency, self.partner_names)

    def told(self, each: Appearance) -> str:
        """What came or went, in words."""
        currencies = (self.before.currency, self.after.currency)
        return appearance_sentence(each, currencies, self.partner_names)

    def rows(self) -> list[dict[str, Any]]:
        """Every change as plain values, most important first."""
        return [self._row(each) for each in self.changes]

    def as_dict(self) -> dict[str, Any]:
        """The whole comparison as plain values, for JSON."""
        return {
            "before": _run(self.before),
            "after": _run(self.after),
            "compared": self.compared,
            "moved": len(self.changes),
            "beyond_noise": len(self.beyond_noise),
            "causes": list(self.causes),
            "facts": [vars(each) for each in self.facts],
            "definitions": [vars(each) for each in self.definitions],
            "cautions": list(self.cautions),
            "changes": self.rows(),
            "appearances": [self._appearance(each) for each in self.appearances],
        }

    def to_arrow(self) -> pa.Table:
        """The changes as an Arrow table, a row a figure; `parts` is a list of cause and change."""
        import pyarrow as pa

        part = pa.struct([("cause", pa.string()), ("change", pa.float64()), ("exact", pa.string())])
        numbers = ("before", "after", "change", "noise", "share")
        types = {name: pa.float64() for name in numbers} | {"parts": pa.list_(part)}
        types |= {"beyond_noise": pa.bool_(), "headline": pa.bool_()}
        rows = self.rows()
        fields = [(name, types.get(name, pa.string())) for name in ROW]
        columns = {name: [row[name] for row in rows] for name in ROW}
        return pa.table(columns, schema=pa.schema(fields))

    def __iter__(self) -> Iterator[FigureChange]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def __repr__(self) -> str:
        return visible("\n".join(self.lines()), keep="\n")

    def lines(self, most: int = SHOWN) -> list[str]:
        """In words: what differs, then at `most` so many changes beyond noise."""
        if self.unchanged:
            return [self.title, "Nothing changed.", *self.cautions]
        shown = [self.sentence(each) for each in self.beyond_noise[:most]]
        hidden = len(self.beyond_noise) - len(shown)
        more = f"{format_count(hidden)} more moved beyond noise." if hidden > 0 else ""
        return [
            self.title,
            *self.why(),
            self.count,
            *(f"  {line}" for line in (*shown, more) if line),
        ]

    @property
    def title(self) -> str:
        """Which runs are compared."""
        days = (
            f"both as of {self.after.as_of}"
            if self.before.as_of == self.after.as_of
            else f"as of {self.before.as_of} and {self.after.as_of}"
        )
        return f"From run {self.before.run_id} to run {self.after.run_id}, {days}."

    @property
    def count(self) -> str:
        """How many figures moved, and how many beyond noise."""
        beyond, appeared = len(self.beyond_noise), len(self.appearances)
        came = f" {format_count(appeared)} appeared, went or changed verdict." if appeared else ""
        return (
            f"Of {format_count(self.compared)} figures {format_count(len(self.changes))} moved, "
            f"{format_count(beyond)} beyond noise.{came}"
        )

    def why(self) -> list[str]:
        """What differs between the runs besides their figures, a line each."""
        lines = [_facts_line(each) for each in self.facts]
        lines += [
            f"definition {each.definition}: {each.key} was {_plain(each.before)}, "
            f"is {_plain(each.after)}"
            for each in self.definitions
        ]
        if self.before.as_of != self.after.as_of:
            which = "later" if self.before.as_of < self.after.as_of else "earlier"
            lines.append(f"{which} date: {self.before.as_of} became {self.after.as_of}")
        return [*lines, *self.cautions]

    def _row(self, change: FigureChange) -> dict[str, Any]:
        question = change.question
        return {
            "metric": question.metric,
            "groups": question.groups,
            "parameters": question.parameters,
            "window": question.window,
            "unit": change.after.unit,
            "before": change.before.value,
            "after": change.after.value,
            "change": float(change.change),
            "exact": str(change.change),
            "noise": change.noise,
            "beyond_noise": change.beyond_noise,
            "share": change.share,
            "headline": change.rank == 0,
            "parts": [
                {"cause": part.cause, "change": float(part.change), "exact": str(part.change)}
                for part in change.parts
            ],
            "not_split": change.whole_because,
            "before_figure": f"{self.before.run_id}/{change.before.figure_id}",
            "after_figure": f"{self.after.run_id}/{change.after.figure_id}",
            "sentence": self.sentence(change),
        }

    def _appearance(self, each: Appearance) -> dict[str, Any]:
        question = each.question
        figure = each.after or each.before
        assert figure is not None, "one of the runs has it"
        return {
            "metric": question.metric,
            "groups": question.groups,
            "parameters": question.parameters,
            "window": question.window,
            "what": each.move.value,
            "before": each.before.value if each.before else None,
            "after": each.after.value if each.after else None,
            "verdict_before": each.before.verdict if each.before else None,
            "verdict_after": each.after.verdict if each.after else None,
            "figure_id": figure.figure_id,
            "sentence": self.told(each),
        }


ROW = (
    "metric",
    "groups",
    "parameters",
    "window",
    "unit",
    "before",
    "after",
    "change",
    "exact",
    "noise",
    "beyond_noise",
    "share",
    "headline",
    "parts",
    "not_split",
    "before_figure",
    "after_figure",
    "sentence",
)
"""Columns of a change, in order."""


def _run(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "as_of": run.as_of.isoformat(),
        "ledger": run.manifest["ledger"]["key"],
        "definitions": run.manifest["definitions"]["version"],
    }


def _facts_line(each: EntityChange) -> str:
    told = [
        f"{format_count(count)} {word} ({', '.join(ids)}{', …' if count > len(ids) else ''})"
        for word, count, ids in (
            ("corrected", each.corrected, each.corrected_ids),
            ("gone", each.gone, each.gone_ids),
            ("new", each.added, each.added_ids),
        )
        if count
    ]
    return f"{each.entity} rows: {', '.join(told)}"


def _plain(value: object) -> str:
    return "empty" if value is None else str(value)
