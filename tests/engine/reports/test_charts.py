"""Pictures: coloured by variables, titled, and the same data as their tables."""

from __future__ import annotations

import re
import sys
from importlib.resources import files

import pytest
from tests.engine.reports.pages import document
from tests.engine.reports.published_run import MANIFEST, PublishedRun, harbor, tables
from tests.engine.value.made_comparisons import COMPARED

from lichen.reports.charts import DRAWINGS, NARROW, WIDE, spec, svg
from lichen.reports.document import Picture, ReportsMissing
from lichen.reports.drawings import rolling
from lichen.reports.pictures import rolling_picture
from lichen.reports.tokens import tokens, with_variables
from lichen.scorecards.published import Published
from lichen.scorecards.routes import rolling_routes
from lichen.scorecards.run_facts import run_facts
from lichen.value.comparison.stored import comparison_tables


@pytest.fixture(scope="module")
def pictures() -> tuple[Picture, ...]:
    compared = comparison_tables(COMPARED.comparisons, COMPARED.ranks)
    return document(harbor(), {**tables(), **compared}).pictures()


def test_every_drawing_is_titled_described_and_coloured_by_variables(
    pictures: tuple[Picture, ...],
) -> None:
    assert {picture.kind for picture in pictures} == set(DRAWINGS)
    for picture in pictures:
        for width in (WIDE, NARROW):
            drawn = svg(picture, width)
            assert drawn.startswith('<svg role="img" aria-labelledby="')
            assert "<title " in drawn
            assert "<desc " in drawn
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?!\))", drawn)
            assert " style=" not in drawn
            assert "font-family" not in drawn


def test_a_specification_is_the_pinned_vega_lite(pictures: tuple[Picture, ...]) -> None:
    vl_convert = pytest.importorskip("vl_convert")
    from lichen.reports.charts import VEGALITE

    assert f"/v{VEGALITE}" in spec(pictures[0])["$schema"]
    assert VEGALITE in vl_convert.get_vegalite_versions()


def test_every_specification_is_valid_by_the_schema_of_vega_lite(
    pictures: tuple[Picture, ...],
) -> None:
    import altair

    for picture in pictures:
        altair.LayerChart.from_dict(spec(picture), validate=True)


def test_a_title_with_markup_is_escaped(pictures: tuple[Picture, ...]) -> None:
    from dataclasses import replace

    drawn = svg(replace(pictures[0], title="<b>&", description="</svg>"))
    assert "&lt;b&gt;&amp;" in drawn
    assert drawn.count("</svg>") == 1


def test_without_the_extra_the_error_says_what_to_install(
    pictures: tuple[Picture, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(ReportsMissing, match=r"pip install 'lichen\[reports\]'"):
        svg(pictures[0])


def test_colours_are_unique_within_a_scheme_so_that_each_becomes_one_variable() -> None:
    for scheme in ("light", "dark"):
        values = [colour[scheme].lower() for colour in tokens()["colour"].values()]
        assert len(values) == len(set(values))
    assert with_variables('fill="#4e7a4a"') == 'fill="var(--partner)"'


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "grounds"),
    [
        ("ink", ("card", "page", "selected", "caution")),
        ("muted", ("card", "page", "selected", "caution")),
        ("accent", ("card", "page", "selected")),
        ("helps", ("card", "page")),
        ("hurts", ("card", "page")),
    ],
)
def test_text_colours_reach_four_and_a_half_to_one(
    scheme: str, name: str, grounds: tuple[str, ...]
) -> None:
    colours = tokens()["colour"]
    for ground in grounds:
        assert contrast(colours[name][scheme], colours[ground][scheme]) >= 4.5, ground


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["direct", "hybrid", "partner", "helps", "hurts", "thin", "level"])
def test_marks_reach_three_to_one(scheme: str, name: str) -> None:
    colours = tokens()["colour"]
    assert contrast(colours[name][scheme], colours["card"][scheme]) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_yardsticks_and_the_outline_of_unknown_reach_three_to_one(scheme: str) -> None:
    """Unknown keeps its pale hex; its swatch, line and point are outlined in muted."""
    colours = tokens()["colour"]
    assert contrast(colours["muted"][scheme], colours["card"][scheme]) >= 3
    css = files("lichen.reports").joinpath("page.css").read_text(encoding="utf-8")
    assert re.search(r"\.swatch \{[^}]*border: 1px solid var\(--muted\)", css)
    assert re.search(r"\.range \.y \{ stroke: var\(--muted\)", css)


def test_the_line_of_unknown_lies_on_a_wider_muted_one() -> None:
    run = PublishedRun()
    for ago in range(3):
        run.add("nrr", 0.9 + ago / 100, 100, {"served_via": "unknown"}, ago, spread=0.05)
    routes = rolling_routes(Published(run.table), "nrr")
    drawn = rolling(rolling_picture(routes, (0.8, 1.1), run_facts(MANIFEST)), 600).to_dict()
    lines = [layer["mark"] for layer in drawn["layer"] if layer["mark"]["type"] == "line"]
    outline, line = lines
    assert outline["color"] == tokens()["colour"]["muted"]["light"]
    assert outline["strokeWidth"] > line["strokeWidth"]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_an_axis_of_scores_is_written_in_whole_numbers() -> None:
    run = PublishedRun()
    run.add("nrr", 1.05, 300, spread=0.04)
    for groups, value in (({}, -13.0), ({"served_via": "direct"}, -22.0)):
        run.add("nps", value, 300, groups, spread=8.0)
    run.add("nps", 20.0, 90, {"served_via": "partner"}, spread=18.0)
    (picture,) = (each for each in document(run).pictures() if each.name == "outcome-nps")
    assert "e+" not in svg(picture, NARROW)
    assert picture.options["format"] == ",.0f"
