"""`python -m benchmarks.comparison_coverage`: how often a comparison holds the truth.

Data sets are drawn in which partners join the better accounts; estimates and verdicts are made by
the code that makes those of a run. `--write` renews the tables of
docs/algorithms/comparison_coverage.md.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

import numpy as np
from scipy.special import ndtr, ndtri

from benchmarks.confounded import Drawn, Setting, drawn, names_of
from benchmarks.coverage import renewed
from lichen.inference import multiplicity, weighting
from lichen.inference.estimate import Estimate
from lichen.value.comparison.comparing import Designs, judged, part_of
from lichen.value.comparison.design import Design
from lichen.value.comparison.estimates import estimates_of, naive
from lichen.value.comparison.outcomes import OUTCOMES
from lichen.value.comparison.question import Question
from lichen.vocabulary.definitions import Comparison as Rules
from lichen.vocabulary.figure import Verdict

PAGE = Path(__file__).parents[1] / "docs" / "algorithms" / "comparison_coverage.md"
SEED, SETS, FEWER = 20_270_401, 2_000, 400
WORLDS = (Setting("one quarter"), Setting("four quarters", quarters=4))
LIMITS = (
    Setting("300 accounts", accounts=300),
    Setting("AUC 0.90", strengths=(2.2, 2.6)),
    Setting("effect x 5 steeper", steepness=1.0),
)
"""Harder than what is promised; fewer data sets of each."""

METHODS = ("naive", "matched", "weighted", "entropy balancing", "doubly robust")
PROMISED, CLAIMED = 0.95, 0.05
HALF = float(ndtri(0.975))
CLAIM = 0.01


@dataclass
class Found:
    """What one method gave over data sets: how far off, how sure it said it was."""

    off: list[float] = field(default_factory=list)
    se: list[float] = field(default_factory=list)
    missing: int = 0

    def add(self, estimate: Estimate, truth: float) -> None:
        """One more data set; an estimator that gave nothing is counted apart."""
        if not (isfinite(estimate.value) and isfinite(estimate.se)):
            self.missing += 1
            return
        self.off.append(estimate.value - truth)
        self.se.append(estimate.se)

    @property
    def coverage(self) -> float:
        """The share of 95% intervals that hold the truth."""
        return float(np.mean(np.abs(self.off) <= HALF * np.array(self.se)))

    @property
    def bias(self) -> float:
        """The mean error in units of the mean standard error."""
        return float(np.mean(self.off) / np.mean(self.se))

    @property
    def honesty(self) -> float:
        """The mean standard error over the standard deviation that the estimates really have."""
        return float(np.mean(self.se) / np.std(self.off))


@dataclass
class World:
    """All that was found in one kind of data set."""

    name: str
    sets: int = 0
    found: dict[tuple[str, str], Found] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    naive_claims: int = 0
    auc: list[float] = field(default_factory=list)
    exposed: list[int] = field(default_factory=list)
    matched: list[int] = field(default_factory=list)

    def of(self, outcome: str, method: str) -> Found:
        """The place of one outcome and method."""
        return self.found.setdefault((outcome, method), Found())


def simulated(setting: Setting, seed: int, sets: int, judge: bool = True) -> World:
    """So many data sets of a setting, estimated and, unless not wanted, judged."""
    idle, rules = names_of(OUTCOMES.values()) if judge else {}, Rules()
    world = World(setting.name, sets)
    for number in range(sets):
        rng = np.random.default_rng([seed, setting.quarters, number])
        data = drawn(rng, setting, idle)
        designs = Designs(rules)
        design = designs.of(data.panel, np.ones(len(data.panel), dtype=np.bool_))
        _estimate(world, data, design)
        if judge:
            _judge(world, data, designs)
    return world


def _estimate(world: World, data: Drawn, design: Design) -> None:
    world.auc.append(data.auc)
    world.exposed.append(int(data.panel.exposed.sum()))
    world.matched.append(int(design.matched.sum()))
    for outcome, values in data.outcomes.items():
        truth = float(data.effects[outcome][design.matched].mean())
        made = estimates_of(design, values)
        by_method = (made.naive, made.matched, made.weighted, made.doubly_robust)
        for method, estimate in zip(np.delete(METHODS, 3), by_method, strict=True):
            world.of(outcome, str(method)).add(estimate, truth)
        world.of(outcome, METHODS[3]).add(balanced(design, values), truth)


def balanced(design: Design, outcome: np.ndarray) -> Estimate:  # type: ignore[type-arg]
    """Entropy balancing on the same trimmed sample."""
    rows, panel = design.sample, design.panel
    return weighting.balanced(
        outcome[rows],
        panel.exposed[rows],
        design.trimmed[0],
        clusters=panel.account[rows],
        weights=panel.weight[rows],
    )


def _judge(world: World, data: Drawn, designs: Designs) -> None:
    """The page of the outcomes that nobody changes, and what the plain split would have said."""
    family = [outcome for outcome in OUTCOMES.values() if outcome.primary]
    question = Question("any", 12, "where a partner joined", "in similar accounts")
    page = judged([part_of(data.panel, None, question, family, designs)], designs.rules)
    said = [answer.verdict for answer in page]
    claims = [verdict for verdict in said if verdict in (Verdict.HELPS, Verdict.HURTS)]
    world.verdicts.append(claims[0] if claims else max(set(said), key=said.count))
    splits = [naive(data.panel, data.panel.outcomes[outcome.name]) for outcome in family]
    p = np.array([2 * ndtr(-abs(split.value / split.se)) for split in splits])
    world.naive_claims += int((multiplicity.holm(p) < CLAIM).any())


def estimates_table(worlds: list[World]) -> list[str]:
    """A row a world, outcome and method."""
    lines = [
        "| data | outcome | method | coverage | bias | se |",
        "|---|---|---|---:|---:|---:|",
    ]
    for world in worlds:
        for (outcome, method), found in world.found.items():
            missing = f" ({found.missing} missing)" if found.missing else ""
            lines.append(
                f"| {world.name} | {outcome} | {method}{missing} | {100 * found.coverage:.1f}% "
                f"| {found.bias:+.2f} | {found.honesty:.2f} |"
            )
    return lines


def pages_table(worlds: list[World]) -> list[str]:
    """A row a world: what was drawn, and which pages claim an effect that is not there."""
    head = ["data", "data sets", "AUC", "exposed", "matched", "plain split claims", "pages claim"]
    head += ["not comparable"]
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    for world in worlds:
        claims = sum(verdict in (Verdict.HELPS, Verdict.HURTS) for verdict in world.verdicts)
        unlike = world.verdicts.count(Verdict.NOT_COMPARABLE)
        shown = [
            world.name, f"{world.sets:,}", f"{np.mean(world.auc):.2f}",
            f"{np.mean(world.exposed):.0f}", f"{np.mean(world.matched):.0f}",
            _share(world.naive_claims, world), _share(claims, world), _share(unlike, world),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(shown)} |")
    return lines


def _share(count: int, world: World) -> str:
    return f"{100 * count / world.sets:.1f}%"


def failures(worlds: list[World]) -> Iterator[str]:
    """Where what is promised does not hold, beyond Monte Carlo error; never of the plain split."""
    for world in worlds:
        unsure = (PROMISED * (1 - PROMISED) / world.sets) ** 0.5
        for (outcome, method), found in world.found.items():
            if method == "naive":
                continue
            where = f"{world.name}, {outcome}, {method}"
            if abs(found.coverage - PROMISED) > 3 * unsure:
                yield f"{where}: {found.coverage:.1%} of intervals hold the truth"
            if abs(found.bias) > 0.2:
                yield f"{where}: bias of {found.bias:+.2f} standard errors"
        claims = sum(verdict in (Verdict.HELPS, Verdict.HURTS) for verdict in world.verdicts)
        if claims / world.sets > CLAIMED + 2 * (CLAIMED * (1 - CLAIMED) / world.sets) ** 0.5:
            yield f"{world.name}: {claims / world.sets:.1%} of pages claim an effect"


def main() -> None:
    """Simulate, print, and with `--write` renew the page."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.comparison_coverage", description=__doc__
    )
    parser.add_argument("--sets", type=int, default=SETS, help="data sets of each kind")
    parser.add_argument("--write", action="store_true", help="also renew the tables of the page")
    options = parser.parse_args()
    worlds = []
    for setting in WORLDS:
        began = time.perf_counter()
        worlds.append(simulated(setting, SEED, options.sets))
        print(f"{setting.name}: {time.perf_counter() - began:.0f} s")
    fewer = min(FEWER, options.sets)
    harder = [simulated(setting, SEED, fewer, judge=False) for setting in LIMITS]
    tables = {
        "estimates": estimates_table(worlds),
        "pages": pages_table(worlds),
        "limits": estimates_table(harder),
    }
    page = PAGE.read_text(encoding="utf-8") if options.write else ""
    for name, lines in tables.items():
        print("\n".join([f"## {name}", *lines, ""]))
        page = renewed(page, name, lines)
    print("\n".join(failures(worlds)) or "All that is promised holds.")
    if options.write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
