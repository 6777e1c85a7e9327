"""`python -m benchmarks.comparison_truth`: do comparisons with similar accounts find the truth?

Ecosystems whose true effects are known go through the ledger and the default comparisons of a run.
`--answers FILE` keeps what each ecosystem said, so that a run that was stopped goes on; `--write`
renews the tables of docs/algorithms/comparison_truth.md.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.ecosystems import ANY, KINDS, Answer, Kind, answers
from benchmarks.true_effects import OUTCOMES

PAGE = Path(__file__).parents[1] / "docs" / "algorithms" / "comparison_truth.md"
SEEDS, ACCOUNTS, MONTHS = range(1, 21), 3_000, 48
VERDICTS = ("helps", "hurts", "no_clear_effect", "not_comparable", "not_enough_data")
METHODS = ("matched", "weighted", "doubly_robust")


def gathered(path: Path | None, kinds: Sequence[Kind] = KINDS) -> list[Answer]:
    """The answers of every ecosystem; those in the file are not asked again."""
    found = [] if path is None or not path.exists() else list(_kept(path))
    known = {(each.kind, each.seed) for each in found}
    for kind in kinds:
        for seed in SEEDS:
            if (kind.name, seed) in known:
                continue
            told = list(answers(kind, seed, ACCOUNTS, MONTHS))
            found += told
            if path is not None:
                with path.open("a", encoding="utf-8") as stream:
                    stream.writelines(json.dumps(each._asdict()) + "\n" for each in told)
            print(f"{kind.name}, seed {seed}: {len(told)} answers", flush=True)
    return found


def _kept(path: Path) -> Iterator[Answer]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        estimates = {name: tuple(values) for name, values in row.pop("estimates").items()}
        yield Answer(**{**row, "estimates": estimates, "reasons": tuple(row["reasons"])})


def truth_table(found: Sequence[Answer], kind: str) -> list[str]:
    """By outcome of `any`: the truth, how wrong the naive split is, how often intervals hold."""
    lines = [
        "| outcome | truth | naive | naive error / truth | matched | matched holds "
        "| weighted holds | doubly robust holds |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for outcome in OUTCOMES:
        rows = [
            each for each in found
            if (each.kind, each.exposure, each.outcome) == (kind, ANY.text, outcome)
            and each.truth is not None and each.naive is not None and "matched" in each.estimates
        ]  # fmt: skip
        if not rows:
            continue
        holds = {name: sum(_holds(each, name) for each in rows) for name in METHODS}
        shown = [outcome, *(_points(each) for each in _means(rows)[:2]), _error(rows)]
        shown += [_points(_means(rows)[2])]
        shown += [f"{holds[name]} of {len(rows)}" for name in METHODS]
        lines.append(f"| {' | '.join(shown)} |")
    return lines


def _means(rows: Sequence[Answer]) -> tuple[float, float, float]:
    return (
        float(np.mean([each.truth for each in rows])),
        float(np.mean([each.naive for each in rows])),
        float(np.mean([each.estimates["matched"][0] for each in rows])),
    )


def _error(rows: Sequence[Answer]) -> str:
    """The median of the naive error over the truth; nothing where there is no effect."""
    shares = [
        abs((each.naive or 0.0) - each.truth) / abs(each.truth) for each in rows if each.truth
    ]
    return f"{median(shares):.1f}" if shares else ""


def _holds(answer: Answer, method: str) -> bool:
    _, low, high = answer.estimates.get(method, (0.0, 1.0, -1.0))
    return answer.truth is not None and low <= answer.truth <= high


def _points(value: float) -> str:
    return f"{100 * value:+.1f}"


def verdict_table(found: Sequence[Answer]) -> list[str]:
    """Verdicts of every default comparison with one, by kind of ecosystem."""
    lines = [f"| ecosystems | comparisons | {' | '.join(map(_words, VERDICTS))} |"]
    lines.append("|---|---:|" + "---:|" * len(VERDICTS))
    for kind in dict.fromkeys(each.kind for each in found):
        mine = [each for each in found if each.kind == kind and each.verdict in VERDICTS]
        for name, rows in (
            ("any partner", [each for each in mine if each.exposure == ANY.text]),
            ("roles and kinds", [each for each in mine if each.exposure != ANY.text]),
        ):
            if not rows:
                continue
            counted = Counter(each.verdict for each in rows)
            shown = " | ".join(str(counted[verdict]) for verdict in VERDICTS)
            lines.append(f"| {kind}: {name} | {len(rows)} | {shown} |")
    return lines


def page_table(found: Sequence[Answer]) -> list[str]:
    """Pages (all outcomes of one exposure) of ecosystems without effects that claim anything."""
    lines = ["| ecosystems | pages | pages that claim an effect | share |", "|---|---:|---:|---:|"]
    for kind in ("no effects", "late meetings"):
        pages: dict[tuple[int, str], bool] = {}
        for each in found:
            if each.kind == kind and each.verdict in VERDICTS:
                key = (each.seed, each.exposure)
                pages[key] = pages.get(key, False) or each.verdict in ("helps", "hurts")
        if pages:
            share = sum(pages.values()) / len(pages)
            lines.append(f"| {kind} | {len(pages)} | {sum(pages.values())} | {share:.1%} |")
    return lines


def trap_table(found: Sequence[Answer]) -> list[str]:
    """Partners that meet only old customers: what "ever against never" says, and what we say."""
    lines = [
        "| | ever against never | naive split of the quarter | matched |",
        "|---|---:|---:|---:|",
    ]
    mine = [each for each in found if each.outcome == "logo_retention" and each.truth == 0]
    ever = [each.naive or 0.0 for each in mine if each.exposure == "ever"]
    late = [each for each in mine if each.kind == "late meetings" and each.exposure == ANY.text]
    if ever and late:
        naive = [each.naive or 0.0 for each in late]
        matched = [each.estimates["matched"][0] for each in late if "matched" in each.estimates]
        for name, pick in (("mean", np.mean), ("smallest", min), ("largest", max)):
            shown = (_points(float(pick(each))) for each in (ever, naive, matched))
            lines.append(f"| {name} | {' | '.join(shown)} |")
    return lines


def _words(verdict: str) -> str:
    return verdict.replace("_", " ")


def tables(found: Sequence[Answer]) -> dict[str, list[str]]:
    """Every table of the page by its name."""
    return {
        "effects": truth_table(found, "effects"),
        "hidden": truth_table(found, "hidden causes"),
        "verdicts": verdict_table(found),
        "pages": page_table(found),
        "trap": trap_table(found),
    }


def renewed(page: str, name: str, lines: Sequence[str]) -> str:
    """The page with this table between its marks."""
    mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    return mark.sub(lambda found: "\n".join([found[1] + lines[0], *lines[1:], found[2]]), page)


def main() -> None:
    """Simulate, compare, print, and with `--write` renew the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.comparison_truth")
    parser.add_argument("--answers", type=Path, help="keep and reuse answers in this file")
    parser.add_argument("--write", action="store_true", help="also renew the tables of the page")
    options = parser.parse_args()
    found = gathered(options.answers)
    page = PAGE.read_text(encoding="utf-8") if options.write else ""
    for name, lines in tables(found).items():
        print("\n".join([f"## {name}", *lines, ""]))
        page = renewed(page, name, lines)
    if options.write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
