"""Exports of other systems: found under `raw/`, read as tables of text, mapped to entities."""

from __future__ import annotations
