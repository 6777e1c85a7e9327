"""A mapping proposed from the names and the values of the columns of a source's exports."""

from __future__ import annotations
