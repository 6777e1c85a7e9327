"""`python -m benchmarks.identity`: how well companies are recognised, on made-up ones.

Prints the table of docs/algorithms/identity.md; `--rows 1M` measures time and memory as well.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from benchmarks.companies import Companies, made_up
from lichen.engines.embedded import Embedded
from lichen.ledger.identity import propose, resolve

ROWS = 10_000
SCORES = (0.97, 0.92, 0.85)

Pairs = set[tuple[str, str]]


@dataclass(frozen=True)
class Grade:
    """How many pairs a step found, how many of them are right, and how many there are to find."""

    step: str
    found: int
    right: int
    there: int

    def cells(self) -> list[str]:
        """The row of the table: precision is right / found, recall right / there."""
        shares = (self.right / self.found, self.right / self.there)
        counts = (self.found, self.right, self.there)
        return [self.step, *(f"{n:,}" for n in counts), *(f"{share:.3f}" for share in shares)]


def graded(companies: Companies, scores: tuple[float, ...] = SCORES) -> Iterator[Grade]:
    """Matches by domain, then proposals for the pairs that those left, at each least score."""
    with tempfile.TemporaryDirectory() as scratch, Embedded(Path(scratch)) as session:
        rows = session.keep(companies.table(), "companies")
        query = f"SELECT id, rank, domain FROM {rows}"
        renamed = resolve(session, "account", query, (), (), match_domains=True).renamed
        matched: Pairs = {(canonical, one) for one, canonical in renamed.items()}
        yield _grade("matched by domain", matched, companies.truth)
        gone = session.keep(pa.table({"id": [one for pair in matched for one in pair]}), "gone")
        rest = f"SELECT id, system, name, domain FROM {rows} ANTI JOIN {gone} USING (id)"
        left = companies.truth - matched
        for score in scores:
            found = propose(session, "account", rest, (), score).pairs
            pairs: Pairs = {(one.left, one.right) for one in found}
            yield _grade(f"proposed, minimum_score {score}", pairs, left)


def _grade(step: str, found: Pairs, there: Pairs) -> Grade:
    return Grade(step, len(found), len(found & there), len(there))


def table(grades: Iterator[Grade]) -> list[str]:
    """The lines of the Markdown table."""
    lines = [
        "| step | pairs found | right | there were | precision | recall |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    return [*lines, *(f"| {' | '.join(grade.cells())} |" for grade in grades)]


def main() -> None:
    """Prints the table, and what it cost on standard error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity", description=__doc__)
    parser.add_argument("--rows", default=str(ROWS), help="of each system, such as 10000 or 1M")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    rows = int(options.rows.replace("k", "000").replace("M", "000000"))
    companies = made_up(rows, rows, options.seed)
    print("\n".join(table(graded(companies, SCORES if rows <= ROWS else (0.92,)))))
    if rows > ROWS:
        _measure(companies)


def _measure(companies: Companies) -> None:
    """What proposals cost when no row was matched before, so that all of them are compared."""
    rows, before = companies.table(), _peak()
    with tempfile.TemporaryDirectory() as scratch, Embedded(Path(scratch)) as session:
        name = session.keep(rows, "companies")
        began, used = time.perf_counter(), time.process_time()
        found = propose(
            session, "account", f"SELECT id, system, name, domain FROM {name}", (), 0.92
        )
        wall, cpu = time.perf_counter() - began, time.process_time() - used
    print(
        f"{len(found.pairs):,} proposals from {rows.num_rows:,} rows: {wall:.1f} s, "
        f"{cpu:.1f} CPU s; "
        f"{found.not_compared:,} rows not compared; peak {_peak():,} MB ({before:,} MB before)",
        file=sys.stderr,
    )


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
