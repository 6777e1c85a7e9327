"""How one figure came about: its definition, base, window, parts, interval, findings and inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from lichen.kernel.visible import visible
from lichen.runs import Run
from lichen.vocabulary.dimensions import DIMENSIONS
from lichen.vocabulary.figure import Figure, parse_groups
from lichen.vocabulary.finding import Finding
from lichen.vocabulary.format import format_count, format_money_exact
from lichen.vocabulary.metrics import METRICS, Metric
from lichen.workspace.errors import UnknownFigure
from lichen.workspace.figures import FigureTable
from lichen.workspace.selecting import as_table
from lichen.workspace.touching import read_for, touches


@dataclass(frozen=True)
class Explanation:
    """Everything that stands behind one figure, short of its accounts."""

    figure: Figure
    shown: str
    metric: Metric | None
    numerator: str
    denominator: str
    groups: tuple[tuple[str, str, str], ...]
    findings: tuple[Finding, ...]
    inputs: tuple[dict[str, Any], ...]
    run: Run

    def as_dict(self) -> dict[str, Any]:
        """The explanation as plain values, for JSON."""
        figure = self.figure.as_row()
        return {
            "figure": {**figure, "findings": list(self.figure.findings)},
            "shown": self.shown,
            "title": self.metric.title if self.metric else self.figure.metric,
            "meaning": self.metric.meaning if self.metric else None,
            "formula": self.formula,
            "base": self.metric.base.phrase if self.metric else None,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "interval": self.interval,
            "confidence": self.run.manifest["definitions"]["content"]["scorecard"]["confidence"],
            "page": f"docs/algorithms/{self.metric.page}.md" if self.metric else None,
            "groups": [
                {"dimension": name, "value": value, "meaning": meaning}
                for name, value, meaning in self.groups
            ],
            "findings": [
                {"code": each.code, "count": each.count, "sentence": each.sentence}
                for each in self.findings
            ],
            "inputs": list(self.inputs),
            "definition": self.figure.definition,
            "definitions_version": self.run.manifest["definitions"]["version"],
            "signed": self.run.manifest["definitions"]["signed"],
            "run_id": self.run.run_id,
            "as_of": self.run.manifest["as_of"],
            "cite": f"{self.run.run_id}/{self.figure.figure_id}",
        }

    @property
    def formula(self) -> str:
        """Numerator over denominator, in words, or what else the value is."""
        if self.metric is None:
            return ""
        if self.metric.formula:
            return self.metric.formula
        if not self.metric.denominator:
            return self.metric.numerator
        return f"({self.metric.numerator}) / ({self.metric.denominator})"

    @property
    def interval(self) -> str:
        """How the interval is made."""
        return self.metric.interval.phrase if self.metric else "as the plugin says"

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        figure, known = self.figure, self.metric
        facts = self.as_dict()
        of_whom = visible(figure.groups) or "all accounts"
        lines = [
            f"{facts['title']} ({figure.metric}) of {of_whom}: {self.shown}",
            f"  {facts['meaning'] or ''}",
            "",
            f"  window       after {figure.window_from}, up to {figure.window_to}",
            f"  numerator    {self.numerator}: {known.numerator if known else ''}",
        ]
        if self.denominator:
            lines.append(f"  denominator  {self.denominator}: {known.denominator if known else ''}")
        lines += [
            f"  formula      {self.formula}",
            f"  base         {facts['base']}, n = {format_count(figure.n)}",
            f"  interval     {self.interval} ({facts['confidence']:.0%})",
            f"  verdict      {figure.verdict}",
        ]
        if figure.parameters:
            lines.append(f"  parameters   {figure.parameters}")
        lines += [
            f"  group        {name} = {visible(value)}: {why}" for name, value, why in self.groups
        ]
        lines += [f"  finding      {each.code}: {each.sentence}" for each in self.findings]
        lines += [
            f"  input        {each['file']} ({each['entity']}, {_records(each)}, "
            f"hash {each['hash'][:12]})"
            for each in self.inputs
        ]
        return [
            *lines,
            f"  definition   {figure.definition}, version {facts['definitions_version']}, unsigned",
            f"  page         {facts['page'] or ''}",
            f"  cite as      {facts['cite']}",
        ]


def explain(run: Run, figure_id: str) -> Explanation:
    """The explanation of a figure of this run.

    Raises:
        UnknownFigure: the run has no figure with this id.
    """
    figure, table = find_figure(run, figure_id)
    known = METRICS.get(figure.metric)
    groups = parse_groups(figure.groups)
    entities = read_for((figure.metric,), groups)
    return Explanation(
        figure=figure,
        shown=table.format(figure),
        metric=known,
        numerator=_amount(figure.numerator, known is None or known.counts, run.currency),
        denominator=_amount(
            figure.denominator, known is None or known.counts or known.mixed, run.currency
        ),
        groups=tuple(
            (name, value, DIMENSIONS[name].meaning if name in DIMENSIONS else "")
            for name, value in groups.items()
        ),
        findings=tuple(each for each in run.findings if _concerns(each, figure, groups)),
        inputs=tuple(each for each in run.manifest["inputs"] if each["entity"] in entities),
        run=run,
    )


def find_figure(run: Run, figure_id: str) -> tuple[Figure, FigureTable]:
    """The figure with this id, and the one-row table that it came in."""
    figures = run.figures()
    chosen = figures.filter(pc.equal(figures["figure_id"], figure_id))
    if not chosen.num_rows:
        raise UnknownFigure(figure_id, run.run_id, figures["figure_id"].to_pylist())
    table = as_table(run, chosen)
    return next(iter(table)), table


def _amount(value: int | None, counts: bool, currency: str) -> str:
    if value is None:
        return ""
    return format_count(value) if counts else format_money_exact(value, currency)


def _concerns(finding: Finding, figure: Figure, groups: dict[str, str]) -> bool:
    return finding.code in figure.findings or touches(finding, (figure.metric,), tuple(groups))


def _records(each: dict[str, Any]) -> str:
    records = each["records"]
    return f"{records:,} records" if records is not None else "records not counted"
