"""`python -m benchmarks`: what figures cost, in one table of ratios measured in one run.

Sizes are accounts of a simulated ecosystem over 36 months. Every measurement has its own process.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.measuring import LICHEN, ChildFailed, Cost, folder_of, job, whole_process
from benchmarks.prepare import simulate
from benchmarks.survival import KINDS
from benchmarks.table import Row, lines_of, write
from lichen.kernel.periods import month_end, month_index

ABOUT = """
The cube: ARR retention over rolling 12 months at every month end by six groupings (the whole base,
acquired via, segment, industry, region, cohort year; dated: the whole base, segment with its
changes, served via, involved, integrations, services pattern). From Parquet of lines and
memberships to sums by group and month, one currency. Every contender must find the same sums, or
the run stops.

x scan: CPU beside a bare scan of the same columns on the same engine, same run.

CPU and wall of cube rows leave out imports (median of 3; the grid once); peak MB is of the whole
process. Whole commands are measured from start to end; "cold" means without Lichen's own cache, not
without the file cache of the system.

Kaplan-Meier rows: one curve with weights, late entries and band of so many accounts, equal to 1e-9;
x is the CPU of lifelines beside Lichen's. Lichen's own figures fit it on counts, not on accounts.

Matching rows: one in fifteen exposed, a caliper, fitted scores given, equal to 1e-9; x is the CPU
of scikit-learn's search trees beside Lichen's with its error, which the trees do not give.

Doubly robust rows: ten covariates, fitted scores given, five folds, equal to 1e-9; x is the CPU of
scikit-learn's lines beside Lichen's with its error and influence, which those do not give.

Horizon rows move the as-of day on over the same events: what grows is months alone.
"""
NOTES = [" ".join(note.split()) for note in ABOUT.split("\n\n")]


def main() -> None:
    """Runs the benchmarks that the arguments ask for and prints the table."""
    options = _options()
    root = options.keep or Path(tempfile.mkdtemp(prefix="lichen-bench-"))
    rows: list[Row] = []
    try:
        for row in _measurements(root, options.sizes):
            rows.append(row)
            print(f"{row.accounts or '':>9} {row.work}: {row.cost.cpu:.2f} CPU s", file=sys.stderr)
    except ChildFailed as failed:
        sys.exit(str(failed))
    finally:
        if options.keep is None:
            shutil.rmtree(root, ignore_errors=True)
    print("\n".join(lines_of(rows)))
    print()
    print("\n".join(NOTES))
    if options.write:
        print(f"Written to {write(rows, NOTES)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(size.replace("k", "000").replace("M", "000000")) for size in
                           text.split(",")],
        default=[10_000, 100_000],
        help="accounts, such as 10k,100k (default) or 1M",
    )  # fmt: skip
    parser.add_argument("--full", action="store_true", help="10k, 100k and 1M")
    parser.add_argument("--keep", type=Path, help="keep the simulated facts in this folder")
    parser.add_argument("--write", action="store_true", help="also replace benchmarks/RESULTS.md")
    options = parser.parse_args()
    if options.full:
        options.sizes = [10_000, 100_000, 1_000_000]
    return options


def _measurements(root: Path, sizes: list[int]) -> Iterator[Row]:
    helps = [whole_process([LICHEN, "--help"]) for _ in range(5)]
    yield Row(0, "lichen --help", sorted(helps, key=lambda cost: cost.wall)[2])
    for accounts in sizes:
        yield from _curves(accounts)
        yield from _matches(accounts)
        yield from _doubly_robust(accounts)
        folder = folder_of(root, accounts)
        simulate(folder, accounts)
        yield from _whole_commands(folder, accounts)
        job("prepare", str(folder))
        yield from _cubes(folder, accounts)
        yield Row(
            accounts, "groups at every month end, from the ledger", job("groups", str(folder))
        )
        if accounts == min(sizes, key=lambda size: abs(size - 100_000)):
            yield from _horizons(folder, accounts)


def _whole_commands(folder: Path, accounts: int) -> Iterator[Row]:
    for name in (".lichen", "runs"):
        shutil.rmtree(folder / name, ignore_errors=True)
    cold = whole_process([LICHEN, "run", str(folder)])
    yield Row(accounts, "lichen run, from feeds, cold cache", cold)
    yield Row(accounts, "lichen run, same feeds again", whole_process([LICHEN, "run", str(folder)]))


def _cubes(folder: Path, accounts: int) -> Iterator[Row]:
    bench = str(folder / "bench")
    as_of = (folder / "bench" / "done").read_text()
    for kind, others in (("static", ("pandas", "polars")), ("dated", ())):
        scan = job("scan", bench, as_of, kind)
        yield Row(accounts, f"{kind}: bare scan of the same columns", scan, scan.cpu)
        events = job("events", bench, as_of, kind)
        yield Row(accounts, f"{kind}: cube by events (Lichen)", events, scan.cpu)
        published = job("published", bench, as_of, kind)
        yield Row(accounts, f"{kind}: the same, with intervals and verdicts", published, scan.cpu)
        for other in ("spine", *others):
            cost = job(other, bench, as_of, kind)
            _same(events, cost, other)
            work = {"spine": "account-by-month grid in SQL"}.get(other, f"events in {other}")
            yield Row(accounts, f"{kind}: {work}", cost, scan.cpu)


def _curves(accounts: int) -> Iterator[Row]:
    for kind in KINDS:
        ours = job("kaplan_meier", str(accounts), kind)
        yield Row(accounts, f"Kaplan-Meier, {kind} (Lichen)", ours)
        theirs = job("lifelines", str(accounts), kind)
        _same(ours, theirs, "lifelines")
        yield Row(accounts, f"Kaplan-Meier, {kind} (lifelines)", theirs, ours.cpu)


def _matches(accounts: int) -> Iterator[Row]:
    yield Row(accounts, "three nearest in 96 strata (Lichen)", job("nearest", str(accounts)))
    ours = job("att", str(accounts))
    yield Row(accounts, "the same, with effect and error", ours)
    theirs = job("scikit_learn", str(accounts))
    _same(ours, theirs, "scikit-learn")
    yield Row(accounts, "matches and effect without error (scikit-learn)", theirs, ours.cpu)


def _doubly_robust(accounts: int) -> Iterator[Row]:
    ours = job("aipw", str(accounts))
    yield Row(accounts, "doubly robust effect and error (Lichen)", ours)
    theirs = job("scikit_learn_lines", str(accounts))
    _same(ours, theirs, "scikit-learn")
    yield Row(accounts, "the effect without error (scikit-learn's lines)", theirs, ours.cpu)


def _horizons(folder: Path, accounts: int) -> Iterator[Row]:
    bench = folder / "bench"
    last = month_index(date.fromisoformat((bench / "done").read_text()))
    scan = job("scan", str(bench), month_end(last).isoformat(), "static")
    for months in (36, 72, 120):
        day = month_end(last - 36 + months).isoformat()
        for name, work in (("events", "by events"), ("spine", "grid in SQL")):
            cost = job(name, str(bench), day, "dated")
            yield Row(accounts, f"dated: {work}, horizon of {months} months", cost, scan.cpu)


def _same(ours: Cost, theirs: Cost, name: str) -> None:
    if ours.found != theirs.found:
        sys.exit(f"{name} found {theirs.found}, Lichen {ours.found}: not the same job.")


if __name__ == "__main__":
    main()
