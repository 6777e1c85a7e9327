"""Colours and type from the one tokens file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def tokens() -> dict[str, Any]:
    """The parsed `tokens.toml`."""
    text = files("lichen.reports").joinpath("tokens.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def light(name: str) -> str:
    """The colour's hex in the light scheme: what charts are drawn with."""
    return str(tokens()["colour"][name]["light"])


def css_variables(scheme: str) -> str:
    """`--direct: #5B6B7A; …` for one scheme."""
    colours = tokens()["colour"]
    return " ".join(f"--{name}: {colour[scheme]};" for name, colour in colours.items())


def with_variables(svg: str) -> str:
    """The drawing with every light hex replaced by its CSS variable, so it follows the page."""
    for name, colour in tokens()["colour"].items():
        for spelling in {colour["light"], colour["light"].lower()}:
            svg = svg.replace(spelling, f"var(--{name})")
    return svg
