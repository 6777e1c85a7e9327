"""Each cause of a change alone, then all of them: the parts are those of hand arithmetic."""

from __future__ import annotations

import shutil
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from two_runs import (
    DEFINITIONS,
    JULY,
    JUNE,
    accounts,
    edited,
    lines,
    publish,
    with_line,
    write,
)
from worked_tables import worked_tables

import lichen
from lichen.kernel.progress import silent
from lichen.runs import latest
from lichen.scorecards.diff import FigureChange, answers
from lichen.scorecards.diff.pairing import Pair
from lichen.workspace import tracing
from lichen.workspace.differences import RunDiff

GRACE = "\n[revenue]\ngrace_days = 45\n"


def moved(diff: RunDiff, metric: str, groups: str = "") -> FigureChange:
    """The change of a metric over twelve months, or of a level."""
    (found,) = (
        each
        for each in diff
        if (each.question.metric, each.question.groups) == (metric, groups)
        and each.question.window in ("12m", "level")
    )
    return found


def parts(change: FigureChange) -> dict[str, Fraction]:
    """The parts by cause, those of nothing left out."""
    return {part.cause: part.change for part in change.parts if part.change}


@pytest.fixture(scope="module")
def of_june(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with one run; tests change copies of it."""
    root = tmp_path_factory.mktemp("four")
    write(root, lines())
    publish(root, JUNE)
    return root


@pytest.fixture
def root(of_june: Path, tmp_path: Path) -> Path:
    """A workspace whose run A is published."""
    return shutil.copytree(of_june, tmp_path / "four")


@pytest.fixture
def nothing_recomputed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail if figures are made again: one cause alone needs none of that."""

    def refuse(*arguments: object) -> None:
        raise AssertionError("recomputed")

    monkeypatch.setattr(tracing, "recompute", refuse)


@pytest.mark.usefixtures("nothing_recomputed")
def test_a_corrected_amount_is_a_corrected_fact(root: Path) -> None:
    write(root, edited(lines(), "s2-next", arr_amount="1100"))
    publish(root)
    diff = lichen.open(root).diff()
    assert [vars(each) for each in diff.facts] == [
        {
            "entity": "subscription",
            "corrected": 1,
            "gone": 0,
            "added": 0,
            "corrected_ids": ("s2-next",),
            "gone_ids": (),
            "added_ids": (),
        }
    ]
    # 1,100 instead of 1,000 at the close, on 3,000 at the opening: account 4 is in its gap then.
    assert parts(moved(diff, "nrr")) == {"corrected facts": Fraction(100, 3000)}
    assert parts(moved(diff, "arr")) == {"corrected facts": Fraction(100_00)}


@pytest.mark.usefixtures("nothing_recomputed")
def test_a_line_that_is_gone_is_a_corrected_fact(root: Path) -> None:
    write(root, [row for row in lines() if row["subscription_id"] != "s3"])
    publish(root)
    diff = lichen.open(root).diff()
    assert [(each.gone, each.gone_ids) for each in diff.facts] == [(1, ("s3",))]
    assert parts(moved(diff, "arr")) == {"corrected facts": Fraction(-1000_00)}


@pytest.mark.usefixtures("nothing_recomputed")
def test_a_line_that_arrives_late_is_a_new_fact(root: Path) -> None:
    write(root, with_line(lines(), "s3-extra", "3", "2026-03-01", "500"))
    publish(root)
    diff = lichen.open(root).diff()
    assert [(each.added, each.added_ids) for each in diff.facts] == [(1, ("s3-extra",))]
    assert parts(moved(diff, "nrr")) == {"new facts": Fraction(500, 3000)}


@pytest.mark.usefixtures("nothing_recomputed")
def test_longer_grace_is_a_changed_definition_and_moves_no_row(tmp_path: Path) -> None:
    write(tmp_path, edited(lines(), "s4-next", arr_amount="1500"))
    before = publish(tmp_path)
    write(tmp_path, edited(lines(), "s4-next", arr_amount="1500"), DEFINITIONS + GRACE)
    after = publish(tmp_path)
    # The ledger has another key, since grace is kept with it, and the same rows.
    assert before.manifest["ledger"]["key"] != after.manifest["ledger"]["key"]
    diff = lichen.open(tmp_path).diff()
    assert diff.facts == ()
    assert [(each.definition, each.key, each.before, each.after) for each in diff.definitions] == [
        ("revenue", "grace_days", 30, 45)
    ]
    # Account 4 enters the cohort with 1,000 and ends at 1,500: 4,500 / 4,000 after 3,000 / 3,000.
    assert parts(moved(diff, "nrr")) == {"definition revenue": Fraction(1, 8)}


@pytest.mark.usefixtures("nothing_recomputed")
def test_a_later_day_alone_needs_no_ledger(root: Path) -> None:
    publish(root, JULY)
    (root / ".lichen" / "ledger").rename(root / "elsewhere")
    diff = lichen.open(root).diff()
    # In July account 1 has 1,200; at the end of July 2025 account 4 had its next line.
    assert parts(moved(diff, "nrr")) == {"later date": Fraction(4200, 4000) - 1}
    assert parts(moved(diff, "arr")) == {"later date": Fraction(200_00)}


@pytest.mark.usefixtures("nothing_recomputed")
def test_equal_runs_changed_nothing(root: Path) -> None:
    publish(root)
    diff = lichen.open(root).diff()
    assert len(diff) == 0 and diff.unchanged and diff.causes == ()
    assert repr(diff).endswith("Nothing changed.")
    assert diff.to_arrow().num_rows == 0


def test_the_page_shows_what_every_step_gives(tmp_path: Path) -> None:
    feeds, steps = worked_tables("change_between_runs")
    before = [
        {**row, "arr_amount": told["ARR in run A"].replace(",", "")}
        for row, told in zip(lines(), feeds, strict=False)
    ]
    assert [(row["subscription_id"], row["arr_amount"]) for row in before] == [
        (row["subscription_id"], row["arr_amount"]) for row in lines()
    ]
    write(tmp_path, before)
    publish(tmp_path, JUNE)
    later = edited(before, "s2-next", arr_amount="1100")
    later = with_line(later, "s3-extra", "3", "2026-03-01", "500")
    assert [row["arr_amount"] for row in later] == [
        told["ARR in run B"].replace(",", "") for told in feeds
    ]
    write(tmp_path, later, DEFINITIONS + GRACE)
    publish(tmp_path, JULY)
    diff = lichen.open(tmp_path).diff(metric="nrr,arr")
    assert diff.causes == tuple(step["cause"] for step in steps[1:])
    for metric, column, cents in (("nrr", "NRR", 1), ("arr", "ARR", 100)):
        change = moved(diff, metric)
        told = [_fraction(step[column]) * cents for step in steps]
        found = {part.cause: part.change for part in change.parts}
        assert [found[step["cause"]] for step in steps[1:]] == [
            later - earlier for earlier, later in pairwise(told)
        ]
        assert sum(found.values()) == change.change == told[-1] - told[0]
    assert diff.cautions == ()
    # NRR was 100% with no account moved: nothing told how far it could move.
    assert diff.sentence(moved(diff, "nrr")) == (
        "NRR of all accounts rose 20.0 points, from 100.0% to 120.0%: +16.7 new facts, "
        "−5.0 definition revenue, +5.0 later date, +3.3 corrected facts; its noise is not known."
    )


def _fraction(text: str) -> Fraction:
    above, _, below = text.replace(",", "").partition(" / ")
    return Fraction(int(above), int(below or 1))


def test_what_shapes_rows_is_a_definition_where_the_files_are_the_same(tmp_path: Path) -> None:
    ends = [row for row in lines() if row["subscription_id"] != "s2-next"]
    ends = edited(ends, "s2", ends_on=JUNE)
    write(tmp_path, ends)
    publish(tmp_path)
    write(tmp_path, ends, DEFINITIONS + "\n[feeds.subscription]\ninclusive_end = true\n")
    publish(tmp_path)
    diff = lichen.open(tmp_path).diff(metric="arr")
    # The line of account 2 now ends a day later, so it still counts on the day itself.
    assert parts(moved(diff, "arr")) == {"definition feeds": Fraction(1000_00)}
    assert diff.cautions == ()


def test_what_shapes_rows_cannot_be_told_from_facts_where_both_changed(root: Path) -> None:
    inclusive = DEFINITIONS + "\n[feeds.subscription]\ninclusive_end = true\n"
    write(root, edited(lines(), "s3", arr_amount="900"), inclusive)
    publish(root)
    diff = lichen.open(root).diff(metric="arr")
    assert parts(moved(diff, "arr")) == {"corrected facts": Fraction(-100_00)}
    assert "stands under corrected and new facts" in " ".join(diff.cautions)


def test_amounts_in_another_currency_are_not_subtracted(root: Path) -> None:
    euros = [{**row, "currency": "EUR"} for row in lines()]
    write(root, euros, DEFINITIONS.replace('name = "Four', 'currency = "EUR"\nname = "Four'))
    publish(root)
    diff = lichen.open(root).diff(metric="arr,nrr")
    assert [each for each in diff if each.after.unit == "money"] == []
    assert {each.move.value for each in diff.appearances} == {"is in another currency"}
    assert "the workspace currency changed from USD to EUR" in diff.cautions[0]


def test_a_question_that_only_one_run_answers_came_or_went(root: Path) -> None:
    segments = accounts()
    segments[0]["segment"] = "enterprise"
    write(root, lines(), account=segments)
    publish(root)
    diff = lichen.open(root).diff(metric="logo_retention", by="segment")
    told = [diff.told(each) for each in diff.appearances]
    assert told == [
        "Logo retention of accounts with segment Enterprise appeared: 100% (21 to 100)."
    ]


def test_a_stricter_scorecard_makes_figures_unreadable_and_leaves_no_difference(
    root: Path,
) -> None:
    write(root, lines(), DEFINITIONS.replace("minimum_count = 1", "minimum_count = 20"))
    publish(root)
    diff = lichen.open(root).diff(metric="logo_retention", by="")
    assert len(diff) == 0
    (gone,) = diff.appearances
    assert diff.told(gone) == (
        "Logo retention of all accounts is no longer readable: not enough data (n = 3); "
        "before: 100% (44 to 100)."
    )


def test_what_was_recorded_after_the_earlier_day_came_with_the_later_date(tmp_path: Path) -> None:
    known = [{**row, "recorded_at": "2024-01-01T00:00:00Z"} for row in lines()]
    write(tmp_path, known)
    publish(tmp_path, JUNE)
    late = with_line(known, "s3-extra", "3", "2026-03-01", "500")
    late[-1]["recorded_at"] = "2026-07-10T00:00:00Z"
    write(tmp_path, late)
    publish(tmp_path, JULY)
    diff = lichen.open(tmp_path).diff(metric="arr", by="")
    # New in the ledger, and still not known on 30 June: 500 of it, and 200 of account 1.
    assert [each.added for each in diff.facts] == [1]
    assert parts(moved(diff, "arr")) == {"later date": Fraction(700_00)}


def test_a_move_that_nothing_can_explain_is_not_split(root: Path) -> None:
    run = latest(root)
    question, figure = next(
        (question, figure)
        for question, figure in answers(run.figures(), run.windows).items()
        if question.metric == "arr"
    )
    other = figure._replace(value=1.0, numerator=1)
    found = tracing.trace(run, run, [Pair(question, figure, other)], silent)
    assert "another version made one of them" in found.whole and found.causes == ()
    assert tracing.trace(run, run, [Pair(question, figure, figure)], silent).whole == ""
