"""The change between runs at the doors, where runs or ledgers are gone, and for random edits."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_runs import DEFINITIONS, JULY, JUNE, edited, lines, publish, with_line, write

import lichen
from lichen.cli import main
from lichen.runs import NoRunBefore, Run, RunDamaged, latest, list_runs
from lichen.workspace import tracing
from lichen.workspace.errors import LedgerGone
from lichen.workspace.nightly import nightly

ON_THE_WAY, MISSED = "value = 1.3", 'value = 0.5\ndirection = "at_most"'

Told = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run A, then run B with one line more, a month later; tests change copies."""
    root = tmp_path_factory.mktemp("twice")
    write(root, lines())
    publish(root, JUNE)
    write(root, with_line(lines(), "s3-extra", "3", "2026-03-01", "500"))
    publish(root, JULY)
    return root


@pytest.fixture
def root(twice: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return shutil.copytree(twice, tmp_path / "twice")


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Run `lichen` in this process: exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(each) for each in arguments])
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return run


def ledger_of(run: Run) -> Path:
    return run.root / str(run.manifest["ledger"]["folder"])


def test_a_ledger_that_is_gone_is_named_with_what_to_do(root: Path, told: Told) -> None:
    earlier, later = sorted(list_runs(root))
    gone = ledger_of(lichen.open(root).published(earlier))
    shutil.rmtree(gone)
    with pytest.raises(LedgerGone, match=f"{gone} that run {earlier} names is gone"):
        lichen.open(root).diff()
    code, out, err = told("diff", root)
    assert (code, out) == (2, "")
    assert "--whole" in err
    code, out, _ = told("diff", root, "--whole", "--metric", "arr", "--by", "")
    assert code == 0 and "ARR of all accounts rose $700" in out
    # The nightly run says so and goes on.
    summary = nightly(lichen.open(root).published(later))
    assert str(gone) in " ".join(summary.cautions)
    assert summary.diff is not None and len(summary.diff) > 0


def test_a_ledger_with_other_bytes_is_not_believed(root: Path) -> None:
    path = ledger_of(latest(root)) / "tables" / "subscription.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(LedgerGone, match="not as it was written"):
        lichen.open(root).diff()


def test_a_damaged_run_is_not_passed_over(root: Path, told: Told) -> None:
    earlier, later = sorted(list_runs(root))
    (root / "runs" / earlier / "figures.parquet").write_bytes(b"")
    with pytest.raises(RunDamaged, match=earlier):
        lichen.open(root).diff()
    code, out, _ = told("watch", root, "--no-run")
    assert code == 0 and "Not compared with the run before" in out and earlier in out
    shutil.rmtree(root / "runs" / earlier)
    with pytest.raises(NoRunBefore, match=later):
        lichen.open(root).diff()
    code, out, _ = told("watch", root, "--no-run")
    assert code == 0 and "first run that is kept" in out


def test_a_run_that_does_not_exist_is_answered_with_near_names(root: Path, told: Told) -> None:
    code, _, err = told("diff", root, "1999")
    assert code == 2 and "no run named '1999'" in err


def test_a_run_that_cannot_be_made_again_is_given_whole(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "recompute", lambda *_: {})
    diff = lichen.open(root).diff(metric="arr", by="")
    (change,) = diff
    assert change.parts == () and change.change == Fraction(700_00)
    assert "1 of 1 figures cannot be made again as they were published" in diff.cautions[0]
    assert "not split" in diff.sentence(change)


def test_only_figures_that_cannot_be_made_again_are_given_whole(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_nrr(*arguments: object) -> object:
        found = tracing.recompute.__wrapped__(*arguments)  # type: ignore[attr-defined]
        return {q: figure for q, figure in found.items() if q.metric != "nrr"}

    without_nrr.__wrapped__ = tracing.recompute  # type: ignore[attr-defined]
    monkeypatch.setattr(tracing, "recompute", without_nrr)
    diff = lichen.open(root).diff(metric="nrr,arr", by="", window="12m")
    assert {each.question.metric: bool(each.parts) for each in diff} == {"nrr": False, "arr": True}


def test_definitions_of_another_version_are_said_and_split_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "_definitions", lambda run: None)
    diff = lichen.open(root).diff(metric="arr", by="")
    assert diff.causes == () and "of another version" in diff.cautions[0]


