"""`lichen init` writes a file that says what every key means and changes nothing."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from lichen.vocabulary.definitions import Definitions, Feed, Pilot, Source, Target
from lichen.vocabulary.init import AlreadyDefined, template, write_template
from lichen.vocabulary.load import check_text, load_definitions


def test_the_template_parses_to_exactly_the_defaults(tmp_path: Path) -> None:
    assert load_definitions(write_template(tmp_path / "acme")) == Definitions()


def test_the_template_sets_every_key_that_has_a_default() -> None:
    for name, field in Definitions.model_fields.items():
        if name in ("feeds", "sources", "target", "pilot"):
            continue
        default = field.get_default(call_default_factory=True)
        for key in type(default).model_fields:
            assert re.search(rf"^(# )?{key} = ", template(), re.MULTILINE), f"{name}.{key}"


@pytest.mark.parametrize(
    "model",
    [
        *(
            type(getattr(Definitions(), n))
            for n in (
                "workspace",
                "identity",
                "revenue",
                "involvement",
                "cost",
                "scorecard",
                "runs",
            )
        ),
        Feed,
        Source,
        Target,
        Pilot,
    ],
)
def test_every_key_of_a_definition_has_a_description(model: type) -> None:
    assert [key for key, field in model.model_fields.items() if not field.description] == []


def test_the_commented_examples_are_valid_when_the_comment_marks_are_removed() -> None:
    feeds_on = re.sub(
        r"^# (?=\[|# |mode|inclusive|metric|groups|period|value|direction|owner|co_|"
        r"name = \"on|play|unit|held|starts|segments)",
        "",
        template(),
        flags=re.MULTILINE,
    )
    checked = check_text(feeds_on)
    assert checked.problems == ()
    assert checked.definitions is not None
    assert list(checked.definitions.feeds) == ["subscription"]
    assert checked.definitions.target[0].groups == {"served_via": "partner"}
    assert checked.definitions.pilot[0].starts_on == date(2026, 1, 1)


def test_definitions_that_exist_are_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "lichen.toml"
    path.write_text("[workspace]\nname = 'Acme'\n")
    with pytest.raises(AlreadyDefined, match="is left as it is"):
        write_template(tmp_path)
    assert path.read_text() == "[workspace]\nname = 'Acme'\n"
