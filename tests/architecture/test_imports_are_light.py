"""What is not used is not imported: help answers at once."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    "altair",
    "babel",
    "duckdb",
    "ibis",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "pydantic",
    "pyspark",
    "rich",
    "scipy",
    "vl_convert",
}

HELP = (
    "import lichen.cli\ntry:\n    lichen.cli.main({arguments})\nexcept SystemExit:\n    done = True"
)


def loaded_by(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after this code."""
    report = (
        "import json, sys\n"
        "names = sorted({name.partition('.')[0] for name in sys.modules})\n"
        "print('\\n' + json.dumps(names))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_lichen_loads_no_heavy_library() -> None:
    assert loaded_by("import lichen") & (HEAVY | {"typer"}) == set()


def test_lichen_help_loads_no_heavy_library() -> None:
    assert loaded_by(HELP.format(arguments=["--help"])) & HEAVY == set()


@pytest.mark.parametrize(
    "verb", ["run", "measure", "explain", "define", "govern", "instrument", "diff", "watch"]
)
def test_help_of_a_verb_loads_no_engine(verb: str) -> None:
    # typer loads pydantic by itself to read a verb's options.
    assert loaded_by(HELP.format(arguments=[verb, "--help"])) & (HEAVY - {"pydantic"}) == set()


def test_reading_definitions_loads_no_engine() -> None:
    code = "from lichen.vocabulary.load import check_text\ncheck_text('')"
    assert loaded_by(code) & (HEAVY - {"pydantic", "babel"}) == set()


def test_scipy_stats_which_takes_seconds_is_never_loaded() -> None:
    code = (
        "import lichen.inference.intervals, sys\n"
        "assert 'scipy.stats' not in sys.modules, 'scipy.stats was imported'"
    )
    assert "numpy" in loaded_by(code)


@pytest.mark.parametrize("module", ["lichen.ledger", "lichen.workspace.applying"])
def test_feeds_are_planned_and_read_without_ibis(module: str) -> None:
    # It is imported beside, while feeds are read; see `lichen.kernel.ahead`.
    assert loaded_by(f"import {module}") & {"ibis", "sqlglot", "scipy"} == set()
