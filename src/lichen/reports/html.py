"""The document as one HTML file: no request leaves it, no script is needed to read it."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

from lichen.reports.document import Document, Picture, Section
from lichen.reports.html_blocks import block_html, metric_html
from lichen.reports.markup import Markup, element, join
from lichen.reports.tokens import css_variables, tokens

_SCHEMES = (("system", "System"), ("light", "Light"), ("dark", "Dark"))

# Older browsers do not open a closed <details> that a link leads into; nothing else needs this.
_SCRIPT = (
    "addEventListener('hashchange',o);o();"
    "function o(){var e=location.hash&&document.getElementById(location.hash.slice(1)),"
    "d=e&&e.closest('details'),c;for(;d;d=d.parentElement.closest('details'))"
    "if(!d.open)c=d.open=true;if(c)e.scrollIntoView()}"
)


def write(document: Document, path: Path) -> Path:
    """Write the page and return its path; a reader never sees half a file.

    Raises:
        ReportsMissing: the packages that draw pictures are not installed.
    """
    page = render(document)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{uuid4().hex}.part")
    try:
        # Opened plainly, so that the umask decides who may read what customers pay.
        aside.write_text(page, encoding="utf-8")
        return aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def render(document: Document) -> str:
    """The page as text."""
    style = _style()
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="generator", content="Lichen"),
        element("title", f"{document.title} · {document.workspace}"),
        element("style", Markup(style)),
    )
    body = element(
        "body",
        element("a", "Skip to the figures", href="#main", class_="skip"),
        _top(document),
        _side(document),
        _main(document),
        element("script", Markup(_SCRIPT)),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _top(document: Document) -> Markup:
    switch = element(
        "fieldset",
        element("legend", "Colours", class_="hidden"),
        *(
            element(
                "label",
                element(
                    "input",
                    type="radio",
                    name="scheme",
                    id=f"scheme-{name}",
                    checked=name == "system",
                ),
                element("span", title),
            )
            for name, title in _SCHEMES
        ),
        class_="switch",
    )
    origin = element("p", *(element("span", part) for part in document.origin), class_="origin")
    return element(
        "header",
        element(
            "p",
            element("strong", "Lichen", class_="brand"),
            element("span", document.workspace, class_="workspace"),
            class_="who",
        ),
        switch,
        origin,
    )


def _side(document: Document) -> Markup:
    links = [
        element("li", element("a", section.title, href=f"#{section.anchor}"))
        for section in document.sections
    ]
    if document.entries:
        links.append(element("li", element("a", "Every figure", href="#figures")))
    return element("nav", element("ul", *links), aria_label="On this page")


def _main(document: Document) -> Markup:
    heading = join(
        element("h1", document.title),
        element("p", document.lead, class_="lead"),
    )
    return element(
        "main",
        heading,
        element("div", *map(_section, document.sections), class_="sections"),
        _appendix(document),
        id="main",
    )


def _section(section: Section) -> Markup:
    subtitle = element("p", section.subtitle, class_="note") if section.subtitle else None
    pictured = bool(section.blocks) and isinstance(section.blocks[0], Picture)
    return element(
        "section",
        element(
            "h2", section.title, id=f"{section.anchor}-title", class_="kicker" if pictured else None
        ),
        subtitle,
        *map(block_html, section.blocks),
        id=section.anchor,
        aria_labelledby=f"{section.anchor}-title",
        class_="half" if section.half else None,
    )


def _appendix(document: Document) -> Markup | None:
    if not document.entries:
        return None
    parts = [
        metric_html(note, [entry for entry in document.entries if entry.metric == note.metric])
        for note in document.metrics
    ]
    return element(
        "section",
        element("h2", "Every figure", id="figures-title"),
        element(
            "p",
            f"{len(document.entries):,} figures are shown above. Each opens here: its "
            "definition, formula, window, count, interval, findings and citation.",
            class_="note",
        ),
        element(
            "p",
            "On paper only the definitions are printed; open the page, or use "
            "lichen explain, for a single figure.",
            class_="note print-only",
        ),
        *parts,
        id="figures",
        aria_labelledby="figures-title",
    )


def _style() -> str:
    look = tokens()
    css = files("lichen.reports").joinpath("page.css").read_text(encoding="utf-8")
    return (
        f":root {{ --sans: {look['type']['family']}; --mono: {look['type']['mono']}; "
        f"color-scheme: light; {css_variables('light')} }}\n"
        "@media (prefers-color-scheme: dark) { :root:not(:has(#scheme-light:checked)) "
        f"{{ color-scheme: dark; {css_variables('dark')} }} }}\n"
        f":root:has(#scheme-dark:checked) {{ color-scheme: dark; {css_variables('dark')} }}\n"
        f"@media print {{ :root, :root:has(#scheme-dark:checked), "
        ":root:not(:has(#scheme-light:checked)) "
        f"{{ color-scheme: light; {css_variables('light')} }} }}\n{css}"
    )


def _policy(style: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(_SCRIPT)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"sha256-{digest}"
