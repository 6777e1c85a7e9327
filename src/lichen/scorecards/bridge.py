"""The ARR bridge: from opening to closing in the published movement lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lichen.scorecards.published import ROLLING_MONTHS, Published, months
from lichen.vocabulary.figure import Figure, Verdict, parse_groups
from lichen.vocabulary.format import format_money, format_month
from lichen.vocabulary.metrics import MOVEMENT_LINES

LINE_TITLES = {
    "opening": "Opening ARR",
    "new": "New",
    "reactivation": "Came back",
    "expansion": "Expansion",
    "contraction": "Contraction",
    "churn": "Churn",
    "fx": "Exchange rate",
    "regrouped": "Changed group",
    "closing": "Closing ARR",
}


@dataclass(frozen=True)
class BridgeLine:
    """One line of the bridge, with the level before and after it in minor units."""

    name: str
    title: str
    figure: Figure
    before: float
    after: float

    @property
    def is_level(self) -> bool:
        """Whether the line is a level (opening, closing) rather than a move."""
        return self.name in ("opening", "closing")


@dataclass(frozen=True)
class Bridge:
    """The lines between two days; empty where the run publishes no movements.

    `difference` is closing less the sum of the lines before it, 0 for a bridge that reconciles.
    """

    lines: tuple[BridgeLine, ...]
    opens_on: date | None
    closes_on: date | None
    difference: float
    title: str
    sentence: str


def arr_bridge(published: Published, currency: str, groups: str = "") -> Bridge:
    """The bridge of the newest twelve months, from the lines published for that window."""
    figures = _lines(published, groups)
    levels = [figures[name] for name in ("opening", "closing") if name in figures]
    if any(figure.verdict == Verdict.NOT_READABLE for figure in figures.values()):
        return Bridge((), None, None, 0.0, "No ARR bridge", _UNREADABLE)
    if len(levels) < 2 or any(figure.value is None for figure in figures.values()):
        return Bridge((), None, None, 0.0, "No ARR bridge yet", _MISSING)
    lines, running = [], 0.0
    for name in MOVEMENT_LINES:
        if name not in figures:
            continue
        value = figures[name].value or 0.0
        before = 0.0 if name in ("opening", "closing") else running
        reached = value if name == "opening" else running + (0 if name == "closing" else value)
        after = value if name == "closing" else reached
        lines.append(BridgeLine(name, LINE_TITLES[name], figures[name], before, after))
        running = reached
    closing = figures["closing"]
    return Bridge(
        lines=tuple(lines),
        opens_on=closing.window_from,
        closes_on=closing.window_to,
        difference=(closing.value or 0.0) - running,
        title=_title(figures, currency),
        sentence=_sentence(lines, currency),
    )


_UNREADABLE = "The movements of ARR are not readable, see their findings."
_MISSING = "This run publishes no ARR movements for the newest twelve months."


def _lines(published: Published, groups: str) -> dict[str, Figure]:
    lines: dict[str, Figure] = {}
    for (metric, group, parameters), figure in published.latest.items():
        if metric != "arr_movement" or group != groups or months(figure) != ROLLING_MONTHS:
            continue
        line = parse_groups(parameters).get("line")
        if line in LINE_TITLES:
            lines[line] = figure
    return lines


def _title(figures: dict[str, Figure], currency: str) -> str:
    opening, closing = (figures[name].value or 0.0 for name in ("opening", "closing"))
    span = f"from {_money(opening, currency)} to {_money(closing, currency)}"
    if closing == opening:
        return f"ARR stood still at {_money(closing, currency)}"
    return f"ARR {'rose' if closing > opening else 'fell'} {span} in twelve months"


def _sentence(lines: list[BridgeLine], currency: str) -> str:
    moves = [line for line in lines if not line.is_level and line.figure.value]
    gains = sorted((m for m in moves if (m.figure.value or 0) > 0), key=_size)
    losses = sorted((m for m in moves if (m.figure.value or 0) < 0), key=_size)
    parts = []
    if gains:
        parts.append(f"the largest gain is {_named(gains[0], currency)}")
    if losses:
        parts.append(f"the largest loss {_named(losses[0], currency)}")
    since = format_month(lines[0].figure.window_from)
    until = format_month(lines[-1].figure.window_to)
    said = "; ".join(parts) if parts else "nothing moved"
    return f"End of {since} to end of {until}: {said}."


def _named(line: BridgeLine, currency: str) -> str:
    return f"{line.title.lower()} ({_money(line.figure.value or 0.0, currency)})"


def _size(line: BridgeLine) -> float:
    return -abs(line.figure.value or 0.0)


def _money(minor: float, currency: str) -> str:
    return format_money(round(minor), currency)
