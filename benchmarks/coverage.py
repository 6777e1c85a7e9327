"""`python -m benchmarks.coverage`: how often intervals hold the truth, where a figure is published.

Companies are drawn whose true rates are known; every figure is made by the code that makes the
figures of a run, and only those count that a run would publish. `--write` renews the tables of
docs/algorithms/interval_coverage.md.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lichen.inference.survival import kaplan_meier
from lichen.revenue.gather import GroupSums
from lichen.revenue.publish import Publisher, RatioSpec
from lichen.revenue.retention import RATIOS
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.metrics import metric

PAGE = Path(__file__).parents[1] / "docs" / "algorithms" / "interval_coverage.md"
SIZES, SIGMAS = (30, 100, 300, 1000, 3000), (1.0, 1.5)
METRICS = ("nrr", "grr", "expansion_rate", "logo_retention")
RATES = {spec.metric: spec for spec in RATIOS}
NPS = RatioSpec("nps", "y", "x", "n", ("xx", "xy", "yy"))
SEED, PUBLISHED = 20_270_101, 4_000
LEAST, TRIES = 300, 40
"""A cell with fewer than LEAST published figures among TRIES times as many draws stays empty."""

Numbers = NDArray[Any]


@dataclass(frozen=True)
class Company:
    """What becomes of an account in a year, whatever its size; the rest stays as it is.

    Who shrinks loses 10% to 60%, evenly spread; who grows gains an exponential share of this mean.
    """

    name: str
    leave: float
    shrink: float
    grow: float
    growth: float

    @property
    def truth(self) -> dict[str, float]:
        """The rates of all customers that it might have, on paper."""
        gross = 1 - self.leave - 0.35 * self.shrink
        gain = self.grow * self.growth
        rates = {"grr": gross, "expansion_rate": gain, "nrr": gross + gain}
        return {**rates, "logo_retention": 1 - self.leave}


COMPANIES = (
    Company("calm", leave=0.04, shrink=0.06, grow=0.20, growth=0.3),
    Company("usual", leave=0.10, shrink=0.10, grow=0.25, growth=0.3),
    Company("rough", leave=0.25, shrink=0.15, grow=0.10, growth=0.3),
    Company("leaping", leave=0.05, shrink=0.05, grow=0.15, growth=1.0),
    Company("shrinking", leave=0.02, shrink=0.40, grow=0.10, growth=0.3),
)

SCORES = {"loved": (0.70, 0.20, 0.10), "usual": (0.45, 0.35, 0.20), "split": (0.40, 0.20, 0.40)}
"""Shares of 100, 0 and -100."""


@dataclass(frozen=True)
class Cell:
    """How many figures of one kind were published, and which share of their intervals holds."""

    what: str
    sigma: float | None
    n: int
    metric: str
    drawn: int
    published: int
    holding: int

    @property
    def coverage(self) -> float | None:
        """The share, or None where too few are published."""
        return self.holding / self.published if self.published >= LEAST else None


def retention_cells(seed: int, published: int) -> Iterator[Cell]:
    """Rates of every company, spread of ARR and size."""
    for company in COMPANIES:
        for sigma in SIGMAS:
            for n in SIZES:
                rng = np.random.default_rng([seed, n, round(10 * sigma), len(company.name)])
                yield from _cells_of(company, sigma, n, published, rng)


def _cells_of(
    company: Company, sigma: float, n: int, published: int, rng: np.random.Generator
) -> Iterator[Cell]:
    at_once = max(1, min(published, 1_000_000 // n))
    drawn, found, holding = 0, dict.fromkeys(METRICS, 0), dict.fromkeys(METRICS, 0)
    while found["nrr"] < published and (drawn < TRIES * LEAST or found["nrr"] >= LEAST):
        sums = _sums(company, sigma, (at_once, n), rng)
        drawn += at_once
        for name in METRICS:
            shown, low, high = _estimates(RATES[name], sums)
            truth = company.truth[name]
            found[name] += int(shown.sum())
            holding[name] += int((shown & (low <= truth) & (truth <= high)).sum())
    for name in METRICS:
        yield Cell(company.name, sigma, n, name, drawn, found[name], holding[name])


def _sums(
    company: Company, sigma: float, shape: tuple[int, int], rng: np.random.Generator
) -> Mapping[str, Numbers]:
    """The sums that leave the engine: one row a drawn company, exact integers."""
    x = np.maximum(np.rint(1_000 * np.exp(rng.normal(0, sigma, shape))), 1).astype(np.int64)
    fate, size = rng.random(shape), rng.random(shape)
    leave, shrink = company.leave, company.leave + company.shrink
    kept_share = np.select([fate < leave, fate < shrink], [0.0, 0.9 - 0.5 * size], 1.0)
    grows = (fate >= shrink) & (fate < shrink + company.grow)
    share = kept_share + np.where(grows, rng.exponential(company.growth, shape), 0.0)
    y = np.rint(x * share).astype(np.int64)
    kept = np.minimum(x, y)
    z = y - kept
    columns = {
        "n": np.ones_like(x), "retained": (y > 0).astype(np.int64), "x": x, "y": y, "kept": kept,
        "z": z, "xx": x * x, "xy": x * y, "yy": y * y, "xz": x * z, "zz": z * z,
    }  # fmt: skip
    return {name: values.sum(axis=1).astype(object)[:, None] for name, values in columns.items()}


def _estimates(spec: RatioSpec, sums: Mapping[str, Numbers]) -> tuple[Numbers, Numbers, Numbers]:
    """Whether the figure of each drawn company is published, and its interval."""
    rows = len(sums["n"])
    gathered = GroupSums(tuple(map(str, range(rows))), range(1), sums)
    publisher = Publisher(Definitions(), "simulated")
    known = metric(spec.metric)
    _, low, high, enough = publisher.estimates(known, spec, gathered, with_interval=True)
    return enough[:, 0], low[:, 0], high[:, 0]


def score_cells(seed: int, published: int) -> Iterator[Cell]:
    """NPS of one answer an account: no spread of ARR is in it."""
    for name, shares in SCORES.items():
        truth = 100 * (shares[0] - shares[2])
        for n in SIZES:
            rng = np.random.default_rng([seed, n, len(name)])
            told = rng.multinomial(n, shares, published)
            shown, low, high = _estimates(NPS, _scores(told))
            holds = int((shown & (low <= truth) & (truth <= high)).sum())
            yield Cell(name, None, n, "nps", published, int(shown.sum()), holds)


def _scores(told: Numbers) -> Mapping[str, Numbers]:
    """The sums of companies with so many promoters, passives and detractors."""
    for_it, against, n = told[:, 0], told[:, 2], told.sum(axis=1)
    points, squares = 100 * (for_it - against), 10_000 * (for_it + against)
    sums = {"n": n, "x": n, "y": points, "xx": n, "xy": points, "yy": squares}
    return {name: values.astype(object)[:, None] for name, values in sums.items()}


def median_cells(seed: int, published: int) -> Iterator[Cell]:
    """Medians of lognormal times, about a third of which are not seen to their end."""
    for sigma in SIGMAS:
        for n in SIZES:
            rng = np.random.default_rng([seed, n, round(10 * sigma)])
            holds = sum(_median_holds(sigma, n, rng) for _ in range(published))
            yield Cell("times", sigma, n, "median", published, published, holds)


def _median_holds(sigma: float, n: int, rng: np.random.Generator) -> bool:
    times, seen = 12 * np.exp(rng.normal(0, sigma, n)), rng.uniform(0, 60, n)
    curve = kaplan_meier(np.minimum(times, seen), times <= seen)
    low, high = curve.median_interval
    return low <= 12 <= high


def table(cells: Iterator[Cell]) -> list[str]:
    """Cells as Markdown: a row a company, spread and size, a column a metric."""
    rows: dict[tuple[str, float | None, int], dict[str, Cell]] = {}
    for cell in cells:
        rows.setdefault((cell.what, cell.sigma, cell.n), {})[cell.metric] = cell
    names = list(next(iter(rows.values())))
    head = ["company", "sigma", "n", "published", *names]
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    for (what, sigma, n), found in rows.items():
        first = found[names[0]]
        shown = [f"{100 * first.published / first.drawn:.0f}%"]
        shown += [_percent(found[name].coverage) for name in names]
        lines.append(f"| {what} | {sigma or ''} | {n:,} | {' | '.join(shown)} |")
    return lines


def _percent(coverage: float | None) -> str:
    return "" if coverage is None else f"{100 * coverage:.1f}"


def tables(seed: int, published: int) -> dict[str, list[str]]:
    """Every table of the page by its name."""
    return {
        "retention": table(retention_cells(seed, published)),
        "scores": table(score_cells(seed, published)),
        "medians": table(median_cells(seed, published // 2)),
    }


def renewed(page: str, name: str, lines: list[str]) -> str:
    """The page with this table between its marks."""
    mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    return mark.sub(lambda found: "\n".join([found[1] + lines[0], *lines[1:], found[2]]), page)


def main() -> None:
    """Simulate, print, and with `--write` renew the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--write", action="store_true", help="also renew the tables of the page")
    options = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8") if options.write else ""
    for name, lines in tables(SEED, PUBLISHED).items():
        print("\n".join([f"## {name}", *lines, ""]))
        page = renewed(page, name, lines)
    if options.write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
