"""Published figures as a table that reads well in a terminal and a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from lichen.kernel.visible import visible
from lichen.vocabulary.definitions import Scorecard
from lichen.vocabulary.figure import Figure, Verdict, figures_of
from lichen.vocabulary.format import format_count, format_figure
from lichen.vocabulary.metrics import METRICS

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow as pa

HEADERS = ("metric", "groups", "window", "value", "n", "findings", "figure")
ALIGNED_RIGHT = ("value", "n")
SHOWN_ROWS = 40


class FigureTable:
    """Figures of one run: iterate over `Figure`, or take them as Arrow, pandas or polars.

    `note` is what must be said beside them (a plain split is not like for like), `warning` what
    is wrong with the run they come from.
    """

    def __init__(
        self,
        table: pa.Table,
        *,
        currency: str = "USD",
        rules: Scorecard | None = None,
        note: str | None = None,
        warning: str | None = None,
    ) -> None:
        self._table = table
        self._currency = currency
        self._rules = rules or Scorecard()
        self.note = note
        self.warning = warning

    def to_arrow(self) -> pa.Table:
        """The figures as an Arrow table with the published columns."""
        return self._table

    def to_pandas(self) -> pandas.DataFrame:
        """The figures as a pandas data frame; needs pandas."""
        frame: pandas.DataFrame = self._table.to_pandas()
        return frame

    def to_polars(self) -> polars.DataFrame:
        """The figures as a polars data frame; needs polars."""
        import polars

        frame = polars.from_arrow(self._table)
        assert isinstance(frame, polars.DataFrame)
        return frame

    def rows(self) -> list[dict[str, Any]]:
        """The figures as plain rows under the published column names, dates in ISO form."""
        return [
            {**row, "window_from": str(row["window_from"]), "window_to": str(row["window_to"])}
            for row in self._table.to_pylist()
        ]

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __iter__(self) -> Iterator[Figure]:
        return figures_of(self._table)

    def __repr__(self) -> str:
        lines = _aligned([HEADERS, *self._shown()])
        lines += self._after()
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th{_class(name)}>{name}</th>" for name in HEADERS)
        body = "".join(f"<tr>{_cells(row)}</tr>" for row in self._shown())
        after = "".join(f"<p>{escape(line)}</p>" for line in self._after())
        return (
            f"{_STYLE}<table class='lichen-figures'><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>{after}"
        )

    def format(self, figure: Figure) -> str:
        """One figure as every door writes it."""
        return format_figure(
            figure.value,
            figure.unit,
            low=figure.low,
            high=figure.high,
            n=figure.n,
            verdict=figure.verdict,
            needs=self._needs(figure),
            currency=self._currency,
        )

    def _needs(self, figure: Figure) -> float | None:
        known = METRICS.get(figure.metric)
        if known is None or figure.verdict != Verdict.NOT_ENOUGH_DATA:
            return None
        rules = self._rules
        return rules.minimum_effective if known.interval.needs_effective else rules.minimum_count

    def _shown(self) -> list[tuple[str, ...]]:
        return [self._line(figure) for figure, _ in zip(self, range(SHOWN_ROWS), strict=False)]

    def _line(self, figure: Figure) -> tuple[str, ...]:
        named = (
            f"{figure.metric} ({visible(figure.parameters)})"
            if figure.parameters
            else figure.metric
        )
        return (
            named,
            visible(figure.groups) or "all",
            f"{figure.window_from} to {figure.window_to}",
            self.format(figure),
            format_count(figure.n),
            " ".join(figure.findings),
            figure.figure_id,
        )

    def _after(self) -> list[str]:
        hidden = len(self) - SHOWN_ROWS
        more = f"{format_count(hidden)} more figures; --format json or csv prints all of them."
        lines = [more if hidden > 0 else "", self.note or "", self.warning or ""]
        return [line for line in lines if line]


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADERS))]
    return [
        "  ".join(
            text.rjust(width) if name in ALIGNED_RIGHT else text.ljust(width)
            for name, text, width in zip(HEADERS, row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _cells(row: tuple[str, ...]) -> str:
    return "".join(_cell(name, text) for name, text in zip(HEADERS, row, strict=True))


def _class(name: str) -> str:
    return " class='number'" if name in ALIGNED_RIGHT else ""


def _cell(name: str, text: str) -> str:
    shown = f"<code>{escape(text)}</code>" if name == "figure" else escape(text)
    return f"<td{_class(name)}>{shown}</td>"


_STYLE = (
    "<style>.lichen-figures td,.lichen-figures th{text-align:left;padding:2px 12px 2px 0;"
    "white-space:nowrap}.lichen-figures .number{text-align:right;"
    "font-variant-numeric:tabular-nums}</style>"
)