def test_json_holds_the_exact_parts(root: Path, told: Told) -> None:
    code, out, _ = told("diff", root, "--metric", "arr,nrr", "--by", "", "--format", "json")
    assert code == 0
    found = json.loads(out)
    assert found["causes"] == ["new facts", "later date"]
    assert found["facts"][0]["added_ids"] == ["s3-extra"]
    for row in found["changes"]:
        parts = sum(Fraction(part["exact"]) for part in row["parts"])
        assert parts == Fraction(row["exact"])
        assert row["change"] == pytest.approx(row["after"] - row["before"])
    (arr,) = (row for row in found["changes"] if row["metric"] == "arr")
    assert [part["change"] for part in arr["parts"]] == [500_00.0, 200_00.0]
    assert arr["sentence"] == (
        "ARR of all accounts rose $700, from $4.00k to $4.70k: "
        "+$500 new facts, +$200 later date; +17.5%."
    )


def test_csv_and_table_show_the_same_change(root: Path, told: Told) -> None:
    asked = (root, "--metric", "arr", "--by", "", "--window", "12m")
    _, text, err = told("diff", *asked, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["change"], row["parts"]) == ("70000.0", "new facts=50000;later date=20000")
    assert "subscription rows: 1 new (s3-extra)" in err
    _, table, _ = told("diff", *asked)
    assert "$4.00k" in table and "+$500" in table and "later date: 2026-06-30" in table


def test_the_python_value_is_iterated_printed_and_handed_on(root: Path) -> None:
    earlier, later = sorted(list_runs(root))
    diff = lichen.open(root).diff(earlier, later, metric="arr", by="segment")
    (change,) = diff
    assert change.question.groups == "segment=smb" and change.beyond_noise
    assert repr(diff).splitlines()[0].startswith(f"From run {earlier} to run {later}")
    (row,) = diff.to_arrow().to_pylist()
    assert [part["cause"] for part in row["parts"]] == ["new facts", "later date"]
    back = lichen.open(root).diff(later, earlier, metric="arr", by="segment", split=False)
    assert next(iter(back)).change == -change.change


def test_watch_says_where_targets_stand_and_what_moved(root: Path, told: Told) -> None:
    code, out, _ = told("watch", root, "--no-run")
    assert code == 0
    # 4,700 at the close on 4,000 at the opening; the target is 130%, and A had 100%.
    assert "Targets: 1 " in out and "NRR of all accounts, at 117.5%" in out
    assert "ARR of all accounts rose $700" in out
    assert "Feeds late: none." in out and "New findings: none." in out
    code, out, _ = told("watch", root, "--no-run", "--format", "json")
    found = json.loads(out)
    assert (found["run_id"], found["as_of"]) == (latest(root).run_id, JULY)
    assert found["targets"]["readings"][0]["value"] == 4700 / 4000
    assert {row["metric"] for row in found["beyond_noise"]} >= {"arr"}


@pytest.mark.parametrize(
    ("promised", "codes"),
    # NRR is 100%; a year ago, when account 4 was in its gap, it was 75%.
    [(MISSED, (0, 1, 0, 1)), (ON_THE_WAY, (0, 0, 0, 0)), ("value = 1.0", (0, 0, 0, 0))],
)
def test_watch_fails_on_missed_targets_if_it_is_told_to(
    tmp_path: Path, told: Told, promised: str, codes: tuple[int, ...]
) -> None:
    write(tmp_path, lines(), DEFINITIONS.replace(ON_THE_WAY, promised))
    publish(tmp_path)
    asked = ((), ("missed-targets",), ("errors",), ("errors", "missed-targets"))
    options = [[word for each in names for word in ("--fail-on", each)] for names in asked]
    assert tuple(told("watch", tmp_path, "--no-run", *each)[0] for each in options) == codes


