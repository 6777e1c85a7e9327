"""Bad input ends in one clear line and status 2: no traceback, and a next step."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories.conftest import Command
from tests.stories.harbor import write_csv, write_workspace


def answered(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command refused, said why, and printed nothing else."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize("verb", ["run", "instrument", "measure", "govern", "define"])
def test_a_missing_folder_suggests_init(tmp_path: Path, command: Command, verb: str) -> None:
    answered(command(verb, tmp_path / "nowhere"), "no such folder", "lichen init")


def test_a_file_is_not_taken_for_a_missing_folder(tmp_path: Path, command: Command) -> None:
    (tmp_path / "notes.txt").write_text("not a folder")
    answered(command("run", tmp_path / "notes.txt"), "notes.txt is not a workspace: it is a file")


def test_only_the_feed_that_lacks_facts_is_asked_for(tmp_path: Path, command: Command) -> None:
    command("init", tmp_path)
    write_csv(tmp_path / "feeds" / "account.csv", [{"account_id": "crm:1", "name": "One"}])
    done = command("run", tmp_path)
    answered(done, "there are no facts of subscription", "feeds/subscription.csv")
    assert "account.csv" not in done.stderr


def test_a_folder_without_definitions_suggests_init(tmp_path: Path, command: Command) -> None:
    answered(command("run", tmp_path), "no lichen.toml", f"lichen init {tmp_path}")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[workspace\n", "line 1"),
        ('[workspase]\nname = "x"\n', "workspace"),
        ('[[target]]\nmetric = "nnr"\nvalue = 1.0\nowner = "x"\n', "nrr"),
        ("[runs]\nkeep = 0\n", "keep"),
    ],
    ids=["syntax", "unknown table", "unknown metric", "out of range"],
)
def test_broken_definitions_name_key_or_line(
    tmp_path: Path, command: Command, text: str, word: str
) -> None:
    (tmp_path / "lichen.toml").write_text(text)
    answered(command("run", tmp_path), "lichen.toml", word)


def test_a_workspace_without_feeds_says_where_to_put_them(tmp_path: Path, command: Command) -> None:
    command("init", tmp_path)
    answered(command("run", tmp_path), "feeds")


def test_a_file_of_no_entity_gets_a_suggestion(tmp_path: Path, command: Command) -> None:
    root = write_workspace(tmp_path)
    write_csv(root / "feeds" / "acount.csv", [{"account_id": "crm:1", "name": "One"}])
    answered(command("run", root), "acount", "account")


def test_reading_before_any_run_says_how_to_publish_one(tmp_path: Path, command: Command) -> None:
    root = write_workspace(tmp_path)
    answered(command("measure", root), "No run has been published", "lichen run")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("measure", "--metric", "nnr"), ("nnr", "'nrr'")),
        (("measure", "--by", "segmnt"), ("segmnt", "'segment'")),
        (("measure", "--by", "involved,segment"), ("pairs", "lichen.toml")),
        (("measure", "--window", "13m"), ("13m", "'12m'")),
        (("measure", "--by", "segmnt,xyz,partnr"), ("'segment'", "'xyz'", "'partner'")),
        (("measure", "--metric", "nnr,grrr", "--by", "segmnt"), ("'nrr'", "'grr'", "'segment'")),
        (("measure", "--metric", ","), ("empty name among the metrics", "','")),
        (("measure", "--metric", ""), ("empty name among the metrics",)),
        (("measure", "--metric", "nrr,"), ("empty name among the metrics", "'nrr,'")),
        (("measure", "--by", ","), ("empty name among the dimensions",)),
        (("govern", "--by", ""), ("empty name among the dimensions",)),
        (("define", "--metric", "nnr,grrr", "--by", "segmnt"), ("'nrr'", "'grr'", "'segment'")),
        (("define", "--metric", " "), ("empty name among the metrics",)),
        (("run", "--window", ""), ("empty name among the windows",)),
        (("measure", "--run", "19990101"), ("19990101",)),
        (("measure", "--format", "xml"), ("xml",)),
        (("explain", "feedbeef"), ("feedbeef", "lichen measure")),
        (("define", "--metric", "nnr"), ("'nrr'",)),
        (("run", "--as-of", "2026-13-01"), ("2026-13-01", "YYYY-MM-DD")),
        (("run", "--as-of", "yesterday"), ("yesterday", "YYYY-MM-DD")),
        (("run", "--as-of", "2099-01-31"), ("2099-01-31", "2026-09-30", "2031-09-30")),
        (("run", "--as-of", "0001-01-01"), ("0001-01-01",)),
        (("run", "--as-of", "20260930"), ("20260930", "YYYY-MM-DD")),
        (("run", "--as-of", "2026-W01-1"), ("2026-W01-1", "YYYY-MM-DD")),
        (("run", "--as-of", "2020-01-31"), ("2020-01-31", "no account had ARR", "later day")),
        (("measure", "--metric", "NRR"), ("NRR", "Did you mean 'nrr'")),
        (("define", "--window", "13m"), ("13m", "'12m'")),
        (("run", "--window", "week"), ("week", "quarter")),
        (("run", "--engine", "abacus"), ("abacus",)),
        (("govern", "--metric", "nnr"), ("'nrr'",)),
        (("instrument", "--run", "19990101"), ("19990101",)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_wrong_argument_is_answered(
    published: Path, command: Command, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    verb, *rest = arguments
    answered(command(verb, published, *rest), *words)


def test_a_misspelt_verb_gets_a_suggestion(command: Command) -> None:
    answered(command("measur"), "'measure'")


def test_a_damaged_run_is_replaced_by_the_last_good_one_with_a_warning(
    published: Path, tmp_path: Path, command: Command
) -> None:
    root = shutil.copytree(published, tmp_path / "harbor")
    (good,) = (path for path in (root / "runs").iterdir() if path.is_dir())
    pointer = root / "runs" / "latest"
    pointer.write_text(json.dumps({"run_id": "20990101T000000000000Z-gone", "seal": "x"}))
    done = command("measure", root, "--metric", "nrr", "--format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)[0]["run_id"] == good.name
    assert "no longer in" in done.stderr and "lichen run" in done.stderr
    next((good / "tables").glob("end_points.parquet")).unlink()
    answered(command("measure", root), "end_points.parquet is missing")


def test_a_second_run_is_told_who_holds_the_workspace(
    published: Path, tmp_path: Path, command: Command
) -> None:
    root = shutil.copytree(published, tmp_path / "harbor")
    hold = (
        "import sys; from pathlib import Path; from lichen.runs import workspace_lock\n"
        "with workspace_lock(Path(sys.argv[1]), 'lichen run'):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", hold, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout is not None and first.stdout.readline()
    done = command("run", root)
    first.communicate()
    answered(done, f"process {first.pid}", "since", "Wait for it")


def test_an_unexpected_fault_is_one_line_with_a_way_to_its_traceback(
    published: Path, tmp_path: Path, command: Command
) -> None:
    root = shutil.copytree(published, tmp_path / "harbor")
    shutil.rmtree(root / "runs")
    (root / "runs").write_text("not a folder")
    done = command("run", root)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "LICHEN_DEBUG=1" in done.stderr


def test_a_full_disk_is_named_and_leaves_the_run_that_readers_had(
    published: Path, tmp_path: Path, command: Command
) -> None:
    root = shutil.copytree(published, tmp_path / "harbor")
    before = (root / "runs" / "latest").read_text()
    write_csv(root / "feeds" / "account.csv", [{"account_id": "crm:1", "name": "Renamed"}])
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{small}from lichen.cli import main; main()", "run", str(root)],
        capture_output=True,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "LICHEN_DEBUG"},
    )
    answered(done, "File too large", "disk")
    assert (root / "runs" / "latest").read_text() == before
    assert command("measure", root).returncode == 0


@pytest.mark.parametrize("verb", ["init", "simulate"])
def test_a_file_in_the_place_of_the_folder_is_named(
    tmp_path: Path, command: Command, verb: str
) -> None:
    (tmp_path / "notes.txt").write_text("not a folder")
    answered(command(verb, tmp_path / "notes.txt"), "notes.txt: File exists", "Check that")


def test_a_page_that_cannot_be_written_is_named(
    published: Path, tmp_path: Path, command: Command
) -> None:
    done = command("govern", published, "--html", tmp_path)
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr and "unexpected" not in done.stderr


def test_ctrl_c_ends_a_run_with_130_and_publishes_nothing(published: Path, tmp_path: Path) -> None:
    root = shutil.copytree(published, tmp_path / "harbor")
    before = (root / "runs" / "latest").read_text()
    process = subprocess.Popen(
        [sys.executable, "-c", "from lichen.cli import main; main()", "run", str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "LICHEN_DEBUG"},
    )
    _wait_until((root / ".lichen" / "lock.holder").exists)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "published nothing" in said
    assert (root / "runs" / "latest").read_text() == before


def _wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not reached() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert reached()
