"""Reading pages back: what a test asks of the HTML, without a browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tests.engine.reports.published_run import FINDINGS, MANIFEST, PublishedRun

from lichen.reports.document import Document
from lichen.reports.scorecard import scorecard_document
from lichen.scorecards.board import build
from lichen.vocabulary.definitions import Target

TARGETS = (
    Target.model_validate({"metric": "nrr", "value": 1.1, "owner": "CS"}),
    Target.model_validate({"metric": "grr", "value": 0.9, "owner": "CS"}),
    Target.model_validate(
        {"metric": "nrr", "groups": {"segment": "nowhere"}, "value": 1.0, "owner": "Partners"}
    ),
)


def document(run: PublishedRun, tables: dict[str, Any] | None = None, **more: Any) -> Document:
    return scorecard_document(build(run.table, MANIFEST, FINDINGS, TARGETS, tables, **more))


@dataclass
class Page(HTMLParser):
    """Tags, ids, attributes and linked figures of a page."""

    tags: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    figures: dict[str, set[str]] = field(default_factory=dict)
    _open: str = ""
    _depth: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        held = dict(attrs)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if "id" in held:
            self.ids.append(held["id"] or "")
        if tag == "a" and (held.get("href") or "").startswith("#figure-"):
            self._open, self._depth = (held["href"] or "").removeprefix("#figure-"), 0
        elif self._open:
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = ""
        elif self._open:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._open and self._depth == 0:
            self.figures.setdefault(self._open, set()).add(data)


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page