def test_watch_fails_on_errors_of_the_facts(tmp_path: Path, told: Told) -> None:
    # The same product twice at once, for all accounts: retention is not readable.
    doubled = lines() + [
        {**row, "subscription_id": f"{row['subscription_id']}!"} for row in lines()
    ]
    write(tmp_path, doubled)
    publish(tmp_path)
    code, out, _ = told("watch", tmp_path, "--no-run", "--fail-on", "errors")
    assert code == 1 and "Findings of severity error: 1." in out
    # The target is on a figure that is not readable, so it is neither met nor missed.
    assert told("watch", tmp_path, "--no-run", "--fail-on", "missed-targets")[0] == 0
    assert told("watch", tmp_path, "--no-run", "--fail-on", "unmeasured-targets")[0] == 1


def test_watch_runs_and_tells_findings_that_are_new_or_gone(tmp_path: Path, told: Told) -> None:
    write(tmp_path, lines())
    publish(tmp_path)
    # The line of account 4 ends five days after the next one has begun, so there is no gap.
    write(tmp_path, edited(lines(), "s4", ends_on="2025-07-25"))
    code, out, _ = told("watch", tmp_path, "--as-of", JUNE)
    assert code == 0 and "New findings: 1." in out and "subscription rows: 1 corrected (s4)" in out
    assert len(list_runs(tmp_path)) == 2
    assert (latest(tmp_path).folder / "scorecard.html").is_file()
    write(tmp_path, lines())
    told("watch", tmp_path, "--as-of", JUNE)
    summary = nightly(latest(tmp_path))
    assert [each.code for each in summary.vanished] == ["overlapping_lines"]
    assert [each.code for each in summary.new] == ["gone_and_back"]


def test_history_shows_what_was_restated(root: Path, told: Told) -> None:
    earlier, later = sorted(list_runs(root))
    workspace = lichen.open(root)
    (figure,) = workspace.figures(metric="nrr", by="", window="12m", run=earlier)
    rows = workspace.history(figure.figure_id, run=earlier).rows()
    assert [(row["run_id"], row["value"], row["restated"]) for row in rows] == [
        (earlier, 1.0, "first published"),
        (later, 3500 / 3000, "+16.67 points"),
    ]
    assert [row["closing_with_the_run"] for row in rows] == [1.0, 4700 / 4000]
    code, out, _ = told("explain", root, f"{earlier}/{figure.figure_id}", "--history")
    assert code == 0 and "+16.67 points" in out
    assert out.startswith("Net revenue retention (nrr) of all accounts: 100.0%")
    _, out, _ = told(
        "explain", root, f"{earlier}/{figure.figure_id}", "--history", "--format", "json"
    )
    assert json.loads(out) == rows


def test_history_passes_over_a_damaged_run_and_names_it(root: Path) -> None:
    earlier, later = sorted(list_runs(root))
    (figure,) = lichen.open(root).figures(metric="nrr", by="", window="12m")
    (root / "runs" / earlier / "figures.parquet").write_bytes(b"")
    found = lichen.open(root).history(figure.figure_id)
    assert [row["run_id"] for row in found.rows()] == [later]
    assert earlier in found.unread[0]


AMOUNTS = st.integers(1, 5000).map(str)
EDIT = st.tuples(st.sampled_from(["s1", "s2-next", "s3", "s4-next"]), AMOUNTS)
DAYS = st.dates(date(2024, 6, 30), date(2026, 7, 31))
ADDED = st.tuples(st.sampled_from("1234"), DAYS, AMOUNTS)


@settings(max_examples=3, deadline=None)
@given(
    EDIT,
    ADDED,
    st.sampled_from(["s1", "s3", None]),
    st.sampled_from([30, 45]),
    st.sampled_from([JUNE, JULY]),
)
def test_parts_of_random_edits_sum_exactly(
    edit: tuple[str, str],
    added: tuple[str, date, str],
    dropped: str | None,
    grace: int,
    day: str,
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, lines())
        publish(root, JUNE)
        rows = edited(lines(), edit[0], arr_amount=edit[1])
        rows = [row for row in rows if row["subscription_id"] != dropped]
        rows = with_line(rows, "extra", added[0], str(added[1]), added[2])
        write(root, rows, f"{DEFINITIONS}\n[revenue]\ngrace_days = {grace}\n")
        publish(root, day)
        diff = lichen.open(root).diff()
        assert diff.cautions == ()
        for change in diff:
            assert sum(part.change for part in change.parts) == change.change
