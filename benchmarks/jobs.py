"""`python -m benchmarks.jobs NAME FOLDER [AS_OF [KIND]]`: one job, its cost as one line of JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import cube, doubly_robust, frames, matching, prepare, spine, survival
from benchmarks.measuring import repeated


def groups(folder: Path) -> int:
    """All groupings of a run, from ledger Parquet to memberships."""
    from lichen import involvement
    from lichen.engines import connect
    from lichen.ledger import load
    from lichen.vocabulary.definitions import Definitions

    definitions = Definitions()
    ledger = load(folder, definitions)
    with connect("duckdb") as engine:
        facts = ledger.as_of(ledger.default_as_of(definitions), engine)
        asked = involvement.default_dimensions(definitions)
        return len(involvement.groupings(facts, definitions, asked))


def main(arguments: list[str]) -> None:
    """Runs the job that the arguments name."""
    if arguments[0] in survival.CONTENDERS:
        fit, read = survival.contender(arguments[0], int(arguments[1]), arguments[2])
        fit()
        told = repeated(fit, 5)
        print(json.dumps({**told, "found": read(told["found"])}))
        return
    for estimators in (matching, doubly_robust):
        if arguments[0] in estimators.CONTENDERS:
            fit, read = estimators.contender(arguments[0], int(arguments[1]))
            fit()
            told = repeated(fit, 5)
            print(json.dumps({**told, "found": read(told["found"])}))
            return
    name, folder = arguments[0], Path(arguments[1])
    if name == "prepare":
        prepare.prepare(folder)
        print(json.dumps({"wall": 0, "cpu": 0, "found": None}))
        return
    work: Callable[[], Any]
    if name == "groups":
        work = lambda: groups(folder)  # noqa: E731
    else:
        as_of = date.fromisoformat(arguments[2])
        contenders: dict[str, Callable[[], Any]] = {
            "scan": lambda: spine.scan(folder, arguments[3]),
            "events": lambda: cube.events(folder, as_of, arguments[3]),
            "published": lambda: cube.published(folder, as_of, arguments[3]),
            "spine": lambda: spine.spine(folder, as_of, arguments[3]),
            "pandas": lambda: frames.in_pandas(folder, as_of),
            "polars": lambda: frames.in_polars(folder, as_of),
        }
        work = contenders[name]
    repeats = 1 if name == "spine" else 3
    print(json.dumps(repeated(work, repeats)))


if __name__ == "__main__":
    main(sys.argv[1:])
