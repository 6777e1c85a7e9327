"""Documentation that fails the build when it no longer tells the truth."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
from tests.architecture.source import REPOSITORY

from lichen.cli import VERBS, _application
from lichen.vocabulary.definitions import Definitions
from lichen.vocabulary.metrics import METRICS

DOCS = REPOSITORY / "docs"
PAGES = sorted(
    [*REPOSITORY.glob("*.md"), *DOCS.rglob("*.md"), *(REPOSITORY / "examples").rglob("README.md")]
)
PLAYBOOK = ("define", "map", "instrument", "measure", "attribute", "model", "act", "govern")

GLOSSARY_WORDS = """
account person registration contract agreement pipeline run source model estimate stage
lifecycle_stage deal_stage maturity_stage attribution contribution tier role motion
"""


def name_of(page: Path) -> str:
    return str(page.relative_to(REPOSITORY))


@cache
def command(verb: str) -> Any:
    """The click command of a verb, loaded."""
    root = typer.main.get_command(_application())
    lazy = root.get_command(None, verb)  # type: ignore[attr-defined]
    return lazy._load()


def section(verb: str) -> str:
    """What docs/commands.md says of a command, with what it says of all."""
    text = (DOCS / "commands.md").read_text()
    found = re.search(rf"^## lichen {verb} .*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/commands.md has no section on `lichen {verb}`"
    return found[0]


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_every_metric_stands_on_its_algorithm_page(metric: str) -> None:
    page = DOCS / "algorithms" / f"{METRICS[metric].page}.md"
    assert f"`{metric}`" in page.read_text()


@pytest.mark.parametrize("page", sorted({metric.page for metric in METRICS.values()}))
def test_every_algorithm_page_has_a_worked_table(page: str) -> None:
    text = (DOCS / "algorithms" / f"{page}.md").read_text()
    assert re.search(r"^## Worked example", text, re.MULTILINE)
    assert re.search(r"^\|[ :-]+\|", text, re.MULTILINE)


@pytest.mark.parametrize("verb", PLAYBOOK)
def test_every_verb_of_the_playbook_has_a_page_and_a_command(verb: str) -> None:
    assert verb in VERBS
    assert (DOCS / "playbook" / f"{verb}.md").is_file()
    assert f"({verb}.md)" in (DOCS / "playbook" / "README.md").read_text()


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_option_of_a_command_is_documented(verb: str) -> None:
    text = section(verb)
    options = [
        name
        for parameter in command(verb).params
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name.startswith("--")
    ]
    assert [name for name in options if f"`{name}" not in text and name != "--help"] == []


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_no_option_is_documented_that_a_command_does_not_have(verb: str) -> None:
    known = {
        name
        for parameter in command(verb).params
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    assert set(re.findall(r"`(--[a-z-]+)", section(verb))) - known == set()


@pytest.mark.parametrize("word", GLOSSARY_WORDS.split())
def test_the_glossary_covers_every_word_that_could_be_misread(word: str) -> None:
    assert re.search(rf"\b{word}\b", (REPOSITORY / "GLOSSARY.md").read_text())


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_that_exist(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in local if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_in_prose_exist(page: Path) -> None:
    text = page.read_text()
    shown = "\n".join(re.findall(r"`[^`\n]+`|^    [^\n]*|^```.*?^```", text, re.M | re.S))
    verbs = set(re.findall(r"\blichen ([a-z]+) (?=[A-Za-z_/]+)", shown)) - {"and", "VERB"}
    targets = set(re.findall(r"\bmake ([a-z][a-z-]*)", shown))
    makefile = (REPOSITORY / "Makefile").read_text()
    assert verbs - set(VERBS) == set()
    assert {t for t in targets if not re.search(rf"^{t}:", makefile, re.MULTILINE)} == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_prose_is_plain(page: Path) -> None:
    words = r"\b(simply|obviously|easily|seamless\w*|powerful|world-class|leverage[sd]?|oops)\b"
    assert re.findall(words, page.read_text(), re.IGNORECASE) == []


@pytest.mark.parametrize("page", sorted((DOCS / "adr").glob("[0-9]*.md")), ids=name_of)
def test_a_decision_is_listed_by_its_title(page: Path) -> None:
    number, title = page.name[:4], page.read_text().splitlines()[0].removeprefix("# ")
    assert f"[{number}]({page.name}) | {title} |" in (DOCS / "adr" / "README.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_pair_that_a_page_asks_for_is_published_by_default(page: Path) -> None:
    asked = re.findall(r"lichen (?:measure|govern) .*--by (\w+),(\w+)", page.read_text())
    published = {tuple(sorted(pair)) for pair in Definitions().scorecard.pairs}
    assert {tuple(sorted(pair)) for pair in asked} <= published
