"""The page as a browser shows it: accessible, silent, whole when narrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from tests.engine.reports.pages import document
from tests.engine.reports.published_run import harbor
from tests.engine.value.made_comparisons import COMPARED

from lichen.reports.html import write
from lichen.value.comparison.stored import comparison_tables

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium: apt-get install chromium"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    compared = comparison_tables(COMPARED.comparisons, COMPARED.ranks)
    shown = document(harbor(40), compared)
    path = write(shown, tmp_path_factory.mktemp("page") / "scorecard.html")
    return Path(path).as_uri()


@pytest.fixture(params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")], ids=str)
def page(request: pytest.FixtureRequest, browser: object, address: str) -> Iterator[object]:
    """An open page; console messages and requests beyond the file itself fail the test."""
    width, scheme = request.param
    context = browser.new_context(  # type: ignore[attr-defined]
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda asked: said.append(asked.url) if asked.url != address else None)
    opened.goto(address)
    yield opened
    assert said == []
    context.close()


def test_axe_finds_nothing(page: object) -> None:
    results = axe.Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_the_page_never_scrolls_sideways(page: object) -> None:
    width, inner = page.evaluate(  # type: ignore[attr-defined]
        "[document.documentElement.scrollWidth, innerWidth]"
    )
    assert width <= inner


def test_the_switch_changes_colours_without_script(page: object) -> None:
    def ground() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))  # type: ignore[attr-defined]

    page.check("#scheme-dark", force=True)  # type: ignore[attr-defined]
    assert ground() == "rgb(20, 23, 21)"
    page.check("#scheme-light", force=True)  # type: ignore[attr-defined]
    assert ground() == "rgb(251, 250, 246)"


def test_a_figure_opens_its_entry(page: object) -> None:
    page.locator("a.figure").first.click()  # type: ignore[attr-defined]
    entry = page.locator(".entry:target")  # type: ignore[attr-defined]
    assert entry.is_visible()
    assert "Cite as" in entry.inner_text()


def test_the_keyboard_reaches_the_figures_first(page: object) -> None:
    page.keyboard.press("Tab")  # type: ignore[attr-defined]
    focused = page.evaluate("document.activeElement.textContent")  # type: ignore[attr-defined]
    assert focused == "Skip to the figures"
