"""A file with mistakes: every one is told at once, where it stands and what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from lichen.vocabulary.finding import Severity
from lichen.vocabulary.load import check_definitions, check_text, load_definitions
from lichen.vocabulary.problems import DefinitionsError

MISTAKEN = """\
[workspace]
currency = "usd"
colour = "red"

[feeds.subscriptions]
mode = "snap"

[scorecard]
confidence = 95
pairs = [
    ["acquired_via", "segmnt"],
]

[[target]]
metric = "nrrr"
value = 1.1

[[target]]
metric = "grr"
value = 110
owner = "Ada"
groups = { served_via = "partners" }
"""

TOLD = """\
lichen.toml:2: error: workspace.currency: found "usd", expected an ISO 4217 code. \
Did you mean 'USD'?
lichen.toml:3: error: workspace.colour: there is no key 'colour' here. \
Known names: as_of, currency, fiscal_year_start, fixed, name, time_zone.
lichen.toml:5: error: feeds.subscriptions: there is no entity 'subscriptions'. \
Did you mean 'subscription'?
lichen.toml:6: error: feeds.subscriptions.mode: found "snap", expected one of snapshot, append. \
Did you mean 'snapshot'?
lichen.toml:9: error: scorecard.confidence: found 95, expected less than 1. \
Shares are written from 0 to 1: for 95% write 0.95.
lichen.toml:10: error: scorecard.pairs[1]: there is no dimension 'segmnt'. \
Did you mean 'segment'?
lichen.toml:14: error: target[1].owner: is missing. \
Add it; it has no default.
lichen.toml:15: error: target[1].metric: there is no metric 'nrrr'. \
Did you mean 'nrr'?
lichen.toml:22: error: target[2].groups.served_via: 'partners' is no group of served_via. \
Did you mean 'partner'?
lichen.toml:20: warning: target[2].value: 110 is 11,000%. \
Ratios are written as 1.05 for 105%: for 110% write 1.1.
"""


def told(text: str) -> list[str]:
    return [problem.told("lichen.toml") for problem in check_text(text).problems]


def test_all_problems_are_told_at_once_with_line_key_and_what_was_meant() -> None:
    assert told(MISTAKEN) == TOLD.splitlines()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ('metric = "nnr"\nperiod = "yearly"', ["period", "metric"]),
        ('metric = "nnr"\ngroups = 3', ["groups", "metric"]),
        ('metric = "nnr"\ngroups = { segmnt = 3 }', ["groups.segmnt", "groups.segmnt", "metric"]),
        ("metric = 3\ngroups = { segmnt = 'smb' }", ["metric", "groups.segmnt"]),
        ('metric = "churn_rate"\ndirection = "below"', ["direction"]),
        ("groups = { segmnt = 'smb' }", ["metric", "groups.segmnt"]),
    ],
)
def test_a_wrong_entry_of_a_target_hides_no_other_of_its_row(row: str, expected: list[str]) -> None:
    text = f"[[target]]\nvalue = 0.5\nowner = 'Ada'\n{row}\n"
    found = [problem.place.removeprefix("target[1].") for problem in check_text(text).problems]
    assert sorted(found) == sorted(expected)


def test_a_row_with_a_wrong_period_is_not_taken_for_the_twin_of_another() -> None:
    row = "[[target]]\nmetric = 'nrr'\nvalue = 1.1\nowner = 'Ada'\n"
    (only,) = check_text(f"{row}period = 'yearly'\n{row}").problems
    assert only.place == "target[1].period"


def test_a_wrong_pair_hides_no_problem_of_the_others_nor_of_its_own_names() -> None:
    pairs = "[['segmnt', 3], 7, ['segment'], ['segment', 'segment'], ['region', 'partnr']]"
    found = told(f"[scorecard]\npairs = {pairs}\n")
    assert [line.partition("pairs")[2].partition(":")[0] for line in found] == [
        "[1][2]",
        "[2]",
        "[3][2]",
        "[1]",
        "[4]",
        "[5]",
    ]
    assert "Did you mean 'segment'?" in found[3] and "Did you mean 'partner'" in found[5]


def test_a_pair_that_cannot_be_read_does_not_make_a_target_unpublished() -> None:
    target = "[[target]]\nmetric='nrr'\nvalue=1.1\nowner='Ada'\n"
    groups = "groups = { region = 'north', segment = 'smb' }\n"
    (only,) = check_text(f"[scorecard]\npairs = [['region', 3]]\n{target}{groups}").problems
    assert only.place == "scorecard.pairs[1][2]"


def test_a_wrong_role_hides_no_other_and_leaves_no_empty_list_behind() -> None:
    (wrong,) = told("[involvement]\nmeaningful_roles = ['resolt']\n")
    assert "Did you mean 'resold'?" in wrong
    wrong, twice = told("[involvement]\nmeaningful_roles = ['resolt', 'resold', 'resold']\n")
    assert "'resold' stands here more than once" in twice


def test_loading_raises_one_error_that_lists_them_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "lichen.toml"
    path.write_text(MISTAKEN)
    with pytest.raises(DefinitionsError) as caught:
        load_definitions(path)
    assert len(caught.value.problems) == 10
    assert "has 9 errors:" in str(caught.value)
    assert str(caught.value).endswith("writes a commented file to compare with.")


def test_a_syntax_error_names_its_line() -> None:
    checked = check_text('[workspace]\nname = "Acme\n')
    assert checked.definitions is None
    assert [problem.line for problem in checked.problems] == [2]


def test_a_warning_does_not_stop_the_file() -> None:
    checked = check_text("[workspace]\nas_of = 2025-12-30\n")
    assert checked.definitions is not None
    (problem,) = checked.problems
    assert (problem.level, problem.line) == (Severity.WARNING, 2)
    assert "windows will end on 2025-11-30" in problem.sentence


def test_a_fixed_as_of_date_is_noted() -> None:
    assert [p.level for p in check_text("[workspace]\nas_of = 2025-12-31\n").problems] == ["note"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('[runs]\nkeep = "24"', 'found "24", expected a whole number.'),
        ("[runs]\nkeep = true", "found true, expected a whole number."),
        ("[runs]\nkeep = 0", "found 0, expected at least 1."),
        ("[workspace]\nname = 7", "found 7, expected text in quotes."),
        ("[workspace]\nas_of = 2025-12-31T10:00:00", "expected a date such as 2025-12-31."),
        ("[workspace]\nfixed = 'segment'", 'found "segment", expected a list in square brackets.'),
        ("[scorecard]\npairs = [['segment']]", "found a list of 1, expected exactly two names."),
        ("[target]\nmetric = 'nrr'", "Begin each target with [[target]]."),
        ("feeds = 3", "found 3, expected a table"),
        ("[[target]]\nmetric='nrr'\nowner='Ada'\nvalue=inf", "expected a finite number."),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_and_never_converted(
    written: str, expected: str
) -> None:
    (problem,) = check_text(written).problems
    assert expected in problem.told("lichen.toml")
    assert problem.line is not None


def test_a_key_written_twice_is_an_error_with_its_line() -> None:
    (problem,) = check_text("[runs]\nkeep = 1\nkeep = 2\n").problems
    assert (problem.level, problem.line) == (Severity.ERROR, 3)


def test_a_file_that_is_missing_or_no_text_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    (missing,) = check_definitions(tmp_path / "lichen.toml").problems
    assert "cannot be read" in missing.sentence
    latin = tmp_path / "latin.toml"
    latin.write_bytes('[workspace]\nname = "Müller"\n'.encode("latin-1"))
    (undecoded,) = check_definitions(latin).problems
    assert "not UTF-8" in undecoded.sentence


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "lichen.toml"
    path.write_bytes(b"\xef\xbb\xbf[workspace]\r\nname = 'Acme'\r\n")
    assert load_definitions(path).workspace.name == "Acme"


def test_a_pilot_with_a_mistake_is_told_and_the_others_are_checked_on() -> None:
    checked = check_text(
        "[[pilot]]\nname = 'A'\nplay = 'review'\n"
        "[[pilot]]\nname = 'B'\nplay = 'review'\nstarts_on = 2026-01-01\nheld_out = 20\n"
        "[[pilot]]\nname = 'C'\nplay = 'review'\nstarts_on = 2026-01-01\n"
        "[[pilot]]\nname = 'C'\nplay = 'review'\nstarts_on = 2026-07-01\nunit = 'partners'\n"
        "[[pilot]]\nname = 'C'\nplay = 'review'\nstarts_on = 2026-07-01\n"
    )
    assert [(each.key, each.line) for each in checked.problems] == [
        (("pilot", 0, "starts_on"), 1),
        (("pilot", 1, "held_out"), 8),
        (("pilot", 3, "unit"), 17),
        (("pilot", 4, "name"), 19),
    ]


def test_a_pilot_in_single_brackets_is_told_to_be_a_list() -> None:
    (problem,) = check_text("[pilot]\nname = 'A'\n").problems
    assert problem.hint == "Begin each pilot with [[pilot]]."
