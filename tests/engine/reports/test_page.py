"""The page: one file, closed to the outside, in which every figure leads to its entry."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest
from tests.engine.reports.pages import document, read
from tests.engine.reports.published_run import AS_OF, PublishedRun, harbor

from lichen.reports.format import format_money, format_value
from lichen.reports.html import render, write


@pytest.fixture(scope="module")
def html() -> str:
    return render(document(harbor()))


def test_nothing_on_the_page_asks_for_anything_outside(html: str) -> None:
    page = read(html)
    for tag, name, value in page.attributes:
        if name in ("href", "src", "xlink:href", "action", "poster", "data"):
            assert value.startswith("#"), (tag, name, value)
    assert not re.search(r"(?i)https?://|//[a-z]|@import|url\((?!#)", html)
    assert not {"link", "iframe", "img", "object", "form"} & set(page.tags)


def test_the_policy_allows_only_the_styles_and_script_written_here(html: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src &#x27;none&#x27;; style-src &#x27;sha256-")
    assert "unsafe" not in policy[1]
    assert not [1 for _, name, _ in read(html).attributes if name == "style" or name[:2] == "on"]


def test_every_figure_shown_leads_to_an_entry_and_ids_are_unique(html: str) -> None:
    page = read(html)
    assert len(page.figures) > 300
    assert {f"figure-{identity}" for identity in page.figures} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    anchors = {value[1:] for tag, name, value in page.attributes if (tag, name) == ("a", "href")}
    assert anchors <= set(page.ids)


def test_values_on_the_page_are_those_of_the_figures_table() -> None:
    run = harbor()
    shown = read(render(document(run))).figures
    published = {figure.figure_id: figure for figure in run.figures}
    for identity, texts in shown.items():
        figure = published[identity]
        if figure.value is None:
            assert texts <= {f"n = {figure.n:,}", "not enough data"}
            continue
        written = {
            format_value(figure.value, figure.unit, low=figure.low, high=figure.high, full=full)
            for full in (True, False)
        }
        if figure.unit == "money":
            written |= {f"{'−' if figure.value < 0 else ''}${abs(figure.value) / 100:,.2f}"}
        assert texts <= written, (figure, texts)


def test_names_from_the_facts_never_become_markup() -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    run = harbor(2)
    run.add_group(60, 5_000_000_00, {"industry": hostile}, history=1)
    tables = {
        "partners": pa.table({"partner_id": ["prm:p000"], "name": [hostile]}),
        "end_points": pa.table(
            {
                "account_key": [1, 2],
                "account_id": ["crm:1", "crm:2"],
                "arr_opening_minor": [900_00, 500_00],
                "arr_closing_minor": [700_00, 600_00],
            }
        ),
        "accounts": pa.table({"account_id": ["crm:1", "crm:2"], "name": [hostile, "Acme"]}),
    }
    html = render(document(run, tables))
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert read(html).tags.count("script") == 1


def test_an_entry_names_definition_formula_counts_and_how_to_cite() -> None:
    run = harbor(1)
    doc = document(
        run,
        {
            "end_points": pa.table(
                {
                    "account_key": [1, 2],
                    "account_id": ["crm:1", "crm:2"],
                    "arr_opening_minor": [500_00, 900_00],
                    "arr_closing_minor": [700_00, 600_00],
                }
            ),
            "groups": pa.table({"account_key": [1], "dimension": ["segment"], "value": ["smb"]}),
        },
        folder="demo",
    )
    figure = next(
        f for f in run.figures if f.metric == "nrr" and not f.groups and f.window_to == AS_OF
    )
    entry = next(entry for entry in doc.entries if entry.figure_id == figure.figure_id)
    facts = dict(entry.facts)
    assert facts["Formula"].startswith(
        f"${figure.numerator / 100:,.2f} ARR of the same accounts at the close / "  # type: ignore[operator]
        "$69,800,000.00 ARR at the opening"
    )
    assert facts["Cite as"] == f"{figure.run_id}/{figure.figure_id}"
    assert facts["Counted"] == "n = 1,699 accounts"
    assert entry.command == f"lichen explain demo {figure.figure_id} --accounts"
    assert entry.accounts is not None
    assert [row[0].text for row in entry.accounts.groups[0].rows] == ["crm:2", "crm:1"]
    smb = next(entry for entry in doc.entries if entry.title == "NRR, Segment: SMB")
    assert smb.accounts is not None
    assert [row[0].text for row in smb.accounts.groups[0].rows] == ["crm:1"]


def test_the_page_of_five_hundred_partners_stays_small(tmp_path: Path) -> None:
    path = write(document(harbor(500)), tmp_path / "deep" / "scorecard.html")
    assert path.stat().st_size < 3_000_000
    assert [child.name for child in path.parent.iterdir()] == ["scorecard.html"]
    assert "488 smaller not shown" in path.read_text(encoding="utf-8")


def test_a_run_without_figures_says_what_to_do_first() -> None:
    html = render(document(PublishedRun(), folder="demo"))
    assert "No figures yet" in html
    assert "lichen run demo" in html
    assert "Every figure" not in html


def test_without_partners_the_page_says_why_routes_are_missing() -> None:
    run = PublishedRun()
    run.add_group(400, 9_000_000_00)
    html = render(document(run))
    assert "No figures by route" in html
    assert "No ARR bridge" not in html or "publishes no ARR movements" in html


def test_one_account_is_shown_as_not_enough_data_not_as_a_rate() -> None:
    run = PublishedRun()
    run.add_group(1, 9_000_00, history=3)
    run.add_group(1, 9_000_00, {"served_via": "direct"}, history=3)
    html = render(document(run))
    assert "no route has enough data yet" in html
    assert "not enough data (n = 1, needs 30)" in html
    assert format_money(9_000_00) in html


def test_a_figure_that_a_finding_touches_is_marked_and_leads_there() -> None:
    run = PublishedRun()
    run.add("nrr", 1.05, 90, spread=0.04)
    run.add("nrr", 1.10, 40, {"segment": "smb"}, spread=0.1, findings=("dominant_account",))
    run.add("nrr", 1.12, 40, {"involved": "yes"}, spread=0.1, findings=("not_like_for_like",))
    page = render(document(run))
    marks = re.findall(r'<a href="#findings" title="finding: dominant account" class="flag">', page)
    assert len(marks) == 1
    assert 'title="finding: not like for like"' not in page


def test_what_is_not_readable_is_grey_and_nothing_empty_is_drawn() -> None:
    run = harbor()
    for place, figure in enumerate(run.figures):
        if figure.metric in ("nrr", "grr", "logo_retention"):
            run.figures[place] = figure._replace(
                value=None, low=None, high=None, verdict="not_readable"
            )
    html = render(document(run))
    # Vermilion says "hurts" or "missed"; a figure that says nothing is grey and hatched.
    assert re.search(r'class="value thin"><a [^>]*>not readable', html)
    assert "value bad" not in html
    for metric in ("nrr", "grr"):
        section = html.split(f'id="routes-{metric}"')[1].split("</section>")[0]
        assert "by route: not readable, see its findings." in section
        assert "<svg" not in section and "plain split" not in section
    drawn = render(document(harbor())).split('id="routes-nrr"')[1].split("</section>")[0]
    assert "<svg" in drawn and "plain split" in drawn


def test_routes_without_partners_are_no_split() -> None:
    run = harbor()
    run.figures = [
        figure
        for figure in run.figures
        if not {"served_via=partner", "served_via=hybrid"} & {figure.groups}
    ]
    section = render(document(run)).split('id="routes-nrr"')[1].split("</section>")[0]
    assert "<svg" in section and "plain split" not in section


def test_a_run_with_one_retention_family_has_no_empty_part_for_the_other() -> None:
    run = PublishedRun()
    run.add("nrr", 1.05, 90, spread=0.04)
    page = render(document(run))
    assert "One retention family, all accounts" in page
    assert "Renewal rates: of renewals due" not in page
    assert "reconciled" not in page
